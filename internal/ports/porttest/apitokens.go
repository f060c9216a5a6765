package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testAPITokens(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"an API token comes back as given, expired or not", apiTokenRoundTrip},
		{"times of an API token come back in UTC to the millisecond, zero as zero", apiTokenTimes},
		{"texts of an API token come back byte for byte", apiTokenTexts},
		{"an unknown API token is not found", apiTokenUnknown},
		{"another person's API token is not found and cannot be deleted", apiTokenForeign},
		{"an API token replaces the one of its owner and id", apiTokenReplaced},
		{"what callers do to their copy of an API token changes nothing", apiTokenCopies},
		{"the API tokens of a person are listed in order of creation, then id, in pages", apiTokenPages},
		{"the list of API tokens goes on behind one that is gone", apiTokenPageBehindGone},
		{"without API tokens their list is empty", apiTokenListEmpty},
		{"a deleted API token is gone and deleting it again is not found", apiTokenDelete},
		{"all API tokens of a person are deleted", apiTokenDeleteAll},
		{"a cancelled context stores, lists and deletes no API token", apiTokenCancelled},
	})
}

func apiTokenPlace(a domain.APIToken) ports.Cursor {
	return ports.Cursor{At: a.CreatedAt, ID: string(a.ID)}
}

func addAPIToken(t *testing.T, s ports.Storage, token domain.APIToken) domain.APIToken {
	t.Helper()
	require.NoError(t, s.APITokens.PutAPIToken(t.Context(), token))
	return token
}

func requireAPIToken(t *testing.T, s ports.Storage, want domain.APIToken) {
	t.Helper()
	got, err := s.APITokens.APIToken(t.Context(), want.Owner, want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// requireAPITokens checks all API tokens of a person.
func requireAPITokens(t *testing.T, s ports.Storage, owner domain.UserID, want ...domain.APIToken) {
	t.Helper()
	got, err := s.APITokens.APITokensOf(t.Context(), owner, ports.Page{Limit: 1000})
	require.NoError(t, err)
	require.Equal(t, append([]domain.APIToken{}, want...), got)
}

// addAPITokenList inserts API tokens of a person and returns their list.
func addAPITokenList(t *testing.T, s ports.Storage, owner domain.UserID) []domain.APIToken {
	t.Helper()
	list := mixed(func(n int, when time.Time) domain.APIToken {
		token := newAPIToken(owner, n)
		token.CreatedAt = when
		return token
	})
	for _, i := range shuffled() {
		addAPIToken(t, s, list[i])
	}
	return list
}

func apiTokenRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	tokens := []domain.APIToken{newAPIToken(ada, 0), newAPIToken(ada, 1), newAPIToken(ada, 2), newAPIToken(ada, 3), newAPIToken(ada, 4)}
	tokens[0].Scopes = []domain.Scope{}
	tokens[4].CreatedAt, tokens[4].ExpiresAt = at(4).AddDate(-30, 0, 0), at(4).AddDate(-29, 0, 0)
	for _, token := range tokens {
		addAPIToken(t, s, token)
	}
	for _, token := range tokens {
		requireAPIToken(t, s, token)
	}
}

func apiTokenTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range append(instants(), time.Time{}) {
		token := newAPIToken(ada, i)
		token.CreatedAt, token.ExpiresAt = instant, instant
		addAPIToken(t, s, token)
		token.CreatedAt, token.ExpiresAt = instant.UTC(), instant.UTC()
		requireAPIToken(t, s, token)
	}
}

func apiTokenTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, text := range texts() {
		token := newAPIToken(ada, i)
		token.Name, token.Scopes = text, []domain.Scope{domain.Scope(text), domain.ScopeDecksRead}
		addAPIToken(t, s, token)
		requireAPIToken(t, s, token)
	}
}

func apiTokenUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addAPIToken(t, s, newAPIToken(ada, 1))
	for _, id := range []domain.APITokenID{apiTokenID(2), "", "%", apiTokenID(1)[:20], apiTokenID(1) + "0"} {
		_, err := s.APITokens.APIToken(t.Context(), ada, id)
		requireNotFound(t, err)
		requireNotFound(t, s.APITokens.DeleteAPIToken(t.Context(), ada, id))
	}
	requireAPITokens(t, s, ada, newAPIToken(ada, 1))
}

func apiTokenForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token := addAPIToken(t, s, newAPIToken(ada, 1))
	_, err := s.APITokens.APIToken(t.Context(), bob, token.ID)
	requireNotFound(t, err)
	requireNotFound(t, s.APITokens.DeleteAPIToken(t.Context(), bob, token.ID))
	requireAPIToken(t, s, token)
	theirs := newAPIToken(bob, 1)
	theirs.Name, theirs.Hash = "Bob's", newAPIToken(bob, 9).Hash
	addAPIToken(t, s, theirs)
	requireAPIToken(t, s, token)
	requireAPIToken(t, s, theirs)
	require.NoError(t, s.APITokens.DeleteAPIToken(t.Context(), ada, token.ID))
	requireAPIToken(t, s, theirs)
}

func apiTokenReplaced(t *testing.T, engine Engine) {
	s := engine.Open(t)
	other := addAPIToken(t, s, newAPIToken(ada, 5))
	for n := 1; n <= 3; n++ {
		token := newAPIToken(ada, n)
		token.ID, token.Scopes = apiTokenID(1), domain.Scopes()[4-n:]
		if n == 3 {
			token.ExpiresAt = time.Time{}
		}
		addAPIToken(t, s, token)
		requireAPIToken(t, s, token)
		requireAPITokens(t, s, ada, token, other)
	}
}

func apiTokenCopies(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token := newAPIToken(ada, 3)
	token.Scopes = domain.Scopes()
	addAPIToken(t, s, token)
	token.Scopes[0] = "mine"
	got, err := s.APITokens.APIToken(t.Context(), ada, token.ID)
	require.NoError(t, err)
	require.Equal(t, domain.Scopes(), got.Scopes)
	got.Scopes[0] = "mine"
	got, err = s.APITokens.APIToken(t.Context(), ada, token.ID)
	require.NoError(t, err)
	require.Equal(t, domain.Scopes(), got.Scopes)
}

func apiTokenPages(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addAPITokenList(t, s, ada)
	addAPITokenList(t, s, bob)
	requirePages(t, list, apiTokenPlace, func(page ports.Page) ([]domain.APIToken, error) {
		return s.APITokens.APITokensOf(t.Context(), ada, page)
	})
}

func apiTokenPageBehindGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addAPITokenList(t, s, ada)
	require.NoError(t, s.APITokens.DeleteAPIToken(t.Context(), ada, list[3].ID))
	got, err := s.APITokens.APITokensOf(t.Context(), ada, ports.Page{After: apiTokenPlace(list[3]), Limit: 2})
	require.NoError(t, err)
	require.Equal(t, list[4:6], got)
}

func apiTokenListEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list, err := s.APITokens.APITokensOf(t.Context(), ada, ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	token := addAPIToken(t, s, newAPIToken(ada, 1))
	addAPIToken(t, s, newAPIToken(bob, 2))
	list, err = s.APITokens.APITokensOf(t.Context(), ada, ports.Page{After: apiTokenPlace(token), Limit: 10})
	requireEmpty(t, list, err)
}

func apiTokenDelete(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token, other := addAPIToken(t, s, newAPIToken(ada, 1)), addAPIToken(t, s, newAPIToken(ada, 2))
	require.NoError(t, s.APITokens.DeleteAPIToken(t.Context(), ada, token.ID))
	_, err := s.APITokens.APIToken(t.Context(), ada, token.ID)
	requireNotFound(t, err)
	requireNotFound(t, s.APITokens.DeleteAPIToken(t.Context(), ada, token.ID))
	requireAPITokens(t, s, ada, other)
}

func apiTokenDeleteAll(t *testing.T, engine Engine) {
	s := engine.Open(t)
	require.NoError(t, s.APITokens.DeleteAPITokens(t.Context(), ada), "there is nothing to delete")
	addAPITokenList(t, s, ada)
	theirs := addAPITokenList(t, s, bob)
	for range 2 {
		require.NoError(t, s.APITokens.DeleteAPITokens(t.Context(), ada))
		requireAPITokens(t, s, ada)
	}
	_, err := s.APITokens.APIToken(t.Context(), ada, theirs[0].ID)
	requireNotFound(t, err)
	requireAPITokens(t, s, bob, theirs...)
}

func apiTokenCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token := addAPIToken(t, s, newAPIToken(ada, 1))
	ctx := cancelled(t)
	_, read := s.APITokens.APIToken(ctx, ada, token.ID)
	_, list := s.APITokens.APITokensOf(ctx, ada, ports.Page{Limit: 10})
	requireCancelled(t, map[string]error{
		"PutAPIToken": s.APITokens.PutAPIToken(ctx, newAPIToken(ada, 2)), "APIToken": read, "APITokensOf": list,
		"DeleteAPIToken":  s.APITokens.DeleteAPIToken(ctx, ada, token.ID),
		"DeleteAPITokens": s.APITokens.DeleteAPITokens(ctx, ada),
	})
	requireAPITokens(t, s, ada, token)
}
