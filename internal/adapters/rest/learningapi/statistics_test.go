package learningapi_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// dateBefore returns the midnight of the person's day some days before today.
func dateBefore(w *apitest.World, days int) time.Time {
	return (domain.DefaultCalendar().DayOf(w.Clock.Now()) - domain.Day(days)).Date()
}

func dayBefore(w *apitest.World, days int) string { return dateBefore(w, days).Format(time.DateOnly) }

// studied makes ada answer card1 and card2 twice, at noon 20 and 10 days ago, five seconds each: card2 was forgotten in between.
func studied(t *testing.T, w *apitest.World) {
	t.Helper()
	said := func(card string, rating, days int) string {
		at := dateBefore(w, days).Add(12 * time.Hour)
		return fmt.Sprintf(`{"cardID":"<id:%s>","rating":%d,"startedAt":%q,"finishedAt":%q}`,
			card, rating, at.Add(-5*time.Second).Format(time.RFC3339), at.Format(time.RFC3339))
	}
	w.Keep(t, apitest.Promise{
		Name: "ada studies", As: "ada", Call: "POST /learning/reviews", Status: 200, Lacks: []string{"rejected"},
		Body: "[" + said("card1", 4, 20) + "," + said("card2", 4, 20) + "," + said("card1", 3, 10) + "," + said("card2", 1, 10) + "]",
	})
}

func TestStatistics(t *testing.T) {
	w := newWorld(t)
	const (
		call  = "GET /learning/stats"
		none  = `{"reviews":0,"correct":0}`
		first = `"reviews":2,"correct":2,"seconds":10,"new":2,"young":` + none + `,"mature":` + none
		later = `"reviews":2,"correct":1,"seconds":10,"new":0,"young":{"reviews":2,"correct":1},"mature":` + none
	)
	w.Keep(t, apitest.Promise{
		Name: "without answers there are no days, and no retention", As: "ada", Call: call, Status: 200,
		Contains: []string{
			`{"message":"Success","data":{"from":"` + dayBefore(w, 364) + `","to":"` + dayBefore(w, 0) + `","days":[],"total":{"reviews":0,`,
			`"retention":{"young":null,"mature":null,"all":null}},"streak":0,"hours":[{"hour":0,"reviews":0,"correct":0},{"hour":1,`, `{"hour":23,`,
			`"forecast":[{"day":"` + dayBefore(w, 0) + `","due":0},{"day":"` + dayBefore(w, -1) + `","due":0}`, `{"day":"` + dayBefore(w, -29) + `","due":0}]}}`,
		},
		Lacks: []string{`"hour":24`, dayBefore(w, -30)},
	})
	studied(t, w)
	w.Keep(t,
		apitest.Promise{
			Name: "days with answers are listed and summed up", As: "ada", Call: call, Status: 200,
			Contains: []string{
				`"days":[{"day":"` + dayBefore(w, 20) + `",` + first + `},{"day":"` + dayBefore(w, 10) + `",` + later + `}],`,
				`"total":{"reviews":4,"correct":3,"seconds":20,"new":2,"young":{"reviews":2,"correct":1},"mature":` + none,
				`"retention":{"young":0.5,"mature":null,"all":0.5}},"streak":0,`, `{"hour":12,"reviews":4,"correct":3},`,
			},
		},
		apitest.Promise{
			Name: "both ends of a range count", As: "ada", Status: 200, Call: call + "?from=" + dayBefore(w, 20) + "&to=" + dayBefore(w, 20),
			Contains: []string{`"from":"` + dayBefore(w, 20) + `","to":"` + dayBefore(w, 20) + `","days":[{"day":"` + dayBefore(w, 20) + `",` + first + `}],`},
		},
		apitest.Promise{
			Name: "the range ends today and begins 364 days before its end", As: "ada", Status: 200, Call: call + "?to=2020-12-30",
			Contains: []string{`"from":"2020-01-01","to":"2020-12-30","days":[],`},
		},
		apitest.Promise{
			Name: "a deck has its own", As: "ada", Status: 200, Call: call + "?deckID=<id:rivers>", Contains: []string{`"total":{"reviews":4,`},
		},
		apitest.Promise{Name: "a deck of others is not there", As: "ada", Status: 404, Call: call + "?deckID=<id:theirs>", Answer: noDeck},
		apitest.Promise{Name: "others see nothing of it", As: "bob", Call: call, Status: 200, Contains: []string{`"days":[],"total":{"reviews":0,`}},
	)
	answer(t, w, "card3", true)
	w.Keep(t, apitest.Promise{Name: "an answer today begins a streak", As: "ada", Call: call, Status: 200, Contains: []string{`"streak":1,`}})
}

func TestRangesOfDays(t *testing.T) {
	w := newWorld(t)
	const length = "The range must have between 1 and 3660 days."
	for _, call := range []string{"GET /learning/stats?", "GET /learning/calibration?", "GET /learning/progress?deckID=<id:rivers>&"} {
		w.Keep(t,
			apitest.Promise{Name: "ten years are fine: " + call, As: "ada", Call: call + "from=2016-01-01&to=2025-12-31", Status: 200},
			apitest.Promise{Name: "more is too long: " + call, As: "ada", Call: call + "from=2015-12-01&to=2025-12-31", Status: 400, Answer: invalid("from", length)},
			apitest.Promise{Name: "it does not end before it begins: " + call, As: "ada", Call: call + "from=2026-01-02&to=2026-01-01", Status: 400, Answer: invalid("from", length)},
			apitest.Promise{Name: "nor begin in days to come: " + call, As: "ada", Call: call + "from=2999-01-01", Status: 400, Answer: invalid("from", length)},
			apitest.Promise{
				Name: "a date that is none: " + call, As: "ada", Call: call + "from=2026-02-30", Status: 400, Answer: invalid("from", "This must be a date, as in 2026-01-31."),
			},
			apitest.Promise{
				Name: "a time is none: " + call, As: "ada", Call: call + "to=2026-01-31T08:15:00Z", Status: 400, Answer: invalid("to", "This must be a date, as in 2026-01-31."),
			},
			apitest.Promise{Name: "the end of all dates: " + call, As: "ada", Call: call + "from=9999-12-31&to=9999-12-31", Status: 200},
			apitest.Promise{Name: "and their beginning: " + call, As: "ada", Call: call + "from=0000-01-01&to=0000-01-02", Status: 200},
		)
	}
}

func TestProgress(t *testing.T) {
	w := newWorld(t)
	studied(t, w)
	const call = "GET /learning/progress?deckID=<id:rivers>"
	w.Keep(t,
		apitest.Promise{
			Name: "the last 90 days", As: "ada", Call: call, Status: 200,
			Contains: []string{
				`{"message":"Success","data":{"deckID":"<id:rivers>","cards":3,"days":[{"day":"` + dayBefore(w, 89) + `","score":0},`,
				`{"day":"` + dayBefore(w, 21) + `","score":0},{"day":"` + dayBefore(w, 20) + `","score":0.6666666666666666},`,
				`{"day":"` + dayBefore(w, 19) + `","score":0.6`, `{"day":"` + dayBefore(w, 0) + `","score":0.`,
			},
			Lacks: []string{dayBefore(w, 90), dayBefore(w, -1)},
		},
		apitest.Promise{
			Name: "or one day", As: "ada", Call: call + "&from=" + dayBefore(w, 20) + "&to=" + dayBefore(w, 20), Status: 200,
			Answer: `{"message":"Success","data":{"deckID":"<id:rivers>","cards":3,"days":[{"day":"` + dayBefore(w, 20) + `","score":0.6666666666666666}]}}`,
		},
		apitest.Promise{Name: "of one's own decks only", As: "bob", Call: call, Status: 404, Answer: noDeck},
		apitest.Promise{Name: "a deck is needed", As: "ada", Call: "GET /learning/progress", Status: 400, Answer: invalid("deckID", "This is required.")},
	)
}

func TestTheScoreOfADeck(t *testing.T) {
	w := newWorld(t)
	const call = "GET /learning/decks/<id:rivers>/score"
	answer(t, w, "card1", true)
	w.Keep(t,
		apitest.Promise{
			Name: "one card of three just learned", As: "ada", Call: call, Status: 200,
			Contains: []string{`{"message":"Success","data":{"deckID":"<id:rivers>","score":0.333333`, `,"cards":3}}`},
		},
		apitest.Promise{Name: "is its owner's to see", As: "bob", Call: call, Status: 404, Answer: noDeck},
		apitest.Promise{Name: "what cannot be a deck is none", As: "ada", Call: "GET /learning/decks/1/score", Status: 404, Answer: noDeck},
	)
}

func TestCalibration(t *testing.T) {
	w := newWorld(t)
	const (
		call  = "GET /learning/calibration"
		empty = `{"message":"Success","data":{"reviews":0,"bins":[]}}`
	)
	w.Keep(t, apitest.Promise{Name: "without answers there are no bins", As: "ada", Call: call, Status: 200, Answer: empty})
	studied(t, w)
	w.Keep(t,
		apitest.Promise{
			Name: "answers to cards in review are in the bin of their prediction", As: "ada", Call: call, Status: 200,
			Contains: []string{`{"message":"Success","data":{"reviews":2,"bins":[{"from":0.85,"to":0.9,"reviews":2,"predicted":0.88`, `,"recalled":0.5}]}}`},
		},
		apitest.Promise{Name: "in the days that are asked for", As: "ada", Call: call + "?to=" + dayBefore(w, 11), Status: 200, Answer: empty},
		apitest.Promise{Name: "a deck of others is not there", As: "ada", Call: call + "?deckID=<id:theirs>", Status: 404, Answer: noDeck},
		apitest.Promise{Name: "others see nothing of it", As: "bob", Call: call, Status: 200, Answer: empty},
	)
}
