package deckapi_test

import (
	"strings"
	"testing"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
)

func TestFindingCards(t *testing.T) {
	w := newWorld(t)
	addDeck(t, w, "ada", "rivers")
	addDeck(t, w, "bob", "theirs")
	addCard(t, w, "ada", "rivers", "nile")
	addCard(t, w, "ada", "rivers", "niles")
	addCard(t, w, "bob", "theirs", "thames")
	found := func(cards ...string) string {
		return `{"message":"Success","data":{"items":[` + strings.Join(cards, ",") + `]}}`
	}
	refused := func(message string) string {
		return `{"error":"Bad Request","code":"invalid_input","message":[{"field":"query","message":"` + message + `"}],"requestID":"<request>"}`
	}
	w.Keep(t,
		apitest.Promise{
			Name: "a card is found by its words, and shown as everywhere", As: "bob", Call: "GET /cards/search?query=The+Th%C3%A1mes", Status: 200,
			Answer: found(card("theirs", "thames")),
		},
		apitest.Promise{
			Name: "no more than asked for", As: "ada", Call: "GET /cards/search?query=nile&limit=1", Status: 200, Contains: []string{"<id:rivers>"},
			Lacks: []string{"},{"},
		},
		apitest.Promise{Name: "nothing is an empty list", As: "ada", Call: "GET /cards/search?query=Amazon", Status: 200, Answer: found()},
		apitest.Promise{Name: "the cards of others are never found", As: "ada", Call: "GET /cards/search?query=thames", Status: 200, Answer: found()},
		apitest.Promise{
			Name: "a query is needed", As: "ada", Call: "GET /cards/search", Status: 400, Answer: refused("This is required."),
		},
		apitest.Promise{
			Name: "with a word in it", As: "ada", Call: "GET /cards/search?query=%3F%21", Status: 400,
			Answer: refused("The query must hold a word or a number."),
		},
		apitest.Promise{
			Name: "that has an end", As: "ada", Call: "GET /cards/search?query=" + strings.Repeat("x", 1001), Status: 400, Contains: []string{`"field":"query"`},
		},
		apitest.Promise{
			Name: "fifty are the most that can be asked for", As: "ada", Call: "GET /cards/search?query=nile&limit=51", Status: 400,
			Contains: []string{`"field":"limit"`},
		},
	)
}
