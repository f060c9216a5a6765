package learningapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
)

const (
	noCard  = `{"error":"Not Found","code":"not_found","message":"There is no such card.","requestID":"<request>"}`
	noEvent = `{"error":"Not Found","code":"not_found","message":"There is no such event.","requestID":"<request>"}`

	// chosen is the id that a client chose for an event.
	chosen = "0198f0a0-0000-7000-8000-0000000000aa"
)

// review is an item of a batch that tells of an answer some time ago; more is added to it.
func review(w *apitest.World, card string, rating int, ago time.Duration, more string) string {
	at := w.Clock.Now().Add(-ago).Format("2006-01-02T15:04:05.000Z")
	return fmt.Sprintf(`{"cardID":"<id:%s>","rating":%d,"startedAt":%q,"finishedAt":%q%s}`, card, rating, at, at, more)
}

func TestBatches(t *testing.T) {
	w := newWorld(t)
	const call = "POST /learning/reviews"
	good := review(w, "card1", 3, time.Hour, `,"id":"`+chosen+`","learningSessionID":"<id:session>"`)
	w.Keep(t,
		apitest.Promise{Name: "an empty one is fine", As: "ada", Call: call, Body: `[]`, Status: 200, Answer: nothing},
		apitest.Promise{
			Name: "an answer is recorded", As: "ada", Call: call, Body: `[` + good + `]`, Status: 200,
			Answer: `{"message":"Success","data":[{"id":"` + chosen + `","status":"recorded","seq":1,"cardID":"<id:card1>","due":"<time:due1>","error":null}]}`,
		},
		apitest.Promise{
			Name: "each item is answered on its own, in order", As: "ada", Call: call, Status: 200,
			Body: `[` + strings.Join([]string{
				good, `{"id":"x","cardID":1}`, review(w, "foreign", 3, 0, ""), review(w, "card2", 9, 0, `,"buttons":3`), review(w, "card2", 4, 0, ""), `null`,
			}, ",") + `]`,
			Answer: `{"message":"Success","data":[` + strings.Join([]string{
				`{"id":"` + chosen + `","status":"repeated","seq":1,"cardID":"<id:card1>","due":"<time:due1>","error":null}`,
				`{"status":"rejected","error":{"code":"invalid_input","message":"The input is not valid.","fields":[{"field":"cardID","message":"This must be a text."}]}}`,
				`{"status":"rejected","cardID":"<id:foreign>","error":{"code":"not_found","message":"There is no such card.","fields":[]}}`,
				`{"status":"rejected","error":{"code":"invalid_input","message":"The input is not valid.","fields":[{"field":"buttons","message":"This must be one of: 2, 4."}]}}`,
				`{"id":"<id>","status":"recorded","seq":2,"cardID":"<id:card2>","due":"<time>","error":null}`,
				`{"status":"rejected","error":{"code":"invalid_input","message":"The input is not valid.","fields":[{"field":"item","message":"This must be an object."}]}}`,
			}, ",") + `]}`,
		},
		apitest.Promise{
			Name: "ids that are none and ratings that are none are named", As: "ada", Call: call, Status: 200,
			Body:     `[{"id":"x","cardID":"y"},` + review(w, "card1", 5, 0, "") + `]`,
			Contains: []string{`"id","message":"This must be an id`, `"cardID","message":"This must be an id`, `"rating","message":"The rating must be 1`},
		},
		apitest.Promise{
			Name: "another answer under the same id is a conflict", As: "ada", Call: call, Status: 200,
			Body: `[` + review(w, "card1", 1, time.Hour, `,"id":"`+chosen+`"`) + `]`,
			Contains: []string{
				`{"id":"` + chosen + `","status":"rejected","cardID":"<id:card1>","error":{"code":"conflict"`,
			},
		},
		apitest.Promise{
			Name: "clients do not reschedule", As: "ada", Call: call, Status: 200,
			Body: `[` + review(w, "card1", 0, 0, `,"kind":"reschedule"`) + `]`, Contains: []string{`"rejected"`, `"field":"kind"`},
		},
		apitest.Promise{
			Name: "what is no list is no batch", As: "ada", Call: call, Body: `{"reviews":[]}`, Status: 400, Answer: invalid("body", "This must be a list."),
		},
		apitest.Promise{
			Name: "more than 500 are too many", As: "ada", Call: call, Body: `[` + strings.Repeat(`{},`, 500) + `{}]`, Status: 413,
			Contains: []string{"too_large", "500"},
		},
	)
}

func TestCorrectionsInABatch(t *testing.T) {
	w := newWorld(t)
	const call = "POST /learning/reviews"
	at := w.Clock.Now().Format("2006-01-02T15:04:05.000Z")
	imported := `{"kind":"import","cardID":"<id:card2>","finishedAt":"` + at + `","memory":{"stability":30.5,"difficulty":4,"due":"2027-03-01T04:00:00Z","reps":9,"lapses":1}}`
	w.Keep(t,
		apitest.Promise{
			Name: "what was answered in a batch is taken back in it", As: "ada", Call: call, Status: 200,
			Body: `[` + review(w, "card1", 3, 0, `,"id":"`+chosen+`"`) + `,{"kind":"undo","undoes":"` + chosen + `"}]`,
			Answer: `{"message":"Success","data":[{"id":"` + chosen + `","status":"recorded","seq":1,"cardID":"<id:card1>","due":"<time>","error":null},` +
				`{"id":"<id>","status":"recorded","seq":2,"cardID":"<id:card1>","error":null}]}`,
		},
		apitest.Promise{
			Name: "a memory from elsewhere is imported", As: "ada", Call: call, Status: 200, Body: `[` + imported + `]`,
			Answer: `{"message":"Success","data":[{"id":"<id:import>","status":"recorded","seq":3,"cardID":"<id:card2>","due":"2027-03-01T04:00:00.000Z","error":null}]}`,
		},
		apitest.Promise{
			Name: "and imported once", As: "ada", Call: call, Status: 200, Body: `[` + imported + `]`,
			Answer: `{"message":"Success","data":[{"id":"<id:import>","status":"repeated","seq":3,"cardID":"<id:card2>","due":"2027-03-01T04:00:00.000Z","error":null}]}`,
		},
		apitest.Promise{
			Name: "a memory is needed for that", As: "ada", Call: call, Status: 200, Body: `[{"kind":"import","cardID":"<id:card2>","finishedAt":"` + at + `"}]`,
			Contains: []string{`"memory.stability"`, `"memory.reps"`},
		},
		apitest.Promise{
			Name: "a reset makes a card new", As: "ada", Call: call, Status: 200, Body: `[{"kind":"reset","cardID":"<id:card2>","finishedAt":"` + at + `"}]`,
			Contains: []string{`"status":"recorded","seq":4`},
		},
		apitest.Promise{
			Name: "the log tells what was imported", As: "ada", Call: "GET /learning/log?after=2&limit=1", Status: 200,
			Contains: []string{
				`"nextCursor":"3"`, `"kind":"import"`, `"memory":{"stability":30.5,"difficulty":4,"due":"2027-03-01T04:00:00.000Z","reps":9,"lapses":1}`,
			},
			Lacks: []string{`"rating"`, `"buttons"`, `"startedAt"`, `"undoes"`, `"dueDay"`},
		},
	)
}

func TestTakingAnEventBack(t *testing.T) {
	w := newWorld(t)
	w.Keep(t, apitest.Promise{
		Name: "ada answers", As: "ada", Call: "POST /learning/event", Body: said(w, "card1", true), Status: 201,
		Answer: `{"message":"Created","data":{"id":"<id:event>","cardID":"<id:card1>","due":"<time>"}}`,
	})
	const call = "POST /learning/reviews/<id:event>/undo"
	w.Keep(t,
		apitest.Promise{Name: "others cannot", As: "bob", Call: call, Status: 404, Answer: noEvent},
		apitest.Promise{Name: "nor what is not there", As: "ada", Call: "POST /learning/reviews/" + absent + "/undo", Status: 404, Answer: noEvent},
		apitest.Promise{Name: "nor what cannot be", As: "ada", Call: "POST /learning/reviews/1/undo", Status: 404, Answer: noEvent},
		apitest.Promise{
			Name: "its owner can", As: "ada", Call: call, Status: 200,
			Contains: []string{`"seq":2,"kind":"undo","cardID":"<id:card1>"`, `"undoes":"<id:event>"`, `"after":{"phase":"new"`},
		},
		apitest.Promise{Name: "twice is once", As: "ada", Call: call, Status: 200, Contains: []string{`"seq":2,"kind":"undo"`}},
		apitest.Promise{
			Name: "the log has both", As: "ada", Call: "GET /learning/log", Status: 200,
			Contains: []string{`"seq":1,"kind":"review"`, `"seq":2,"kind":"undo"`}, Lacks: []string{`"seq":3`},
		},
		apitest.Promise{
			Name: "the undo itself has an id", As: "ada", Call: "POST /learning/reviews", Body: `[{"kind":"undo","undoes":"<id:event>"}]`, Status: 200,
			Answer: `{"message":"Success","data":[{"id":"<id:undo>","status":"repeated","seq":2,"cardID":"<id:card1>","error":null}]}`,
		},
		apitest.Promise{
			Name: "and cannot be taken back", As: "ada", Call: "POST /learning/reviews/<id:undo>/undo", Status: 400,
			Answer: invalid("undoes", "An undo cannot be taken back."),
		},
	)
}

func TestTheChangeFeed(t *testing.T) {
	w := newWorld(t)
	answer(t, w, "card1", true)
	answer(t, w, "card2", false)
	w.Keep(t,
		apitest.Promise{
			Name: "an event says all of it", As: "ada", Call: "GET /learning/log?limit=1", Status: 200,
			Contains: []string{
				`{"items":[{"id":"`, `"seq":1,"kind":"review","cardID":"<id:card1>","deckID":"<id:rivers>","learningSessionID":"<id:session>","rating":3,"buttons":2,"startedAt":"`,
				`"finishedAt":"`, `"recordedAt":"`, `"answeredAt":"`, `"day":"20`, `"timeZone":"UTC","rolloverHour":4,"scheduleVersion":1,"fuzz":0`,
				`"after":{"phase":"review","step":0,"stability":2.3065,"difficulty":`, `"reps":1,"lapses":0,"seq":1}}],"nextCursor":"1"}`,
			},
			Lacks: []string{`"undoes"`, `"dueDay"`, `"memory"`},
		},
		apitest.Promise{Name: "after a number", As: "ada", Call: "GET /learning/log?after=1", Status: 200, Contains: []string{`"seq":2,"kind"`, `"nextCursor":""`}, Lacks: []string{`"seq":1,"kind"`}},
		apitest.Promise{Name: "behind a cursor", As: "ada", Call: "GET /learning/log?cursor=1", Status: 200, Contains: []string{`"seq":2,"kind"`}, Lacks: []string{`"seq":1,"kind"`}},
		apitest.Promise{Name: "at its end nothing", As: "ada", Call: "GET /learning/log?after=2&cursor=0", Status: 200, Answer: `{"message":"Success","data":{"items":[],"nextCursor":""}}`},
		apitest.Promise{Name: "of others nothing", As: "bob", Call: "GET /learning/log", Status: 200, Answer: `{"message":"Success","data":{"items":[],"nextCursor":""}}`},
		apitest.Promise{Name: "a page has 200 at most", As: "ada", Call: "GET /learning/log?limit=201", Status: 400, Answer: invalid("limit", "This must be at most 200.")},
		apitest.Promise{Name: "and 1 at least", As: "ada", Call: "GET /learning/log?limit=0", Status: 400, Answer: invalid("limit", "This must be at least 1.")},
		apitest.Promise{Name: "no number is negative", As: "ada", Call: "GET /learning/log?after=-1", Status: 400, Answer: invalid("after", "This must be at least 0.")},
		apitest.Promise{Name: "nor is a cursor made up", As: "ada", Call: "GET /learning/log?cursor=x", Status: 400, Answer: invalid("cursor", "This is not a cursor of this list.")},
	)
}
