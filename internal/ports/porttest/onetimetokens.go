package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testOneTimeTokens(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a token is consumed as given, once", tokenConsume},
		{"times of a token come back in UTC to the millisecond", tokenTimes},
		{"an unknown token is not found", tokenUnknown},
		{"a token is kept when another person tries it", tokenForeign},
		{"a token is kept when it is tried for another purpose", tokenPurpose},
		{"an expired token is not found", tokenExpired},
		{"a hash that is taken conflicts", tokenTaken},
		{"of many who consume a token one gets it", tokenRace},
		{"a cancelled context stores and consumes no token", tokenCancelled},
	})
}

func addToken(t *testing.T, s ports.Storage, token domain.OneTimeToken) domain.OneTimeToken {
	t.Helper()
	require.NoError(t, s.OneTimeTokens.InsertToken(t.Context(), token))
	return token
}

func consume(t *testing.T, s ports.Storage, token domain.OneTimeToken, now time.Time) (domain.OneTimeToken, error) {
	t.Helper()
	return s.OneTimeTokens.ConsumeToken(t.Context(), token.Owner, token.Hash, token.Purpose, now)
}

func requireConsumed(t *testing.T, s ports.Storage, want domain.OneTimeToken, now time.Time) {
	t.Helper()
	got, err := consume(t, s, want, now)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func tokenConsume(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token, other := addToken(t, s, newToken(ada, 1)), addToken(t, s, newToken(ada, 2))
	requireConsumed(t, s, token, at(3))
	_, err := consume(t, s, token, at(3))
	requireNotFound(t, err)
	requireConsumed(t, s, other, at(3))
}

func tokenTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range instants() {
		token := newToken(ada, i)
		token.CreatedAt, token.ExpiresAt = instant, instant
		addToken(t, s, token)
		token.CreatedAt, token.ExpiresAt = instant.UTC(), instant.UTC()
		requireConsumed(t, s, token, instant.Add(-time.Millisecond))
	}
}

func tokenUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addToken(t, s, newToken(ada, 1))
	_, err := consume(t, s, newToken(ada, 2), at(3))
	requireNotFound(t, err)
	requireConsumed(t, s, newToken(ada, 1), at(3))
}

func tokenForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token := addToken(t, s, newToken(ada, 1))
	_, err := s.OneTimeTokens.ConsumeToken(t.Context(), bob, token.Hash, token.Purpose, at(3))
	requireNotFound(t, err)
	requireConsumed(t, s, token, at(3))
}

func tokenPurpose(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token := addToken(t, s, newToken(ada, 1))
	_, err := s.OneTimeTokens.ConsumeToken(t.Context(), ada, token.Hash, "something_else", at(3))
	requireNotFound(t, err)
	requireConsumed(t, s, token, at(3))
}

func tokenExpired(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token, other := addToken(t, s, newToken(ada, 1)), addToken(t, s, newToken(ada, 2))
	_, err := consume(t, s, token, token.ExpiresAt.Add(time.Millisecond))
	requireNotFound(t, err)
	requireConsumed(t, s, other, other.ExpiresAt.Add(-time.Millisecond))
}

func tokenTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token := addToken(t, s, newToken(ada, 1))
	again := token
	again.ExpiresAt = at(9999)
	requireCode(t, domain.CodeConflict, s.OneTimeTokens.InsertToken(t.Context(), again))
	requireCode(t, domain.CodeConflict, s.OneTimeTokens.InsertToken(t.Context(), newToken(bob, 1)))
	requireConsumed(t, s, token, at(3))
}

func tokenRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token := addToken(t, s, newToken(ada, 1))
	given := make([]domain.OneTimeToken, racers)
	got := race(racers, func(i int) (err error) {
		given[i], err = consume(t, s, token, at(3))
		return err
	})
	require.Equal(t, token, given[requireOneWinner(t, got, domain.CodeNotFound)])
}

func tokenCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	token := addToken(t, s, newToken(ada, 1))
	ctx := cancelled(t)
	_, consumed := s.OneTimeTokens.ConsumeToken(ctx, ada, token.Hash, token.Purpose, at(3))
	requireCancelled(t, map[string]error{
		"InsertToken": s.OneTimeTokens.InsertToken(ctx, newToken(ada, 2)), "ConsumeToken": consumed,
	})
	requireConsumed(t, s, token, at(3))
	_, err := consume(t, s, newToken(ada, 2), at(3))
	requireNotFound(t, err)
}
