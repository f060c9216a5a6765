package e2e

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newToken makes an API token and returns its id and its text.
func (o *owner) newToken(expires time.Time, scopes ...string) (id, text string) {
	o.t.Helper()
	body := map[string]any{"name": "Walker", "scopes": scopes}
	if !expires.IsZero() {
		body["expiresAt"] = iso(expires)
	}
	made := data[struct{ ID, Token string }](o.t, o.must(http.StatusCreated, http.MethodPost, "/user/tokens", body))
	return made.ID, made.Token
}

func TestEveryOperationWithAnAPIToken(t *testing.T) {
	t.Parallel()
	s := start(t, newStorage(t, "sqlite"))
	d, all := s.operations(t)
	o := s.newOwner(t)
	for _, scope := range []string{"decks:read", "learning:read", "learning:write", "decks:write"} {
		_, text := o.newToken(time.Time{}, scope)
		program := carrying(s.visitor(t), "Authorization", "Bearer "+text)
		walk := func(t *testing.T, allowed bool) {
			for _, op := range all {
				if op.public() || slices.Contains(op.scopes(), scope) != allowed {
					continue
				}
				ids := o.idsFor(op)
				a := program.send(op.method, op.address(ids), d.body(op, ids))
				if allowed {
					assert.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, a.Status, "%s: %s", op, a.Body)
				} else if assert.Equal(t, http.StatusForbidden, a.Status, "%s: %s", op, a.Body) {
					assert.Equal(t, "missing_scope", failure(t, a), op.String())
					o.hidden(t, op, "", a)
				}
			}
		}
		before := o.everything()
		t.Run("of "+scope+" nothing else is answered", func(t *testing.T) { walk(t, false) })
		assert.Equal(t, before, o.everything(), "nothing was changed")
		t.Run("of "+scope+" it is answered what the document says", func(t *testing.T) { walk(t, true) })
		if scope == "decks:read" || scope == "learning:read" {
			assert.Equal(t, before, o.everything(), "reading changes nothing")
		}
	}
}

func TestEveryOperationWithAnAPITokenThatIsNone(t *testing.T) {
	t.Parallel()
	s := start(t, newStorage(t, "sqlite"))
	d, all := s.operations(t)
	o := s.newOwner(t)
	scopes := []string{"decks:read", "decks:write", "learning:read", "learning:write"}
	_, good := o.newToken(time.Time{}, scopes...)
	gone, deleted := o.newToken(time.Time{}, scopes...)
	o.must(http.StatusOK, http.MethodDelete, "/user/tokens/"+gone, nil)
	_, expired := o.newToken(time.Now().Add(2*time.Second), scopes...)
	require.Eventually(t, func() bool {
		a, err := carrying(s.visitor(t), "Authorization", "Bearer "+expired).try(http.MethodGet, "/decks", nil)
		return err == nil && a.Status == http.StatusUnauthorized
	}, time.Minute, 100*time.Millisecond)
	before := o.everything()
	for name, c := range map[string]*client{
		"expired":       carrying(s.visitor(t), "Authorization", "Bearer "+expired),
		"deleted":       carrying(s.visitor(t), "Authorization", "Bearer "+deleted),
		"other secret":  carrying(s.visitor(t), "Authorization", "Bearer "+good[:len(good)-26]+deleted[len(deleted)-26:]),
		"in the cookie": carrying(s.visitor(t), "Cookie", "LoggedIn=true; Authorization="+good),
	} {
		for _, op := range all {
			if op.public() {
				continue
			}
			ids := o.idsFor(op)
			a := c.send(op.method, op.address(ids), d.body(op, ids))
			assert.Equal(t, http.StatusUnauthorized, a.Status, "%s, %s: %s", op, name, a.Body)
			o.hidden(t, op, "", a)
		}
	}
	assert.Equal(t, before, o.everything(), "nothing was changed")
}
