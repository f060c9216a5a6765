package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWrongSignIns(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		known := s.person(t)
		c := s.visitor(t)
		wrong := c.must(http.StatusUnauthorized, http.MethodPost, "/user/login", map[string]string{"email": known.email, "password": "not it"})
		unknown := c.must(http.StatusUnauthorized, http.MethodPost, "/user/login", map[string]string{"email": "nobody@example.org", "password": "not it"})
		for _, a := range []answer{wrong, unknown} {
			assert.Equal(t, "invalid_credentials", failure(t, a))
			assert.Contains(t, a.Body, "Invalid email or password.")
			assert.Empty(t, a.Header.Values("Set-Cookie"), "nobody was signed in")
		}
		c.must(http.StatusOK, http.MethodPost, "/user/login", map[string]string{"email": strings.ToUpper(known.email), "password": password})
		taken := c.must(http.StatusBadRequest, http.MethodPost, "/user", map[string]string{"name": "x", "email": known.email, "password": password})
		assert.Equal(t, "email_taken", failure(t, taken))
		faulty := c.must(http.StatusBadRequest, http.MethodPost, "/user", map[string]string{"email": "nonsense", "password": "x"})
		for _, field := range []string{"Name", "Email", "Password"} {
			assert.Contains(t, faulty.Body, `"field":"`+field+`"`)
		}
	})
}

func TestSigningOutEndsTheSession(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		c.must(http.StatusOK, http.MethodGet, "/user", nil)
		out := c.must(http.StatusOK, http.MethodGet, "/user/logout", nil)
		assert.Len(t, out.Header.Values("Set-Cookie"), 2, "both cookies expire")
		c.must(http.StatusUnauthorized, http.MethodGet, "/user", nil)
		c.must(http.StatusOK, http.MethodGet, "/user/logout", nil)
	})
}

func TestAStrangerSeesNothing(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		owner, stranger := s.person(t), s.person(t)
		d := owner.newDeck(2)
		own := stranger.newDeck(1)
		deckPath, cardPath := "/decks/"+d.ID, "/decks/"+d.ID+"/cards/"+d.Cards[0].ID
		text := map[string]string{"name": "mine now", "question": "q", "answer": "a"}
		for _, call := range []struct {
			method, path string
			body         any
		}{
			{http.MethodGet, deckPath, nil},
			{http.MethodPut, deckPath, text},
			{http.MethodDelete, deckPath, nil},
			{http.MethodPost, deckPath + "/card", text},
			{http.MethodPost, deckPath + "/cards", []any{text}},
			{http.MethodPost, deckPath + "/publish", nil},
			{http.MethodDelete, deckPath + "/publish", nil},
			{http.MethodPut, cardPath, text},
			{http.MethodDelete, cardPath, nil},
			{http.MethodPut, "/decks/" + own.ID + "/cards/" + d.Cards[0].ID, text},
			{http.MethodPut, "/decks/" + own.ID + "/cards/" + own.Cards[0].ID, map[string]string{"question": "q", "answer": "a", "deckID": d.ID}},
			{http.MethodPost, "/learning/session", map[string]string{"deckID": d.ID, "startedAt": iso(time.Now())}},
			{http.MethodPut, "/learning/session", map[string]string{"id": owner.newSession(d), "finishedAt": iso(time.Now())}},
			{http.MethodPost, "/learning/event", event(d, d.Cards[0].ID, "", time.Now(), true)},
			{http.MethodGet, "/learning/events?deckID=" + d.ID + "&ids=" + d.Cards[0].ID, nil},
			{http.MethodGet, "/decks/" + uuid.NewString(), nil},
			{http.MethodGet, "/decks/not-an-id", nil},
		} {
			a := stranger.must(http.StatusNotFound, call.method, call.path, call.body)
			assert.Equal(t, "not_found", failure(t, a), "%s %s", call.method, call.path)
		}
		assert.Zero(t, stranger.score(d))
		assert.Equal(t, d.Cards, data[deck](t, owner.must(http.StatusOK, http.MethodGet, deckPath, nil)).Cards, "nothing was changed")
		nobody := s.visitor(t)
		assert.Equal(t, "not_signed_in", failure(t, nobody.must(http.StatusUnauthorized, http.MethodGet, deckPath, nil)))
	})
}

func TestRequestsThatNobodyUnderstands(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		d := c.newDeck(1)
		for name, call := range map[string]struct {
			method, path string
			body         any
			status       int
			code         string
			says         string
		}{
			"an unknown route":       {http.MethodGet, "/nothing/here", nil, 404, "not_found", ""},
			"a trailing slash":       {http.MethodGet, "/decks/", nil, 404, "not_found", ""},
			"a wrong method":         {http.MethodPatch, "/ping", nil, 405, "method_not_allowed", ""},
			"an internal route":      {http.MethodGet, "/internal/jwks", nil, 404, "not_found", ""},
			"a body of 10 MB":        {http.MethodPost, "/decks", `{"name":"` + strings.Repeat("x", 10<<20) + `"}`, 413, "too_large", ""},
			"broken JSON":            {http.MethodPost, "/decks", `{"name":`, 400, "malformed_request", ""},
			"no body":                {http.MethodPost, "/decks", nil, 400, "malformed_request", ""},
			"a number for a text":    {http.MethodPost, "/decks", `{"name":7}`, 400, "invalid_input", `"field":"Name"`},
			"a long name":            {http.MethodPost, "/decks", `{"name":"` + strings.Repeat("x", 31) + `"}`, 400, "invalid_input", `"field":"Name"`},
			"a card without text":    {http.MethodPost, "/decks/" + d.ID + "/cards", `[{"question":"q","answer":"a"},{"question":"q"}]`, 400, "invalid_input", `"field":"[1].Answer"`},
			"an event without times": {http.MethodPost, "/learning/event", map[string]any{"cardID": d.Cards[0].ID, "learningSessionID": uuid.NewString(), "correct": false}, 400, "invalid_input", `"field":"FinishedAt"`},
			"a time that is none":    {http.MethodPost, "/learning/session", map[string]any{"deckID": d.ID, "startedAt": "yesterday"}, 400, "invalid_input", `"field":"StartedAt"`},
			"no id of a deck":        {http.MethodGet, "/learning/events?deckID=x", nil, 400, "invalid_input", "eckID"},
			"a note of nothing":      {http.MethodPost, "/notes", map[string]any{"text": " ", "deck_id": d.ID}, 400, "invalid_input", `"field":"text"`},
			"content of nowhere":     {http.MethodPost, "/content", map[string]any{"source": "example"}, 400, "invalid_input", `"field":"source"`},
			"a search for nothing":   {http.MethodGet, "/search?query=%3F", nil, 400, "invalid_input", `"field":"query"`},
		} {
			t.Run(name, func(t *testing.T) {
				c := *c
				c.t = t
				a := c.must(call.status, call.method, call.path, call.body)
				assert.Equal(t, call.code, failure(t, a))
				assert.Contains(t, a.Body, call.says)
			})
		}
		assert.Len(t, data[[]deck](t, c.must(http.StatusOK, http.MethodGet, "/decks", nil)), 1, "nothing was added")
	})
}

func TestTextsComeBackByteForByte(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		d := c.newDeck(0)
		for _, text := range []string{
			`[{"type":"paragraph","children":[{"text":"<b>&amp;</b> \"quoted\" \\ "}]}]`,
			" leading and trailing ", "line\nbreak\ttab\r\n", "ümläut 日本語 עברית 👩‍👩‍👧‍👦 e\u0301", "\u2028\u2029\u0001",
			`{"$ne":null}`, "'; DROP TABLE cards; --", strings.Repeat("ß", 32<<10),
		} {
			added := data[card](t, c.must(http.StatusCreated, http.MethodPost, "/decks/"+d.ID+"/card",
				map[string]string{"id": "made-up", "question": text, "answer": text, "deckID": d.ID}))
			require.Equal(t, text, added.Question)
			require.NotEqual(t, "made-up", added.ID)
		}
		read := data[deck](t, c.must(http.StatusOK, http.MethodGet, "/decks/"+d.ID, nil))
		require.Len(t, read.Cards, 8)
		assert.Equal(t, strings.Repeat("ß", 32<<10), read.Cards[7].Answer)
		assert.Equal(t, "\u2028\u2029\u0001", read.Cards[4].Answer)
	})
}
