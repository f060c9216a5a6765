package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testSignInAttempts(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"under a key of which nothing is known there is nothing but the key", attemptsUnknown},
		{"attempts come back as they were changed, expired or not", attemptsRoundTrip},
		{"times of attempts come back in UTC to the millisecond, zero as zero", attemptsTimes},
		{"keys that only look alike are different", attemptsAlike},
		{"an update cannot change key and revision of attempts", attemptsFixed},
		{"an update of attempts that its function refuses stores nothing", attemptsRefused},
		{"of many who count under one key none is lost", attemptsRace},
		{"of many who count under a new key none is lost", attemptsNewRace},
		{"attempts are forgotten by their keys, and nothing else", attemptsForgotten},
		{"a cancelled context reads, changes and forgets no attempts", attemptsCancelled},
	})
}

// addAttempts stores attempts under a key that is new.
func addAttempts(t *testing.T, s ports.Storage, want domain.Attempts) domain.Attempts {
	t.Helper()
	got, err := s.SignInAttempts.UpdateAttempts(t.Context(), want.Key, func(a *domain.Attempts) error {
		require.Equal(t, domain.Attempts{Key: want.Key}, *a)
		*a = want
		return nil
	})
	require.NoError(t, err)
	want.LastAt, want.ExpiresAt, want.Rev = want.LastAt.UTC(), want.ExpiresAt.UTC(), 1
	require.Equal(t, want, got)
	return got
}

func requireAttempts(t *testing.T, s ports.Storage, want domain.Attempts) {
	t.Helper()
	got, err := s.SignInAttempts.Attempts(t.Context(), want.Key)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// countAttempt is what is done about a failed sign-in.
func countAttempt(a *domain.Attempts) error {
	domain.BackOff{Forget: time.Hour}.Count(a, at(a.Failures+1))
	return nil
}

func attemptsUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireAttempts(t, s, domain.Attempts{Key: "a"})
	addAttempts(t, s, newAttempts("b", 1))
	for _, key := range []string{"a", "", "%", "B", "b ", ".", `{"$ne":"a"}`} {
		requireAttempts(t, s, domain.Attempts{Key: key})
	}
}

func attemptsRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	old := newAttempts("old", 9)
	old.LastAt, old.ExpiresAt = at(0).AddDate(-30, 0, 0), at(0).AddDate(-29, 0, 0)
	other := addAttempts(t, s, newAttempts("other", 5))
	requireAttempts(t, s, addAttempts(t, s, old))
	want := addAttempts(t, s, newAttempts("a", 1))
	for n := 2; n <= 4; n++ {
		got, err := s.SignInAttempts.UpdateAttempts(t.Context(), "a", func(a *domain.Attempts) error {
			require.Equal(t, want, *a)
			a.Failures, a.LastAt, a.ExpiresAt = 1<<(7*n), at(n), at(n+10)
			return nil
		})
		require.NoError(t, err)
		want = domain.Attempts{Key: "a", Failures: 1 << (7 * n), LastAt: at(n), ExpiresAt: at(n + 10), Rev: int64(n)}
		require.Equal(t, want, got)
		requireAttempts(t, s, want)
	}
	requireAttempts(t, s, other)
}

func attemptsTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range append(instants(), time.Time{}) {
		attempts := newAttempts(uuid(1, i), 1)
		attempts.LastAt, attempts.ExpiresAt = instant, instant
		requireAttempts(t, s, addAttempts(t, s, attempts))
	}
}

func attemptsAlike(t *testing.T, engine Engine) {
	s := engine.Open(t)
	keys := append(texts(), "a", "A", "a ", "\u00e9", "e\u0301", "a@b", "a@b|192.0.2.0/24")
	stored := []domain.Attempts{}
	for i, key := range keys {
		stored = append(stored, addAttempts(t, s, newAttempts(key, i+1)))
	}
	for _, attempts := range stored {
		requireAttempts(t, s, attempts)
	}
}

func attemptsFixed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addAttempts(t, s, newAttempts("a", 1))
	got, err := s.SignInAttempts.UpdateAttempts(t.Context(), "a", func(a *domain.Attempts) error {
		a.Key, a.Rev, a.Failures = "b", 77, 2
		return nil
	})
	require.NoError(t, err)
	want.Failures, want.Rev = 2, 2
	require.Equal(t, want, got)
	requireAttempts(t, s, want)
	requireAttempts(t, s, domain.Attempts{Key: "b"})
}

func attemptsRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addAttempts(t, s, newAttempts("a", 1))
	for _, attempts := range []domain.Attempts{want, {Key: "new"}} {
		_, err := s.SignInAttempts.UpdateAttempts(t.Context(), attempts.Key, func(a *domain.Attempts) error {
			a.Failures = 9
			return errEdit
		})
		require.Same(t, errEdit, err, "the error is returned as it is")
		requireAttempts(t, s, attempts)
	}
}

func attemptsRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	_, err := s.SignInAttempts.UpdateAttempts(t.Context(), "a", countAttempt)
	require.NoError(t, err)
	raceAttempts(t, s, 1)
}

func attemptsNewRace(t *testing.T, engine Engine) {
	raceAttempts(t, engine.Open(t), 0)
}

// raceAttempts counts under a key from many goroutines, where some attempts were counted before.
func raceAttempts(t *testing.T, s ports.Storage, before int) {
	t.Helper()
	got := race(racers, func(int) error {
		_, err := s.SignInAttempts.UpdateAttempts(t.Context(), "a", countAttempt)
		return err
	})
	n := before + requireMostDone(t, got)
	requireAttempts(t, s, domain.Attempts{Key: "a", Failures: n, LastAt: at(n), ExpiresAt: at(n).Add(time.Hour), Rev: int64(n)})
}

func attemptsForgotten(t *testing.T, engine Engine) {
	s := engine.Open(t)
	stored := map[string]domain.Attempts{}
	for i, key := range []string{"a", "b", "B", "c", "%"} {
		stored[key] = addAttempts(t, s, newAttempts(key, i+1))
	}
	require.NoError(t, s.SignInAttempts.ForgetAttempts(t.Context(), nil))
	for _, attempts := range stored {
		requireAttempts(t, s, attempts)
	}
	for range 2 {
		require.NoError(t, s.SignInAttempts.ForgetAttempts(t.Context(), []string{"b", "nothing", "%", "b"}))
		requireAttempts(t, s, domain.Attempts{Key: "b"})
		requireAttempts(t, s, domain.Attempts{Key: "%"})
		for _, key := range []string{"a", "B", "c"} {
			requireAttempts(t, s, stored[key])
		}
	}
	requireAttempts(t, s, addAttempts(t, s, newAttempts("b", 7)))
}

func attemptsCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addAttempts(t, s, newAttempts("a", 1))
	ctx := cancelled(t)
	_, read := s.SignInAttempts.Attempts(ctx, "a")
	_, update := s.SignInAttempts.UpdateAttempts(ctx, "a", countAttempt)
	_, insert := s.SignInAttempts.UpdateAttempts(ctx, "b", countAttempt)
	requireCancelled(t, map[string]error{
		"Attempts": read, "UpdateAttempts": update, "UpdateAttempts of a new key": insert,
		"ForgetAttempts": s.SignInAttempts.ForgetAttempts(ctx, []string{"a"}),
	})
	requireAttempts(t, s, want)
	requireAttempts(t, s, domain.Attempts{Key: "b"})
}
