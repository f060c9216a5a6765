package gateway

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	tokenOwner  domain.UserID     = "0198c1de-0000-7000-8000-000000000001"
	otherOwner  domain.UserID     = "0198c1de-0000-7000-8000-000000000002"
	tokenID     domain.APITokenID = "0198c1de-0000-7000-8000-00000000000a"
	tokenSecret                   = "abcdefghijklmnopqrstuvwxyz"
)

// withToken makes tokenOwner a person who has an API token, and returns the header that shows it.
func withToken(w *world, identity domain.Identity, scopes ...domain.Scope) []string {
	text := domain.APITokenText(tokenOwner, tokenID, tokenSecret)
	w.setPerson(tokenOwner, &identity)
	w.setToken(text, scopes)
	return []string{"Authorization", "Bearer " + text}
}

// setToken lets an API token have these scopes; nil takes it away.
func (w *world) setToken(text string, scopes []domain.Scope) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tokens == nil {
		w.tokens = map[string][]domain.Scope{}
	}
	delete(w.tokens, text)
	if scopes != nil {
		w.tokens[text] = scopes
	}
}

var verified = domain.Identity{EmailVerified: true, Beta: true}

func TestAPITokens(t *testing.T) {
	t.Run("a token reaches the routes of its scopes, as its owner", func(t *testing.T) {
		w := newWorld(t)
		header := withToken(w, verified, domain.ScopeDecksRead)
		require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
		sent := string(w.others.only().Header.Peek("Authorization"))
		identity, err := signature{w.clock}.VerifyIdentity(t.Context(), strings.TrimPrefix(sent, "Bearer "))
		require.NoError(t, err)
		require.Equal(t, tokenOwner, identity.User)
		require.Equal(t, tokenID, identity.Token)
		require.Equal(t, []domain.Scope{domain.ScopeDecksRead}, identity.Scopes)
		require.Contains(t, w.log.String(), `"userID":"`+string(tokenOwner)+`"`)
		require.NotContains(t, w.log.String(), tokenSecret)
	})
	t.Run("it reaches no others", func(t *testing.T) {
		w := newWorld(t)
		header := withToken(w, verified, domain.ScopeDecksRead)
		for _, route := range [][2]string{{"POST", "/decks"}, {"GET", "/user"}, {"POST", "/notes"}, {"GET", "/content"}, {"GET", "/learning/events"}, {"GET", "/user/export"}} {
			answer := w.call(route[0], route[1], "", header...)
			require.Equal(t, 403, answer.StatusCode, route)
			require.Equal(t, "missing_scope", answer.code(), route)
		}
		require.Empty(t, w.others.requests())
		require.Contains(t, w.call("POST", "/decks", "", header...).text, "decks:write")
	})
	t.Run("it does no more than its owner may", func(t *testing.T) {
		w := newWorld(t)
		answer := w.call("GET", "/decks", "", withToken(w, domain.Identity{}, domain.ScopeDecksRead)...)
		require.Equal(t, "email_not_verified", answer.code())
	})
	t.Run("where anybody may call it is not looked at", func(t *testing.T) {
		w := newWorld(t)
		require.Equal(t, 200, w.call("GET", "/config/frontend", "", withToken(w, verified, domain.ScopeDecksRead)...).StatusCode)
		require.Zero(t, w.exchanges())
	})
	t.Run("signing out with one is signing out as nobody", func(t *testing.T) {
		w := newWorld(t)
		require.Equal(t, 200, w.call("GET", "/user/logout", "", withToken(w, verified, domain.ScopeDecksRead)...).StatusCode)
		require.Empty(t, w.users.only().Header.Peek("Authorization"))
		require.Zero(t, w.exchanges())
	})
	t.Run("a write with one from anywhere goes on", func(t *testing.T) {
		w := newWorld(t)
		header := withToken(w, verified, domain.ScopeDecksWrite)
		require.Equal(t, 200, w.call("POST", "/decks", "", append(header, "Origin", evil, "Sec-Fetch-Site", "cross-site")...).StatusCode)
	})
	t.Run("its calls count for its owner", func(t *testing.T) {
		w := newWorld(t, func(o *Options) { o.APIRateLimit = 2 })
		header := withToken(w, verified, domain.ScopeDecksRead)
		for _, want := range []int{200, 200, 429} {
			require.Equal(t, want, w.call("GET", "/decks", "", header...).StatusCode)
		}
	})
}

func TestBadAPITokens(t *testing.T) {
	w := newWorld(t)
	good := domain.APITokenText(tokenOwner, tokenID, tokenSecret)
	withToken(w, verified, domain.ScopeDecksRead)

	for name, token := range map[string]string{
		"too short": good[:len(good)-1], "only the beginning": "spacey_", "without an owner": "spacey__x_" + tokenSecret,
		"of an owner with dashes": "spacey_" + string(tokenOwner) + "_" + string(tokenID) + "_" + tokenSecret, "too long": good + "_x",
	} {
		t.Run("a text that is "+name+" is refused without asking user-service", func(t *testing.T) {
			answer := w.call("GET", "/decks", "", "Authorization", "Bearer "+token, "Cookie", "LoggedIn=true")
			require.Equal(t, 401, answer.StatusCode)
			require.Equal(t, "not_signed_in", answer.code())
			require.Empty(t, answer.expired(), "it says nothing of the session in the cookie")
			require.Zero(t, w.exchanges())
		})
	}
	t.Run("in the cookie none counts, and user-service is not asked", func(t *testing.T) {
		answer := w.call("GET", "/decks", "", "Cookie", rest.SessionCookie+"="+good)
		require.Equal(t, 401, answer.StatusCode)
		require.ElementsMatch(t, bothCookies, answer.expired())
		require.Zero(t, w.exchanges())
	})
	t.Run("one that user-service does not know is refused", func(t *testing.T) {
		unknown := domain.APITokenText(tokenOwner, tokenID, strings.ToUpper(tokenSecret))
		answer := w.call("GET", "/decks", "", "Authorization", "Bearer "+unknown)
		require.Equal(t, 401, answer.StatusCode)
		require.Contains(t, answer.text, "API token")
		require.Empty(t, answer.expired())
	})
	until := w.clock.Now().Add(time.Hour)
	for name, identity := range map[string]domain.Identity{
		"somebody else":            {User: otherOwner, Token: tokenID, EmailVerified: true, Scopes: domain.Scopes(), ExpiresAt: until},
		"another token":            {User: tokenOwner, Token: "other", EmailVerified: true, Scopes: domain.Scopes(), ExpiresAt: until},
		"a session of its owner":   {User: tokenOwner, Token: tokenID, Session: "s", EmailVerified: true, Scopes: domain.Scopes(), ExpiresAt: until},
		"a session, without scope": {User: tokenOwner, Session: "s", EmailVerified: true, ExpiresAt: until},
	} {
		t.Run("an identity of "+name+" is not believed", func(t *testing.T) {
			w := newWorld(t)
			w.users.reply(200, `{"data":{"token":"`+sign("identity.", identity)+`"}}`)
			require.Equal(t, 503, w.call("GET", "/decks", "", "Authorization", "Bearer "+good).StatusCode)
		})
	}
	t.Run("the identity of an API token is not believed for a session", func(t *testing.T) {
		w := newWorld(t)
		identity := domain.Identity{User: "ann", Session: "s-ann", Token: tokenID, EmailVerified: true, Scopes: domain.Scopes(), ExpiresAt: until}
		w.users.reply(200, `{"data":{"token":"`+sign("identity.", identity)+`"}}`)
		require.Equal(t, 503, w.call("GET", "/decks", "", "bearer", "ann").StatusCode)
	})
}

func TestAPITokensAreRemembered(t *testing.T) {
	text := domain.APITokenText(tokenOwner, tokenID, tokenSecret)
	t.Run("user-service is asked once in 30 seconds, then its word counts", func(t *testing.T) {
		w := newWorld(t)
		header := withToken(w, verified, domain.ScopeDecksRead)
		for range 3 {
			require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
		}
		require.Equal(t, 1, w.exchanges())
		w.setToken(text, nil)
		w.clock.forward(identityFreshFor - time.Millisecond)
		require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
		w.clock.forward(time.Millisecond)
		require.Equal(t, 401, w.call("GET", "/decks", "", header...).StatusCode)
	})
	t.Run("while user-service is away the last identity serves until it expires", func(t *testing.T) {
		w := newWorld(t)
		header := withToken(w, verified, domain.ScopeDecksRead)
		require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
		w.setExchange(500)
		w.clock.forward(domain.IdentityLifetime - time.Millisecond)
		require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
		w.clock.forward(time.Millisecond)
		require.Equal(t, 503, w.call("GET", "/decks", "", header...).StatusCode)
	})
}
