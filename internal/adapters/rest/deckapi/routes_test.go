package deckapi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/deckapi"
	"github.com/moshrank/spacey-backend/internal/app/decks"
)

const (
	noDeck = `{"error":"Not Found","code":"not_found","message":"There is no such deck.","requestID":"<request>"}`
	noCard = `{"error":"Not Found","code":"not_found","message":"There is no such card.","requestID":"<request>"}`
	nobody = `{"error":"Unauthorized","code":"not_signed_in","message":"Sign in to do this.","requestID":"<request>"}`

	// absent is an id that nothing has.
	absent = "0198f0a0-0000-7000-8000-0000000000ff"
)

// newWorld serves decks to ada, to bob, and to new, who has not verified an address.
func newWorld(t *testing.T) *apitest.World {
	t.Helper()
	w := apitest.New(t)
	w.Person(t, "ada", true, false)
	w.Person(t, "bob", true, false)
	w.Person(t, "new", false, false)
	w.Serve(deckapi.Routes(decks.New(w.Storage, w.Clock, w.IDs))...)
	return w
}

// addDeck adds a deck of somebody: <id:name> is its id then, and <time:name> when it was made.
func addDeck(t *testing.T, w *apitest.World, owner, name string) {
	t.Helper()
	w.Keep(t, apitest.Promise{
		Name: owner + " adds a deck", As: owner, Call: "POST /decks", Status: 201,
		Body:   `{"id":"","name":"` + name + `","description":"About ` + name + `","color":"#FFEC87"}`,
		Answer: `{"message":"Created","data":` + deck(name, "[]") + `}`,
	})
}

// deck is the answer that shows a deck of addDeck.
func deck(name, cards string) string {
	return `{"id":"<id:` + name + `>","name":"` + name + `","description":"About ` + name + `","color":"#FFEC87",` +
		`"cards":` + cards + `,"created_at":"<time:` + name + `>"}`
}

// addCard adds a card to a deck: <id:name> is its id then.
func addCard(t *testing.T, w *apitest.World, owner, deck, name string) {
	t.Helper()
	w.Keep(t, apitest.Promise{
		Name: owner + " adds a card", As: owner, Call: "POST /decks/<id:" + deck + ">/card", Status: 201,
		Body:   `{"id":"made-up-7","question":"What is ` + name + `?","answer":"It is ` + name + `","deckID":"<id:` + deck + `>"}`,
		Answer: `{"message":"Created","data":` + card(deck, name) + `}`,
	})
}

// card is the answer that shows a card of addCard.
func card(deck, name string) string {
	return `{"id":"<id:` + name + `>","question":"What is ` + name + `?","answer":"It is ` + name + `","deckID":"<id:` + deck + `>"}`
}

func TestDecks(t *testing.T) {
	w := newWorld(t)
	w.Keep(t, apitest.Promise{
		Name: "a new person has none", As: "ada", Call: "GET /decks", Status: 200, Answer: `{"message":"Success","data":[]}`,
	})
	addDeck(t, w, "ada", "rivers")
	addDeck(t, w, "ada", "lakes")
	addDeck(t, w, "bob", "theirs")
	addCard(t, w, "ada", "rivers", "nile")
	w.Keep(t,
		apitest.Promise{
			Name: "the list has all of one's own with all cards, in order", As: "ada", Call: "GET /decks", Status: 200,
			Answer: `{"message":"Success","data":[` + deck("rivers", "["+card("rivers", "nile")+"]") + `,` + deck("lakes", "[]") + `]}`,
		},
		apitest.Promise{
			Name: "one is shown with its cards", As: "ada", Call: "GET /decks/<id:rivers>", Status: 200,
			Answer: `{"message":"Success","data":` + deck("rivers", "["+card("rivers", "nile")+"]") + `}`,
		},
		apitest.Promise{
			Name: "description and colour may be left out, and are there then", As: "ada", Call: "POST /decks", Body: `{"name":"bare"}`, Status: 201,
			Answer: `{"message":"Created","data":{"id":"<id>","name":"bare","description":"","color":"","cards":[],"created_at":"<time>"}}`,
		},
		apitest.Promise{
			Name: "a change comes with the whole deck, whose cards are ignored", As: "ada", Call: "PUT /decks/<id:rivers>", Status: 200,
			Body: `{"id":"<id:theirs>","name":"Streams","description":"","color":"red","created_at":"1999-01-01T00:00:00.000Z",` +
				`"cards":[{"id":"<id:nile>","question":"changed","answer":"changed","deckID":"<id:rivers>"}]}`,
			Answer: `{"message":"Success","data":{"id":"<id:rivers>","name":"Streams","description":"","color":"red",` +
				`"cards":[` + card("rivers", "nile") + `],"created_at":"<time:rivers>"}}`,
		},
		apitest.Promise{
			Name: "a deleted one says so", As: "ada", Call: "DELETE /decks/<id:rivers>", Status: 200,
			Answer: `{"message":"Success","data":{"message":"Deck deleted"}}`,
		},
		apitest.Promise{Name: "and is gone", As: "ada", Call: "GET /decks/<id:rivers>", Status: 404, Answer: noDeck},
		apitest.Promise{Name: "twice is not found", As: "ada", Call: "DELETE /decks/<id:rivers>", Status: 404, Answer: noDeck},
		apitest.Promise{
			Name: "the others stay", As: "ada", Call: "GET /decks", Status: 200, Contains: []string{"<id:lakes>"}, Lacks: []string{"<id:rivers>", "<id:nile>"},
		},
	)
}

func TestRulesOfDecks(t *testing.T) {
	w := newWorld(t)
	addDeck(t, w, "ada", "rivers")
	long := `{"name":"` + strings.Repeat("é", 31) + `","description":"` + strings.Repeat("é", 201) + `","color":"` + strings.Repeat("é", 33) + `"}`
	const tooLong = `{"error":"Bad Request","code":"invalid_input","message":[` +
		`{"field":"Name","message":"The name is too long: 30 characters at most."},` +
		`{"field":"Description","message":"The description is too long: 200 characters at most."},` +
		`{"field":"Color","message":"The colour is too long: 32 characters at most."}],"requestID":"<request>"}`
	w.Keep(t,
		apitest.Promise{
			Name: "a name is needed", As: "ada", Call: "POST /decks", Body: `{"name":""}`, Status: 400,
			Answer: `{"error":"Bad Request","code":"invalid_input","message":[{"field":"Name","message":"A name is required."}],"requestID":"<request>"}`,
		},
		apitest.Promise{Name: "texts have an end, in characters", As: "ada", Call: "POST /decks", Body: long, Status: 400, Answer: tooLong},
		apitest.Promise{Name: "for a change too", As: "ada", Call: "PUT /decks/<id:rivers>", Body: long, Status: 400, Answer: tooLong},
		apitest.Promise{
			Name: "thirty characters are fine", As: "ada", Call: "POST /decks", Body: `{"name":"` + strings.Repeat("é", 30) + `"}`, Status: 201,
		},
		apitest.Promise{
			Name: "wrong types are named", As: "ada", Call: "POST /decks", Body: `{"name":"x","color":1}`, Status: 400,
			Contains: []string{`[{"field":"Color","message":"This must be a text."}]`},
		},
		apitest.Promise{Name: "what is no id is not there", As: "ada", Call: "GET /decks/42", Status: 404, Answer: noDeck},
		apitest.Promise{Name: "nothing of it was stored", As: "ada", Call: "GET /decks/<id:rivers>", Status: 200, Contains: []string{`"name":"rivers"`}},
	)
}

func TestCards(t *testing.T) {
	w := newWorld(t)
	addDeck(t, w, "ada", "rivers")
	addDeck(t, w, "ada", "lakes")
	addCard(t, w, "ada", "rivers", "nile")
	w.Keep(t,
		apitest.Promise{
			Name: "several are added in order", As: "ada", Call: "POST /decks/<id:rivers>/cards", Status: 201,
			Body: `[{"question":"q1","answer":"a1","deckID":"<id:rivers>"},{"id":"x","question":"q2","answer":"a2","deckID":"<id:lakes>"}]`,
			Answer: `{"message":"Created","data":[{"id":"<id:first>","question":"q1","answer":"a1","deckID":"<id:rivers>"},` +
				`{"id":"<id:second>","question":"q2","answer":"a2","deckID":"<id:rivers>"}]}`,
		},
		apitest.Promise{
			Name: "of none there is an empty list", As: "ada", Call: "POST /decks/<id:rivers>/cards", Body: `[]`, Status: 201,
			Answer: `{"message":"Created","data":[]}`,
		},
		apitest.Promise{
			Name: "a change keeps the id", As: "ada", Call: "PUT /decks/<id:rivers>/cards/<id:nile>", Status: 200,
			Body:   `{"id":"<id:first>","question":"new","answer":"newer","deckID":"<id:rivers>"}`,
			Answer: `{"message":"Success","data":{"id":"<id:nile>","question":"new","answer":"newer","deckID":"<id:rivers>"}}`,
		},
		apitest.Promise{
			Name: "without a deck it stays where it is", As: "ada", Call: "PUT /decks/<id:rivers>/cards/<id:nile>", Status: 200,
			Body:   `{"question":"new","answer":"newest"}`,
			Answer: `{"message":"Success","data":{"id":"<id:nile>","question":"new","answer":"newest","deckID":"<id:rivers>"}}`,
		},
		apitest.Promise{
			Name: "another deck moves it", As: "ada", Call: "PUT /decks/<id:rivers>/cards/<id:nile>", Status: 200,
			Body:   `{"question":"q","answer":"a","deckID":"<id:lakes>"}`,
			Answer: `{"message":"Success","data":{"id":"<id:nile>","question":"q","answer":"a","deckID":"<id:lakes>"}}`,
		},
		apitest.Promise{
			Name: "and it is there", As: "ada", Call: "GET /decks/<id:lakes>", Status: 200,
			Contains: []string{`"cards":[{"id":"<id:nile>","question":"q","answer":"a","deckID":"<id:lakes>"}]`},
		},
		apitest.Promise{
			Name: "it is not changed where it was", As: "ada", Call: "PUT /decks/<id:rivers>/cards/<id:nile>", Body: `{"question":"x","answer":"x"}`,
			Status: 404, Answer: noCard,
		},
		apitest.Promise{Name: "and no longer here", As: "ada", Call: "DELETE /decks/<id:rivers>/cards/<id:nile>", Status: 404, Answer: noCard},
		apitest.Promise{
			Name: "a deleted one says so", As: "ada", Call: "DELETE /decks/<id:lakes>/cards/<id:nile>", Status: 200,
			Answer: `{"message":"Success","data":"Deleted Card"}`,
		},
		apitest.Promise{Name: "twice is not found", As: "ada", Call: "DELETE /decks/<id:lakes>/cards/<id:nile>", Status: 404, Answer: noCard},
		apitest.Promise{Name: "a deck without cards has an empty list", As: "ada", Call: "GET /decks/<id:lakes>", Status: 200, Contains: []string{`"cards":[]`}},
	)
}

func TestTextsOfCardsComeBackByteForByte(t *testing.T) {
	w := newWorld(t)
	addDeck(t, w, "ada", "rivers")
	for name, text := range map[string]string{
		"a rich document": `[{\"type\":\"paragraph\",\"children\":[{\"text\":\"Nile\",\"bold\":true}]}]`,
		"markup":          `<script>alert(1)</script> & <b>'</b>`,
		"space around it": `  \n\t Nile \n `,
		"only a space":    ` `,
		"all of Unicode":  "é e\u0301 🙂 汉字" + ` \u0001 \u2028`,
		"placeholders":    `%s $1 {{.}} \\ud83d`,
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"question":"` + text + `","answer":"` + text + `"}`
			w.Keep(t, apitest.Promise{
				Name: "is the same", As: "ada", Call: "POST /decks/<id:rivers>/card", Body: body, Status: 201,
				Answer: `{"message":"Created","data":{"id":"<id>","question":"` + text + `","answer":"` + text + `","deckID":"<id:rivers>"}}`,
			})
			require.Contains(t, w.Call(t, "ada", "GET /decks/<id:rivers>", "").Body, `"question":"`+text+`","answer":"`+text+`"`)
		})
	}
	t.Run("escaped pairs of surrogates are characters, half of one is refused", func(t *testing.T) {
		w.Keep(t,
			apitest.Promise{
				Name: "a pair", As: "ada", Call: "POST /decks/<id:rivers>/card", Body: `{"question":"\uD83D\uDE42","answer":"a"}`, Status: 201,
				Contains: []string{`"question":"🙂"`},
			},
			apitest.Promise{
				Name: "a half", As: "ada", Call: "POST /decks/<id:rivers>/card", Body: `{"question":"\uD83D","answer":"a"}`, Status: 400,
				Contains: []string{"malformed_request"},
			},
		)
	})
	t.Run("U+0000 is refused, since not every storage can keep it", func(t *testing.T) {
		w.Keep(t,
			apitest.Promise{
				Name: "in a card", As: "ada", Call: "POST /decks/<id:rivers>/card", Body: `{"question":"a\u0000b","answer":"a"}`, Status: 400,
				Contains: []string{`[{"field":"Question","message":"The text contains the character U+0000, which cannot be stored."}]`},
			},
			apitest.Promise{
				Name: "in a deck", As: "ada", Call: "POST /decks", Body: `{"name":"a","description":"\u0000","color":"\u0000"}`, Status: 400,
				Contains: []string{`"field":"Description"`, `"field":"Color"`},
			},
		)
	})
	t.Run("64 KiB are fine, one byte more is not", func(t *testing.T) {
		fits := strings.Repeat("é", 32<<10)
		w.Keep(t,
			apitest.Promise{
				Name: "fits", As: "ada", Call: "POST /decks/<id:rivers>/card", Body: `{"question":"` + fits + `","answer":"a"}`, Status: 201,
				Contains: []string{fits},
			},
			apitest.Promise{
				Name: "too long", As: "ada", Call: "POST /decks/<id:rivers>/card", Body: `{"question":"` + fits + `x","answer":""}`, Status: 400,
				Contains: []string{`[{"field":"Question","message":"The question is too long: 65,536 bytes at most."},` +
					`{"field":"Answer","message":"The answer is required."}]`},
				Lacks: []string{"é"},
			},
		)
	})
}

func TestABatchIsAddedWholeOrNotAtAll(t *testing.T) {
	w := newWorld(t)
	addDeck(t, w, "ada", "rivers")
	const call = "POST /decks/<id:rivers>/cards"
	many := `[{"question":"q","answer":"a"}` + strings.Repeat(`,{"question":"q","answer":"a"}`, 999)
	w.Keep(t,
		apitest.Promise{
			Name: "one that breaks a rule is named", As: "ada", Call: call, Body: `[{"question":"q","answer":"a"},{"question":"q"}]`, Status: 400,
			Answer: `{"error":"Bad Request","code":"invalid_input","message":[{"field":"[1].Answer","message":"The answer is required."}],"requestID":"<request>"}`,
		},
		apitest.Promise{
			Name: "a thousand and one are too many", As: "ada", Call: call, Body: many + `,{"question":"q","answer":"a"}]`, Status: 413,
			Contains: []string{"too_large", "1,000 at most"},
		},
		apitest.Promise{Name: "nothing was added", As: "ada", Call: "GET /decks/<id:rivers>", Status: 200, Contains: []string{`"cards":[]`}},
		apitest.Promise{Name: "an object is no list", As: "ada", Call: call, Body: `{}`, Status: 400, Contains: []string{"This must be a list."}},
		apitest.Promise{Name: "a thousand are fine", As: "ada", Call: call, Body: many + `]`, Status: 201},
	)
	t.Run("all of them are there", func(t *testing.T) {
		require.Equal(t, 1000, strings.Count(w.Call(t, "ada", "GET /decks/<id:rivers>", "").Body, `"question":"q"`))
	})
}

func TestWhatIsSomebodyElsesIsNotThere(t *testing.T) {
	w := newWorld(t)
	addDeck(t, w, "ada", "rivers")
	addCard(t, w, "ada", "rivers", "nile")
	addDeck(t, w, "bob", "theirs")
	addCard(t, w, "bob", "theirs", "thames")
	const text = `{"name":"stolen","question":"stolen","answer":"stolen"}`
	for name, c := range map[string]struct{ call, body, answer string }{
		"a deck is not shown":               {"GET /decks/<id:rivers>", "", noDeck},
		"a deck is not changed":             {"PUT /decks/<id:rivers>", text, noDeck},
		"a deck is not deleted":             {"DELETE /decks/<id:rivers>", "", noDeck},
		"a deck is not published":           {"POST /decks/<id:rivers>/publish", "", noDeck},
		"a deck is not made private":        {"DELETE /decks/<id:rivers>/publish", "", noDeck},
		"no card is added":                  {"POST /decks/<id:rivers>/card", text, noDeck},
		"no cards are added":                {"POST /decks/<id:rivers>/cards", "[" + text + "]", noDeck},
		"not even none":                     {"POST /decks/<id:rivers>/cards", "[]", noDeck},
		"a card is not changed":             {"PUT /decks/<id:rivers>/cards/<id:nile>", text, noCard},
		"a card is not taken":               {"PUT /decks/<id:theirs>/cards/<id:nile>", text, noCard},
		"a card is not given":               {"PUT /decks/<id:theirs>/cards/<id:thames>", `{"question":"q","answer":"a","deckID":"<id:rivers>"}`, noDeck},
		"a card is not deleted":             {"DELETE /decks/<id:rivers>/cards/<id:nile>", "", noCard},
		"it looks like what is nowhere":     {"GET /decks/" + absent, "", noDeck},
		"and so does a card that is absent": {"DELETE /decks/<id:theirs>/cards/" + absent, "", noCard},
	} {
		w.Keep(t, apitest.Promise{Name: name, As: "bob", Call: c.call, Body: c.body, Status: 404, Answer: c.answer})
	}
	w.Keep(t,
		apitest.Promise{
			Name: "all is as it was", As: "ada", Call: "GET /decks", Status: 200,
			Answer: `{"message":"Success","data":[` + deck("rivers", "["+card("rivers", "nile")+"]") + `]}`,
		},
		apitest.Promise{
			Name: "a list has nothing of others", As: "bob", Call: "GET /decks", Status: 200, Lacks: []string{"rivers", "nile", "<id:ada>"},
			Answer: `{"message":"Success","data":[` + deck("theirs", "["+card("theirs", "thames")+"]") + `]}`,
		},
		apitest.Promise{
			Name: "a card goes to no deck that is no id", As: "bob", Call: "PUT /decks/<id:theirs>/cards/<id:thames>", Status: 400,
			Body: `{"question":"q","answer":"a","deckID":"42"}`, Contains: []string{`[{"field":"DeckID","message":"This must be an id (a UUID)."}]`},
		},
	)
}

func TestPublishedDecks(t *testing.T) {
	w := newWorld(t)
	addDeck(t, w, "ada", "rivers")
	addDeck(t, w, "ada", "secret")
	addCard(t, w, "ada", "rivers", "nile")
	const none = `{"message":"Success","data":[]}`
	w.Keep(t,
		apitest.Promise{Name: "there are none at first", As: "bob", Call: "GET /decks/public", Status: 200, Answer: none},
		apitest.Promise{
			Name: "their owner makes them so", As: "ada", Call: "POST /decks/<id:rivers>/publish", Status: 200,
			Answer: `{"message":"Success","data":` + deck("rivers", "[]") + `}`,
		},
		apitest.Promise{
			Name: "others see them then, and no private one, without who made them", As: "bob", Call: "GET /decks/public", Status: 200,
			Answer: `{"message":"Success","data":[` + deck("rivers", "[]") + `]}`, Lacks: []string{"secret", "<id:ada>"},
		},
		apitest.Promise{Name: "but cannot open them", As: "bob", Call: "GET /decks/<id:rivers>", Status: 404, Answer: noDeck},
		apitest.Promise{Name: "until they are private again", As: "ada", Call: "DELETE /decks/<id:rivers>/publish", Status: 200},
		apitest.Promise{Name: "and are gone", As: "bob", Call: "GET /decks/public", Status: 200, Answer: none},
	)
}

func TestDecksAreForVerifiedPeople(t *testing.T) {
	w := newWorld(t)
	for _, call := range []string{
		"GET /decks", "POST /decks", "GET /decks/public", "GET /decks/" + absent, "PUT /decks/" + absent, "DELETE /decks/" + absent,
		"POST /decks/" + absent + "/publish", "DELETE /decks/" + absent + "/publish", "POST /decks/" + absent + "/card",
		"POST /decks/" + absent + "/cards", "PUT /decks/" + absent + "/cards/" + absent, "DELETE /decks/" + absent + "/cards/" + absent,
		"GET /cards/search?query=river",
	} {
		w.Keep(t,
			apitest.Promise{Name: "nobody: " + call, Call: call, Status: 401, Answer: nobody},
			apitest.Promise{
				Name: "not verified: " + call, As: "new", Call: call, Status: 403,
				Answer: `{"error":"Forbidden","code":"email_not_verified","message":"Verify your e-mail address to do this.","requestID":"<request>"}`,
			},
		)
	}
}
