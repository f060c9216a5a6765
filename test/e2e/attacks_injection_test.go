package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// operators are what MongoDB, and what some query builders for SQL, would take for a question instead of a value.
var operators = []string{
	`{"$ne":null}`, `{"$gt":""}`, `{"$regex":".*"}`, `{"$where":"sleep(1000)"}`, `{"$in":["a"]}`, `{"$exists":true}`, `["a"]`, `[{"$ne":1}]`, `{"like":"%"}`,
}

// onEveryEngine runs a scenario on a fresh process over each engine.
func onEveryEngine(t *testing.T, scenario func(t *testing.T, s *system)) {
	t.Parallel()
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			scenario(t, start(t, newStorage(t, engine)))
		})
	}
}

// call is a request with a text of a body.
type call struct{ method, path, body string }

// textFields are bodies with a place, VALUE, for each field that is a text.
func (tr *treasure) textFields() []call {
	deckPath := "/decks/" + tr.deck.ID
	cardPath := deckPath + "/cards/" + tr.deck.Cards[0].ID
	return []call{
		{http.MethodPost, "/user/login", `{"email":VALUE,"password":"quiet-otter-7"}`},
		{http.MethodPost, "/user/login", `{"email":"` + tr.owner.email + `","password":VALUE}`},
		{http.MethodPost, "/user/login", `{"email":VALUE,"password":VALUE}`},
		{http.MethodPost, "/user", `{"name":VALUE,"email":"new@example.org","password":"quiet-otter-7"}`},
		{http.MethodPost, "/user", `{"name":"x","email":VALUE,"password":"quiet-otter-7"}`},
		{http.MethodPost, "/user", `{"name":"x","email":"new@example.org","password":VALUE}`},
		{http.MethodPost, "/user/validate", `{"token":VALUE}`},
		{http.MethodPatch, "/user", `{"name":VALUE}`},
		{http.MethodPost, "/user/password", `{"current":VALUE,"new":"loud-badger-8"}`},
		{http.MethodPost, "/user/password", `{"current":"quiet-otter-7","new":VALUE}`},
		{http.MethodPost, "/user/password/forgot", `{"email":VALUE}`},
		{http.MethodPost, "/user/password/reset", `{"token":VALUE,"password":"loud-badger-8"}`},
		{http.MethodPost, "/user/password/reset", `{"token":"x","password":VALUE}`},
		{http.MethodPost, "/user/tokens", `{"name":VALUE,"scopes":["decks:read"]}`},
		{http.MethodPost, "/user/tokens", `{"name":"x","scopes":[VALUE]}`},
		{http.MethodPost, "/user/tokens", `{"name":"x","scopes":["decks:read"],"expiresAt":VALUE}`},
		{http.MethodPost, "/decks", `{"name":VALUE}`},
		{http.MethodPost, "/decks", `{"name":"x","description":VALUE}`},
		{http.MethodPost, "/decks", `{"name":"x","color":VALUE}`},
		{http.MethodPut, deckPath, `{"name":VALUE}`},
		{http.MethodPost, deckPath + "/card", `{"question":VALUE,"answer":"x"}`},
		{http.MethodPost, deckPath + "/card", `{"question":"x","answer":VALUE}`},
		{http.MethodPost, deckPath + "/cards", `[{"question":"x","answer":VALUE}]`},
		{http.MethodPut, cardPath, `{"question":VALUE,"answer":"x"}`},
		{http.MethodPut, cardPath, `{"question":"x","answer":"x","deckID":VALUE}`},
		{http.MethodPost, "/learning/session", `{"deckID":VALUE,"startedAt":"2026-01-01T00:00:00Z"}`},
		{http.MethodPost, "/learning/session", `{"deckID":"` + tr.deck.ID + `","startedAt":VALUE}`},
		{http.MethodPost, "/learning/event", `{"cardID":VALUE,"learningSessionID":"` + uuid.NewString() + `","correct":true,"startedAt":"2026-01-01T00:00:00Z","finishedAt":"2026-01-01T00:00:01Z"}`},
		{http.MethodPost, "/learning/probabilities", `[{"deckID":VALUE,"totalNoCards":1}]`},
		{http.MethodPatch, "/learning/settings", `{"timeZone":VALUE}`},
		{http.MethodPatch, "/learning/settings", `{"algorithm":VALUE}`},
		{http.MethodPatch, "/learning/settings", `{"leechAction":VALUE}`},
		{http.MethodPatch, "/learning/settings", `{"decks":VALUE}`},
	}
}

func TestAnOperatorIsNoValue(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		sent := 0
		for _, c := range tr.textFields() {
			for _, operator := range operators {
				a := tr.owner.send(c.method, c.path, strings.ReplaceAll(c.body, "VALUE", operator))
				require.Equal(t, http.StatusBadRequest, a.Status, "%s %s %s: %s", c.method, c.path, operator, a.Body)
				assert.Equal(t, "invalid_input", failure(t, a), "%s %s %s: %s", c.method, c.path, operator, a.Body)
				assert.Empty(t, a.Header.Values("Set-Cookie"))
				sent++
			}
		}
		t.Logf("%d operators in bodies", sent)
		tr.requireUntouched(t)
	})
}

func TestAnOperatorInABatchOfReviewsIsRejected(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		for _, field := range []string{"id", "kind", "cardID", "learningSessionID", "undoes", "finishedAt", "rating"} {
			for _, operator := range operators {
				item := map[string]json.RawMessage{
					"cardID": json.RawMessage(`"` + tr.deck.Cards[0].ID + `"`), "rating": json.RawMessage("3"),
					"startedAt": json.RawMessage(`"2026-01-01T00:00:00Z"`), "finishedAt": json.RawMessage(`"2026-01-01T00:00:01Z"`),
				}
				item[field] = json.RawMessage(operator)
				outcomes := data[[]struct{ Status string }](t, tr.owner.must(http.StatusOK, http.MethodPost, "/learning/reviews", []any{item}))
				require.Len(t, outcomes, 1)
				require.Equal(t, "rejected", outcomes[0].Status, "%s: %s", field, operator)
			}
		}
		tr.requireUntouched(t)
	})
}

// sqlTexts are texts that end a statement, or a value in one, where somebody pasted them in.
var sqlTexts = []string{
	`' OR '1'='1`, `'; DROP TABLE users; --`, `" OR ""="`, `1); DELETE FROM decks; --`, `' UNION SELECT 1,2,3 --`, `\'; UPDATE users SET beta=1`, `%' --`, `_%`,
	`$1`, `:id`, `?1`, `$$;--`, `E'\x27'`, `/**/OR/**/1=1`, "`;#", `{"$ne":null}`, `$where`,
}

func TestTextsOfSQLAreTexts(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		other := s.person(t)
		for _, text := range sqlTexts {
			d := data[deck](t, other.must(http.StatusCreated, http.MethodPost, "/decks", map[string]string{"name": text, "description": text, "color": text}))
			require.Equal(t, []string{text, text, text}, []string{d.Name, d.Description, d.Color})
			added := data[card](t, other.must(http.StatusCreated, http.MethodPost, "/decks/"+d.ID+"/card", map[string]string{"question": text, "answer": text}))
			changed := data[card](t, other.must(http.StatusOK, http.MethodPut, "/decks/"+d.ID+"/cards/"+added.ID, map[string]string{"question": text + text, "answer": text}))
			require.Equal(t, text+text, changed.Question)
			read := data[deck](t, other.must(http.StatusOK, http.MethodGet, "/decks/"+d.ID, nil))
			require.Equal(t, []card{{added.ID, text + text, text, d.ID}}, read.Cards)
			require.Equal(t, []string{text, text, text}, []string{read.Name, read.Description, read.Color})
			require.Equal(t, text, data[struct{ Name string }](t, other.must(http.StatusOK, http.MethodPatch, "/user", map[string]string{"name": text})).Name)
			require.Equal(t, text, data[struct{ Name string }](t, other.must(http.StatusCreated, http.MethodPost, "/user/tokens",
				map[string]any{"name": text, "scopes": []string{"decks:read"}})).Name)
			requireTextOfSQLNamesNobody(t, s, tr, text)
		}
		assert.Len(t, data[[]deck](t, other.must(http.StatusOK, http.MethodGet, "/decks", nil)), len(sqlTexts))
		tr.requireUntouched(t)
	})
}

// requireTextOfSQLNamesNobody checks that a text in place of a name, a password or an id finds nothing.
func requireTextOfSQLNamesNobody(t *testing.T, s *system, tr *treasure, text string) {
	t.Helper()
	for _, email := range []string{text, tr.owner.email + text} {
		requireRefused(t, http.StatusUnauthorized, "invalid_credentials", s.with(t, http.MethodPost, "/user/login",
			marshal(t, map[string]string{"email": email, "password": text}), nil))
		a := s.with(t, http.MethodPost, "/user/password/forgot", marshal(t, map[string]string{"email": email}), nil)
		require.Equal(t, http.StatusOK, a.Status, a.Body)
	}
	requireRefused(t, http.StatusBadRequest, "invalid_token", s.with(t, http.MethodPost, "/user/password/reset",
		marshal(t, map[string]string{"token": tr.owner.user + "_" + text, "password": "loud-badger-8"}), nil))
	escaped := url.PathEscape(text)
	for _, path := range []string{"/decks/" + escaped, "/decks/" + tr.deck.ID + escaped, "/learning/cards/" + escaped, "/learning/decks/" + escaped + "/score"} {
		requireRefused(t, http.StatusNotFound, "not_found", tr.owner.send(http.MethodGet, path, nil))
	}
	requireRefused(t, http.StatusNotFound, "not_found", tr.owner.send(http.MethodDelete, "/user/sessions/"+escaped, nil))
	requireRefused(t, http.StatusNotFound, "not_found", tr.owner.send(http.MethodDelete, "/user/tokens/"+escaped, nil))
}

func TestAnOperatorInAQueryIsNoValue(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		other := s.person(t)
		values := append([]string{`{"$gt":""}`, `$where`, `{"$ne":null}`, `[$ne]`}, sqlTexts...)
		for _, value := range values {
			escaped := url.QueryEscape(value)
			for _, path := range []string{
				"/learning/events?deckID=" + escaped, "/learning/queue?deckID=" + escaped,
				"/user/sessions?cursor=" + escaped, "/user/tokens?cursor=" + escaped, "/user/sessions?limit=" + escaped,
				"/learning/log?cursor=" + escaped, "/learning/log?after=" + escaped, "/learning/stats?from=" + escaped, "/learning/progress?deckID=" + escaped,
			} {
				requireRefused(t, http.StatusBadRequest, "invalid_input", tr.owner.send(http.MethodGet, path, nil))
				tr.requireNotIn(t, other.send(http.MethodGet, path, nil), path)
			}
			asked := tr.owner.must(http.StatusOK, http.MethodGet, "/learning/events?deckID="+tr.deck.ID+"&ids="+escaped, nil)
			require.Empty(t, data[[]recall](t, asked), "the id of no card is left out")
		}
		for _, name := range []string{"deckID[$ne]", "deckID[]", "deckID.$ne", "deckID%5B%24ne%5D", "deckID%00", "$where", "deckid"} {
			a := other.send(http.MethodGet, "/learning/queue?"+name+"="+uuid.NewString(), nil)
			require.Equal(t, http.StatusOK, a.Status, a.Body)
			tr.requireNotIn(t, a, name)
			requireRefused(t, http.StatusBadRequest, "invalid_input", other.send(http.MethodGet, "/learning/events?"+name+"="+tr.deck.ID+"&ids="+tr.deck.Cards[0].ID, nil))
		}
		tr.requireUntouched(t)
	})
}

func TestAnAPITokenOrLinkThatIsAnOperatorIsNone(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		for _, token := range append([]string{`{"$ne":null}`, "spacey_", `spacey_{"$ne":null}`, `spacey_' OR '1'='1`, "spacey_%"}, sqlTexts...) {
			a := s.with(t, http.MethodGet, "/decks", "", map[string]string{"Authorization": "Bearer " + token})
			requireRefused(t, http.StatusUnauthorized, "not_signed_in", a)
			tr.requireNotIn(t, a, token)
		}
		tr.requireUntouched(t)
	})
}

func marshal(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}
