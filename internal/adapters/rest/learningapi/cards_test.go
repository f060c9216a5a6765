package learningapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestTheQueue(t *testing.T) {
	w := newWorld(t)
	const call = "GET /learning/queue"
	queued := func(card string) string {
		return `{"id":"<id:` + card + `>","deckID":"<id:rivers>","question":"q","answer":"a","phase":"new","retrievability":0,"reps":0,"lapses":0,"leech":false}`
	}
	day := w.Clock.Now().Add(-domain.DefaultRollover * time.Hour).Format(time.DateOnly)
	w.Keep(t,
		apitest.Promise{
			Name: "has new cards with their content", As: "ada", Call: call, Status: 200,
			Answer: `{"message":"Success","data":{"day":"` + day + `","counts":{"learning":0,"review":0,"new":3},"cards":[` + queued("card1") + `,` + queued("card2") + `,` + queued("card3") + `]}}`,
		},
		apitest.Promise{
			Name: "as many as are asked for, and counts all", As: "ada", Call: call + "?deckID=<id:rivers>&limit=1", Status: 200,
			Contains: []string{`"new":3`, queued("card1")}, Lacks: []string{`<id:card2>`},
		},
		apitest.Promise{Name: "is one's own", As: "ada", Call: call + "?deckID=<id:theirs>", Status: 404, Answer: noDeck},
		apitest.Promise{Name: "is of a deck that is named by its id", As: "ada", Call: call + "?deckID=1", Status: 400, Answer: invalid("deckID", "This must be an id (a UUID).")},
		apitest.Promise{Name: "shows 200 at most", As: "ada", Call: call + "?limit=201", Status: 400, Answer: invalid("limit", "This must be at most 200.")},
		apitest.Promise{Name: "forgets what is suspended", As: "ada", Call: "POST /learning/cards/<id:card2>/suspend", Status: 200, Answer: done},
		apitest.Promise{Name: "until it is resumed", As: "ada", Call: call, Status: 200, Contains: []string{`"new":2`}, Lacks: []string{`<id:card2>`}},
		apitest.Promise{
			Name: "waits for learning steps", As: "ada", Call: "POST /learning/reviews", Body: `[` + review(w, "card1", 1, 0, "") + `]`, Status: 200,
			Contains: []string{`"recorded"`},
		},
		apitest.Promise{
			Name: "and says how long", As: "ada", Call: call, Status: 200, Lacks: []string{`<id:card1>`},
			Contains: []string{`"counts":{"learning":0,"review":0,"new":1},"nextStep":"20`, queued("card3")},
		},
		apitest.Promise{
			Name: "has steps that are over", As: "ada", Call: "POST /learning/reviews", Body: `[` + review(w, "card3", 1, time.Hour, "") + `]`, Status: 200,
			Contains: []string{`"recorded"`},
		},
		apitest.Promise{
			Name: "first", As: "ada", Call: call, Status: 200, Lacks: []string{`<id:card1>`},
			Contains: []string{`"counts":{"learning":1,"review":0,"new":0}`, `"cards":[{"id":"<id:card3>"`, `"phase":"learning","due":"20`, `"reps":1`},
		},
	)
}

func TestWhatIsKnownOfACard(t *testing.T) {
	w := newWorld(t)
	const call = "GET /learning/cards/<id:card1>"
	w.Keep(t,
		apitest.Promise{
			Name: "a new one was never due", As: "ada", Call: call, Status: 200,
			Contains: []string{
				`{"id":"<id:card1>","deckID":"<id:rivers>","memory":{"phase":"new","step":0,"stability":0,"difficulty":0,"reps":0,"lapses":0,"seq":0},"retrievability":0,"suspended":false,"leech":false,"next":{"again":{"due":"`,
				`"seconds":60}`, `"hard":{"due":"`, `"seconds":330}`, `"good":{"due":"`, `"seconds":600}`, `"easy":{"due":"`, `"days":`, `"earliest":"20`, `"latest":"20`,
			},
		},
		apitest.Promise{
			Name: "two buttons have two ratings", As: "ada", Call: call + "?buttons=2", Status: 200,
			Contains: []string{`"again":{"due":"`, `"good":{"due":"`, `"days":2,"earliest":"20`}, Lacks: []string{`"hard"`, `"easy"`},
		},
		apitest.Promise{Name: "nobody has three", As: "ada", Call: call + "?buttons=3", Status: 400, Answer: invalid("buttons", "This must be one of: 2, 4.")},
		apitest.Promise{Name: "nobody has none", As: "ada", Call: call + "?buttons=0", Status: 400, Answer: invalid("buttons", "This must be one of: 2, 4.")},
		apitest.Promise{Name: "a card is suspended", As: "ada", Call: "POST /learning/cards/<id:card1>/suspend", Status: 200, Answer: done},
		apitest.Promise{Name: "and says so", As: "ada", Call: call, Status: 200, Contains: []string{`"suspended":true`}},
		apitest.Promise{Name: "it is resumed", As: "ada", Call: "POST /learning/cards/<id:card1>/resume", Status: 200, Answer: done},
		apitest.Promise{Name: "and says so too", As: "ada", Call: call, Status: 200, Contains: []string{`"suspended":false`}},
	)
}

func TestMakingACardNewAgain(t *testing.T) {
	w := newWorld(t)
	const call = "POST /learning/cards/<id:card1>/reset"
	answer(t, w, "card1", true)
	w.Keep(t,
		apitest.Promise{Name: "is an event", As: "ada", Call: call, Status: 200, Contains: []string{`"seq":2,"kind":"reset","cardID":"<id:card1>"`, `"after":{"phase":"new"`}},
		apitest.Promise{Name: "each time", As: "ada", Call: call, Body: `{}`, Status: 200, Contains: []string{`"seq":3,"kind":"reset"`}},
		apitest.Promise{Name: "with an id of one's own", As: "ada", Call: call, Body: `{"id":"` + chosen + `"}`, Status: 200, Contains: []string{`"id":"` + chosen + `","seq":4,`}},
	)
	time.Sleep(2 * time.Millisecond) // the clock goes on, so that the second call is at another time
	w.Keep(t,
		apitest.Promise{Name: "it is once, however often it is sent", As: "ada", Call: call, Body: `{"id":"` + chosen + `"}`, Status: 200, Contains: []string{`"id":"` + chosen + `","seq":4,`}},
		apitest.Promise{Name: "it is of one card", As: "ada", Call: "POST /learning/cards/<id:card2>/reset", Body: `{"id":"` + chosen + `"}`, Status: 409, Contains: []string{`"conflict"`}},
		apitest.Promise{Name: "the id is one", As: "ada", Call: call, Body: `{"id":"x"}`, Status: 400, Answer: invalid("id", "This must be an id (a UUID).")},
		apitest.Promise{Name: "the card is new", As: "ada", Call: "GET /learning/cards/<id:card1>", Status: 200, Contains: []string{`"phase":"new"`, `"seq":4`}},
	)
}

func TestCardsOfOthersAreNotThere(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"<id:foreign>", absent, "1"} {
		for _, call := range []string{
			"GET /learning/cards/%", "GET /learning/cards/%/history", "GET /learning/cards/%/explain",
			"POST /learning/cards/%/reset", "POST /learning/cards/%/suspend", "POST /learning/cards/%/resume",
		} {
			w.Keep(t, apitest.Promise{Name: call + " " + id, As: "ada", Call: strings.Replace(call, "%", id, 1), Status: 404, Answer: noCard})
		}
	}
}

func TestHistories(t *testing.T) {
	w := newWorld(t)
	const history, explain = "GET /learning/cards/<id:card1>/history", "GET /learning/cards/<id:card1>/explain"
	empty := `{"message":"Success","data":{"items":[],"nextCursor":""}}`
	w.Keep(t,
		apitest.Promise{Name: "a new card has none", As: "ada", Call: history, Status: 200, Answer: empty},
		apitest.Promise{Name: "and nothing to explain", As: "ada", Call: explain, Status: 200, Answer: empty},
		apitest.Promise{
			Name: "ada studied for days", As: "ada", Call: "POST /learning/reviews", Status: 200,
			Body:     `[` + review(w, "card1", 4, 240*time.Hour, "") + `,` + review(w, "card1", 3, 0, `,"id":"`+chosen+`"`) + `,` + review(w, "card1", 1, 48*time.Hour, "") + `,{"kind":"undo","undoes":"` + chosen + `"}]`,
			Contains: []string{`"seq":4`}, Lacks: []string{"rejected"},
		},
		apitest.Promise{
			Name: "a history begins with the newest event", As: "ada", Call: history + "?limit=2", Status: 200,
			Contains: []string{`"seq":4,"kind":"undo"`, `"undone":false},{"id":"`, `"seq":3,"kind":"review"`, `"nextCursor":"3"`}, Lacks: []string{`"seq":2,"kind"`},
		},
		apitest.Promise{
			Name: "and goes on", As: "ada", Call: history + "?cursor=3", Status: 200,
			Contains: []string{`"items":[{"id":"` + chosen + `","seq":2,"kind":"review"`, `"undone":true}`, `"seq":1,"kind"`, `"nextCursor":""`}, Lacks: []string{`"seq":3,"kind"`},
		},
		apitest.Promise{
			Name: "explanations are in the order of the answers", As: "ada", Call: explain, Status: 200,
			Contains: []string{
				`"items":[{"id":"`, `"seq":1,"kind":"review"`, `"rating":4,"undone":false,"elapsedDays":0,"retrievabilityBefore":0,"phaseBefore":"new","phaseAfter":"review","stabilityBefore":0,"stabilityAfter":8.2956`,
				`"interval":{"ideal":8.29`, `"why":"Easy on a new card: stability 8.3 days, ideal 8.3 days, `,
				`"seq":3,"kind":"review"`, `"elapsedDays":8`, `"phaseAfter":"relearning"`, `"interval":{"pauseSeconds":600}`, `"why":"Again after 8 days with recall 0.90: stability 8.3 to `, `asked again after 10 minutes."`,
				`"undone":true,"elapsedDays"`, `"why":"Good was taken back: it does not count."`, `"why":"The event ` + chosen + ` was taken back."}],"nextCursor":"","scheduleVersion":1`,
			},
		},
		apitest.Promise{Name: "in parts", As: "ada", Call: explain + "?limit=1&cursor=1", Status: 200, Contains: []string{`"seq":3,"kind"`, `"nextCursor":"2"`}, Lacks: []string{`"seq":1,"kind"`, `"seq":4,"kind"`}},
		apitest.Promise{Name: "behind the end is nothing", As: "ada", Call: explain + "?cursor=99", Status: 200, Contains: []string{`"items":[],"nextCursor":""`}},
		apitest.Promise{Name: "cursors are not made up", As: "ada", Call: explain + "?cursor=-1", Status: 400, Answer: invalid("cursor", "This is not a cursor of this list.")},
		apitest.Promise{Name: "in histories neither", As: "ada", Call: history + "?cursor=x", Status: 400, Answer: invalid("cursor", "This is not a cursor of this list.")},
	)
}

func TestAudits(t *testing.T) {
	w := newWorld(t)
	const verify, rebuild = "POST /learning/verify", "POST /learning/rebuild"
	report := func(rest string) string { return `{"message":"Success","data":{"cards":3,"events":1,` + rest }
	const clean = `"differing":0,"mended":0,"logFault":"","clean":true,"differences":[]}}`
	answer(t, w, "card1", true)
	w.Keep(t, apitest.Promise{Name: "all is well", As: "ada", Call: verify, Status: 200, Answer: report(clean)})
	user, card := domain.UserID(w.Value("id:ada")), domain.CardID(w.Value("id:card1"))
	memory, err := w.Storage.Memories.Memory(t.Context(), user, card)
	require.NoError(t, err)
	memory.Memory.Reps = 7
	changed, err := w.Storage.Projections.Restore(t.Context(), user, card, memory.Memory.Seq, memory.Memory)
	require.NoError(t, err)
	require.True(t, changed)
	difference := `"differences":[{"cardID":"<id:card1>","field":"reps","stored":"7","replayed":"1"}]}}`
	w.Keep(t,
		apitest.Promise{Name: "a difference is told", As: "ada", Call: verify, Status: 200, Answer: report(`"differing":1,"mended":0,"logFault":"","clean":false,` + difference)},
		apitest.Promise{Name: "and mended when asked for", As: "ada", Call: rebuild, Status: 200, Answer: report(`"differing":1,"mended":1,"logFault":"","clean":true,` + difference)},
		apitest.Promise{Name: "for good", As: "ada", Call: rebuild, Status: 200, Answer: report(clean)},
		apitest.Promise{Name: "of others nothing is told", As: "bob", Call: verify, Status: 200, Contains: []string{`"cards":1,"events":0`}},
	)
}
