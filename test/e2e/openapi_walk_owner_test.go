package e2e

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/pdfs"
)

// owner is a person who has one of everything, for others to try to get at.
type owner struct {
	*client
	deck, card, event, sitting, session, token, content string
}

const (
	ownersName  = "Zenobia Quartermain"
	ownersWords = "the marmalade observatory"
)

// newOwner returns a person with a deck, cards, an answer, a sitting, a second sign-in, an API token and a content.
func (s *system) newOwner(t *testing.T) *owner {
	t.Helper()
	o := &owner{client: s.person(t), event: uuid.NewString()}
	o.must(http.StatusOK, http.MethodPatch, "/user", map[string]any{"name": ownersName})
	mine := data[deck](t, o.must(http.StatusCreated, http.MethodPost, "/decks", map[string]any{"name": ownersWords, "description": ownersWords, "color": "#FFEC87"}))
	o.deck = mine.ID
	o.card = data[card](t, o.must(http.StatusCreated, http.MethodPost, "/decks/"+o.deck+"/card", map[string]any{
		"question": ownersWords + "?", "answer": ownersWords + "!", "deckID": o.deck,
	})).ID
	o.sitting = o.newSession(mine)
	o.must(http.StatusOK, http.MethodPost, "/learning/reviews", []map[string]any{{
		"id": o.event, "cardID": o.card, "rating": 3, "startedAt": iso(time.Now().Add(-time.Minute)), "finishedAt": iso(time.Now()),
	}})
	o.session = data[struct{ Items []struct{ ID string } }](t, o.must(http.StatusOK, http.MethodGet, "/user/sessions", nil)).Items[0].ID
	o.token = data[struct{ ID string }](t, o.must(http.StatusCreated, http.MethodPost, "/user/tokens", map[string]any{
		"name": ownersWords, "scopes": []string{"decks:read"},
	})).ID
	o.content = o.addFile(ownersWords+".pdf", pdfs.Text(1)).ID
	o.processed(o.content)
	return o
}

// idsFor returns the owner's ids by the names that an operation gives them.
func (o *owner) idsFor(op *operation) map[string]string {
	ids := map[string]string{
		"deckID": o.deck, "deck_id": o.deck, "cardID": o.card, "ids": o.card, "learningSessionID": o.sitting, "undoes": o.event,
	}
	for prefix, id := range map[string]string{
		"/decks/": o.deck, "/learning/decks/": o.deck, "/learning/cards/": o.card, "/learning/reviews/": o.event,
		"/content/": o.content, "/learning/session": o.sitting, "/user/sessions/": o.session, "/user/tokens/": o.token,
	} {
		if strings.HasPrefix(op.path, prefix) {
			ids["id"] = id
		}
	}
	return ids
}

var exportedOf = regexp.MustCompile(`"action":"exported"|"type":"end"`)

// everything returns all that is stored of the owner, but for what an export itself leaves behind.
func (o *owner) everything() string {
	o.t.Helper()
	lines := strings.Split(o.must(http.StatusOK, http.MethodGet, "/user/export", nil).Body, "\n")
	for _, part := range []string{ownersName, ownersWords, o.deck, o.card, o.event, o.sitting, o.session, o.token, o.content} {
		require.True(o.t, slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, part) }), part)
	}
	return strings.Join(slices.DeleteFunc(lines, exportedOf.MatchString), "\n")
}

// hidden fails when an answer has something of the owner in it that the request did not.
func (o *owner) hidden(t *testing.T, op *operation, sent string, a answer) {
	t.Helper()
	for _, part := range []string{ownersName, ownersWords, o.email, o.user, o.deck, o.card, o.event, o.sitting, o.session, o.token, o.content} {
		if !strings.Contains(sent, part) {
			assert.NotContains(t, a.Body, part, op.String())
		}
	}
	assert.Contains(t, op.Responses, statusText(a.Status), "%s does not document %d", op, a.Status)
}
