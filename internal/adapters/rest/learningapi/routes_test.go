package learningapi_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/plots"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/learningapi"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	noDeck  = `{"error":"Not Found","code":"not_found","message":"There is no such deck.","requestID":"<request>"}`
	nothing = `{"message":"Success","data":[]}`
	done    = `{"message":"Success","data":{}}`

	// absent is an id that nothing has.
	absent = "0198f0a0-0000-7000-8000-0000000000ff"
)

// newWorld serves learning to ada, who has the deck rivers with the cards card1 to card3, to bob, who has the deck theirs
// with the card foreign, and to new, who has not verified an address. <id:session> is a sitting of ada.
func newWorld(t *testing.T) *apitest.World {
	t.Helper()
	w := apitest.New(t)
	w.Person(t, "ada", true, false)
	w.Person(t, "bob", true, false)
	w.Person(t, "new", false, false)
	addDeck(t, w, "ada", "rivers", "card1", "card2", "card3")
	addDeck(t, w, "bob", "theirs", "foreign")
	w.Serve(learningapi.Routes(learning.New(w.Storage, w.Clock, w.IDs), plots.New())...)
	w.Keep(t, apitest.Promise{
		Name: "a sitting begins", As: "ada", Call: "POST /learning/session", Status: 201,
		Body: `{"deckID":"<id:rivers>","startedAt":"2026-01-31T08:15:00.000Z"}`, Answer: `{"message":"Created","data":{"id":"<id:session>"}}`,
	})
	return w
}

func addDeck(t *testing.T, w *apitest.World, owner, name string, cards ...string) {
	t.Helper()
	user, now := domain.UserID(w.Value("id:"+owner)), w.Clock.Now()
	deck, err := domain.NewDeck(domain.DeckID(w.IDs.NewID()), user, domain.DeckText{Name: name}, now)
	require.NoError(t, err)
	require.NoError(t, w.Storage.Decks.InsertDeck(t.Context(), deck))
	w.Set("id:"+name, string(deck.ID))
	var rows []domain.Card
	for _, card := range cards {
		text := domain.CardText{Question: "q", Answer: "a"}
		rows = append(rows, domain.NewCard(domain.CardID(w.IDs.NewID()), user, deck.ID, text, now))
		w.Set("id:"+card, string(rows[len(rows)-1].ID))
	}
	require.NoError(t, w.Storage.Cards.InsertCards(t.Context(), user, deck.ID, rows))
}

// said is the body that tells of an answer that was given now.
func said(w *apitest.World, card string, correct bool) string {
	now := w.Clock.Now().Format("2006-01-02T15:04:05.000Z")
	return fmt.Sprintf(`{"deckID":"<id:rivers>","cardID":"<id:%s>","learningSessionID":"<id:session>","startedAt":%q,"finishedAt":%q,"correct":%t}`,
		card, now, now, correct)
}

func answer(t *testing.T, w *apitest.World, card string, correct bool) {
	t.Helper()
	w.Keep(t, apitest.Promise{
		Name: "ada answers " + card, As: "ada", Call: "POST /learning/event", Body: said(w, card, correct), Status: 201,
		Answer: `{"message":"Created","data":{"id":"<id>","cardID":"<id:` + card + `>","due":"<time>"}}`,
	})
}

// invalid is the answer to input of which one field is wrong.
func invalid(field, sentence string) string {
	return fmt.Sprintf(`{"error":"Bad Request","code":"invalid_input","message":[{"field":%q,"message":%q}],"requestID":"<request>"}`, field, sentence)
}

func TestSittings(t *testing.T) {
	w := newWorld(t)
	const call = "PUT /learning/session"
	w.Keep(t,
		apitest.Promise{
			Name: "the end is told with the whole sitting", As: "ada", Call: call, Status: 200, Answer: done,
			Body: `{"id":"<id:session>","finishedAt":"2026-01-31T08:25:00.000Z","deckID":"<id:rivers>","startedAt":"2026-01-31T08:15:00.000Z","cards":[{}]}`,
		},
		apitest.Promise{
			Name: "others cannot end it", As: "bob", Call: call, Body: `{"id":"<id:session>","finishedAt":"2026-01-31T08:25:00.000Z"}`, Status: 404,
			Contains: []string{"not_found"},
		},
		apitest.Promise{
			Name: "the end is needed", As: "ada", Call: call, Body: `{"id":"<id:session>"}`, Status: 400,
			Answer: invalid("FinishedAt", "The end of the session is required."),
		},
		apitest.Promise{
			Name: "and which one", As: "ada", Call: call, Body: `{"id":"1","finishedAt":"2026-01-31T08:25:00.000Z"}`, Status: 400,
			Answer: invalid("Id", "This must be an id (a UUID)."),
		},
		apitest.Promise{
			Name: "none begins with somebody else's deck", As: "ada", Call: "POST /learning/session", Status: 404,
			Body: `{"deckID":"<id:theirs>","startedAt":"2026-01-31T08:15:00.000Z"}`, Answer: noDeck,
		},
		apitest.Promise{
			Name: "nor without a deck", As: "ada", Call: "POST /learning/session", Body: `{"startedAt":"2026-01-31T08:15:00.000Z"}`, Status: 400,
			Answer: invalid("DeckID", "This is required."),
		},
		apitest.Promise{
			Name: "nor at no time", As: "ada", Call: "POST /learning/session", Body: `{"deckID":"<id:rivers>","startedAt":"today"}`, Status: 400,
			Answer: invalid("StartedAt", "This must be a time, as in 2026-01-31T08:15:00Z."),
		},
	)
}

func TestAnswers(t *testing.T) {
	w := newWorld(t)
	const call = "POST /learning/event"
	right, wrong := said(w, "card1", true), said(w, "card2", false)
	w.Keep(t,
		apitest.Promise{
			Name: "one is recorded", As: "ada", Call: call, Body: right, Status: 201,
			Answer: `{"message":"Created","data":{"id":"<id:event>","cardID":"<id:card1>","due":"<time:due>"}}`,
		},
		apitest.Promise{
			Name: "the same again is the same", As: "ada", Call: call, Body: right, Status: 201,
			Answer: `{"message":"Created","data":{"id":"<id:event>","cardID":"<id:card1>","due":"<time:due>"}}`,
		},
		apitest.Promise{
			Name: "false is an answer", As: "ada", Call: call, Body: wrong, Status: 201,
			Answer: `{"message":"Created","data":{"id":"<id>","cardID":"<id:card2>","due":"<time>"}}`,
		},
		apitest.Promise{
			Name: "none is not", As: "ada", Call: call, Status: 400,
			Body: `{"cardID":"<id:card1>","learningSessionID":"<id:session>","startedAt":"2026-01-31T08:15:00.000Z","finishedAt":"2026-01-31T08:15:01.000Z"}`,

			Answer: invalid("Correct", "This is required."),
		},
		apitest.Promise{
			Name: "an answer before its question is none", As: "ada", Call: call, Status: 400,
			Body: `{"cardID":"<id:card1>","learningSessionID":"<id:session>","startedAt":"2026-01-31T08:15:01.000Z",` +
				`"finishedAt":"2026-01-31T08:15:00.000Z","correct":true}`,
			Answer: invalid("FinishedAt", "The answer cannot be earlier than the showing of the card."),
		},
		apitest.Promise{
			Name: "all that is missing is named with capitals", As: "ada", Call: call, Body: `{}`, Status: 400,
			Contains: []string{`"CardID"`, `"LearningSessionID"`, `"Correct"`},
		},
		apitest.Promise{
			Name: "a card of somebody else is not there", As: "ada", Call: call, Body: said(w, "foreign", true), Status: 404,
			Answer: `{"error":"Not Found","code":"not_found","message":"There is no such card.","requestID":"<request>"}`,
		},
	)
}

func TestWhatIsToBeLearnedNow(t *testing.T) {
	w := newWorld(t)
	const (
		call = "GET /learning/events?deckID=<id:rivers>&ids=<id:card1>&ids=<id:card2>&ids=<id:card3>"
		card = `"learningSessionID":"","recallProbability":0}`
	)
	w.Keep(t,
		apitest.Promise{
			Name: "all that was never seen", As: "ada", Call: call, Status: 200,
			Answer: `{"message":"Success","data":[{"cardID":"<id:card1>",` + card + `,{"cardID":"<id:card2>",` + card + `,{"cardID":"<id:card3>",` + card + `]}`,
		},
		apitest.Promise{
			Name: "only what is asked for and one's own", As: "ada", Status: 200,
			Call:   "GET /learning/events?deckID=<id:rivers>&ids=<id:foreign>&ids=made-up&ids=<id:card2>&ids=<id:card2>&ids=" + absent,
			Answer: `{"message":"Success","data":[{"cardID":"<id:card2>",` + card + `]}`,
		},
		apitest.Promise{Name: "nothing when nothing is asked for", As: "ada", Call: "GET /learning/events?deckID=<id:rivers>", Status: 200, Answer: nothing},
		apitest.Promise{
			Name: "nothing of somebody else's deck", As: "ada", Call: "GET /learning/events?deckID=<id:theirs>&ids=<id:foreign>", Status: 404, Answer: noDeck,
		},
		apitest.Promise{
			Name: "a deck is needed", As: "ada", Call: "GET /learning/events?ids=<id:card1>", Status: 400, Contains: []string{`"field":"DeckID"`},
		},
	)
	answer(t, w, "card1", true)
	answer(t, w, "card3", false)
	w.Keep(t, apitest.Promise{
		Name: "not what was just seen", As: "ada", Call: call, Status: 200, Answer: `{"message":"Success","data":[{"cardID":"<id:card2>",` + card + `]}`,
	})
	answer(t, w, "card2", true)
	w.Keep(t, apitest.Promise{Name: "nothing when all is done", As: "ada", Call: call, Status: 200, Answer: nothing})
}

func TestProbabilities(t *testing.T) {
	w := newWorld(t)
	const call = "POST /learning/probabilities"
	of := func(rivers string) string { return `{"message":"Success","data":{"<id:rivers>":` + rivers + `}}` }
	w.Keep(t,
		apitest.Promise{Name: "of no deck there are none", As: "ada", Call: call, Body: `[]`, Status: 200, Answer: done},
		apitest.Promise{
			Name: "a new deck is not known, whatever its size is said to be", As: "ada", Call: call, Status: 200,
			Body: `[{"deckID":"<id:rivers>","totalNoCards":0}]`, Answer: of("0"),
		},
		apitest.Promise{
			Name: "an id that is none is named", As: "ada", Call: call, Body: `[{"deckID":"<id:rivers>"},{"deckID":"1"}]`, Status: 400,
			Answer: invalid("[1].DeckID", "This must be an id (a UUID)."),
		},
	)
	answer(t, w, "card1", true)
	w.Keep(t, apitest.Promise{Name: "one card of three is a third, with two decimals", As: "ada", Call: call, Body: `[{"deckID":"<id:rivers>"}]`, Status: 200, Answer: of("0.33")})
	answer(t, w, "card2", true)
	w.Keep(t, apitest.Promise{Name: "two are two thirds", As: "ada", Call: call, Body: `[{"deckID":"<id:rivers>"}]`, Status: 200, Answer: of("0.67")})
	answer(t, w, "card3", true)
	w.Keep(t,
		apitest.Promise{Name: "a deck just learned is known", As: "ada", Call: call, Body: `[{"deckID":"<id:rivers>"}]`, Status: 200, Answer: of("1")},
		apitest.Promise{Name: "by its owner only", As: "bob", Call: call, Body: `[{"deckID":"<id:rivers>"}]`, Status: 200, Answer: of("0")},
		apitest.Promise{
			Name: "every deck that is asked for is there", As: "ada", Call: call, Status: 200,
			Body:     `[{"deckID":"<id:rivers>","totalNoCards":3},{"deckID":"<id:theirs>"},{"deckID":"` + absent + `"},{"deckID":"<id:rivers>"}]`,
			Contains: []string{`"<id:rivers>":1`, `"<id:theirs>":0`, `"` + absent + `":0`},
		},
	)
}

func TestLearningIsForVerifiedPeople(t *testing.T) {
	w := newWorld(t)
	for _, call := range []string{
		"POST /learning/session", "PUT /learning/session", "POST /learning/event", "GET /learning/events?deckID=<id:rivers>&ids=<id:card1>",
		"POST /learning/probabilities", "GET /learning/log", "POST /learning/reviews", "POST /learning/reviews/" + absent + "/undo",
		"GET /learning/settings", "PATCH /learning/settings", "POST /learning/settings/undo", "GET /learning/queue",
		"GET /learning/cards/<id:card1>", "POST /learning/cards/<id:card1>/reset", "POST /learning/cards/<id:card1>/suspend",
		"POST /learning/cards/<id:card1>/resume", "GET /learning/cards/<id:card1>/history", "GET /learning/cards/<id:card1>/explain",
		"POST /learning/verify", "POST /learning/rebuild", "GET /learning/compare",
		"GET /learning/stats", "GET /learning/progress?deckID=<id:rivers>", "GET /learning/decks/<id:rivers>/score", "GET /learning/calibration",
		"GET /learning/plots/heatmap.svg",
	} {
		w.Keep(t,
			apitest.Promise{Name: "nobody: " + call, Call: call, Status: 401, Contains: []string{"not_signed_in"}},
			apitest.Promise{Name: "not verified: " + call, As: "new", Call: call, Status: 403, Contains: []string{"email_not_verified"}},
		)
	}
}
