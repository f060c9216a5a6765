package deckapi_test

import (
	"strings"
	"testing"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
)

func TestExportingDecks(t *testing.T) {
	w := newWorld(t)
	addDeck(t, w, "ada", "rivers")
	addDeck(t, w, "ada", "lakes")
	addDeck(t, w, "bob", "theirs")
	addCard(t, w, "ada", "rivers", "Rhine")
	addCard(t, w, "ada", "lakes", "Erie")
	addCard(t, w, "bob", "theirs", "foreign")
	w.Program(t, "ada", "program", "decks:read", "decks:write", "learning:read", "learning:write")
	w.Keep(t, apitest.Promise{Name: "a deck is published", As: "ada", Call: "POST /decks/<id:lakes>/publish", Status: 200})
	line := func(name, updated, more string) string {
		return `{"type":"deck","id":"<id:` + name + `>","name":"` + name + `","description":"About ` + name + `","color":"#FFEC87",` +
			`"createdAt":"<time:` + name + `>","updatedAt":"<time` + updated + `>"` + more + `}`
	}
	cardLine := func(deck, name string) string {
		return strings.Replace(card(deck, name), "{", `{"type":"card",`, 1)
	}
	timed := func(line string) string {
		return strings.TrimSuffix(line, "}") + `,"createdAt":"<time>","updatedAt":"<time>"}`
	}
	t.Run("gives all decks, then all cards, and nothing of others", func(t *testing.T) {
		w.Stream(t, "ada", "GET /export/decks",
			line("rivers", ":rivers", ""), line("lakes", "", `,"publishedAt":"<time>"`), timed(cardLine("rivers", "Rhine")), timed(cardLine("lakes", "Erie")))
	})
	w.Keep(t,
		apitest.Promise{Name: "is for somebody", Call: "GET /export/decks", Status: 401, Answer: nobody},
		apitest.Promise{Name: "is not for programs", As: "program", Call: "GET /export/decks", Status: 403, Contains: []string{"missing_scope"}},
	)
	t.Run("is for people who have not verified an address too, and may be empty", func(t *testing.T) {
		if got := w.Call(t, "new", "GET /export/decks", ""); got.Status != 200 || got.Body != "" {
			t.Fatal(got)
		}
	})
}

func TestProgramsReachAsFarAsTheirScopes(t *testing.T) {
	w := newWorld(t)
	addDeck(t, w, "ada", "rivers")
	addCard(t, w, "ada", "rivers", "Rhine")
	w.Program(t, "ada", "reader", "decks:read", "learning:read", "learning:write")
	w.Program(t, "ada", "writer", "decks:write")
	const deck, card = " /decks/<id:rivers>", " /decks/<id:rivers>/cards/<id:Rhine>"
	const cardBody = `{"question":"q","answer":"a"}`
	reads := []string{"GET /decks", "GET /decks/public", "GET" + deck, "GET /cards/search?query=Rhine"}
	for _, call := range reads {
		w.Keep(t,
			apitest.Promise{Name: "reads: " + call, As: "reader", Call: call, Status: 200},
			apitest.Promise{Name: "does not read: " + call, As: "writer", Call: call, Status: 403, Contains: []string{"It needs the scope decks:read."}},
		)
	}
	for _, change := range []struct {
		call, body string
		status     int
	}{
		{"POST /decks", `{"name":"lakes"}`, 201},
		{"PUT" + deck, `{"name":"streams"}`, 200},
		{"POST" + deck + "/card", cardBody, 201},
		{"POST" + deck + "/cards", "[" + cardBody + "]", 201},
		{"POST" + deck + "/publish", "", 200},
		{"DELETE" + deck + "/publish", "", 200},
		{"PUT" + card, cardBody, 200},
		{"DELETE" + card, "", 200},
		{"DELETE" + deck, "", 200},
	} {
		w.Keep(t,
			apitest.Promise{Name: "does not change: " + change.call, As: "reader", Call: change.call, Body: change.body, Status: 403, Contains: []string{"It needs the scope decks:write."}},
			apitest.Promise{Name: "changes: " + change.call, As: "writer", Call: change.call, Body: change.body, Status: change.status},
		)
	}
}

func TestPublishingTwiceWithOneKey(t *testing.T) {
	w := newWorld(t)
	addDeck(t, w, "ada", "rivers")
	const publish, key = "POST /decks/<id:rivers>/publish", "0123456789abcdef"
	w.Keep(t,
		apitest.Promise{Name: "the first time it is public", As: "ada", Call: publish, Key: key, Status: 200},
		apitest.Promise{Name: "it is private again", As: "ada", Call: "DELETE /decks/<id:rivers>/publish", Status: 200},
		apitest.Promise{Name: "the second time is answered the same", As: "ada", Call: publish, Key: key, Status: 200, Answer: `{"message":"Success","data":` + deck("rivers", "[]") + `}`},
		apitest.Promise{Name: "and changes nothing", As: "ada", Call: "GET /decks/public", Status: 200, Answer: `{"message":"Success","data":[]}`},
	)
}
