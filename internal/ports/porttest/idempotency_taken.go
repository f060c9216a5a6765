package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func requestTakenCases() []testCase {
	return []testCase{
		{"a request whose lease has ended is taken over until the new lease ends", requestTakenOver},
		{"a request is never taken over by another one", requestOther},
		{"an answered request is never taken over", requestAnswered},
		{"an expired request is replaced, answered or not, by another one too", requestExpired},
		{"of many who begin a request at once one gets it", requestRace},
		{"of many who take a request over at once one gets it", requestTakeOverRace},
		{"of many who replace an expired request at once one gets it", requestExpiredRace},
	}
}

// later returns the times of a request moved by some seconds.
func later(request domain.IdempotentRequest, seconds int) domain.IdempotentRequest {
	by := time.Duration(seconds) * time.Second
	request.Status, request.Answer = 0, nil
	request.CreatedAt, request.LeaseEnds, request.ExpiresAt = request.CreatedAt.Add(by), request.LeaseEnds.Add(by), request.ExpiresAt.Add(by)
	return request
}

func requestTakenOver(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := requireBegun(t, s, newRequest(ada, 1, 0), at(0))
	other := requireBegun(t, s, newRequest(ada, 2, 0), at(0))
	theirs := requireBegun(t, s, newRequest(bob, 1, 0), at(0))
	for range 3 {
		again := later(want, 100)
		_, mine := begin(t, s, again, want.LeaseEnds.Add(-time.Millisecond))
		require.False(t, mine, "the lease has not ended")
		taken, mine := begin(t, s, again, want.LeaseEnds.Add(time.Millisecond))
		require.True(t, mine, "the lease has ended")
		want.LeaseEnds = again.LeaseEnds
		require.Equal(t, want, taken)
		requireStored(t, s, want)
	}
	requireStored(t, s, answerRequest(t, s, want, 201, []byte("answer")))
	requireStored(t, s, other)
	requireStored(t, s, theirs)
}

func requestOther(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := requireBegun(t, s, newRequest(ada, 1, 0), at(0))
	other := later(want, 100)
	other.Fingerprint = "another"
	for _, now := range []time.Time{at(1), want.LeaseEnds.Add(time.Hour), want.ExpiresAt.Add(-time.Millisecond)} {
		stored, mine := begin(t, s, other, now)
		require.False(t, mine)
		require.Equal(t, want, stored)
	}
	requireStored(t, s, want)
}

func requestAnswered(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := answerRequest(t, s, requireBegun(t, s, newRequest(ada, 1, 0), at(0)), 204, nil)
	for _, now := range []time.Time{at(1), want.LeaseEnds.Add(time.Hour), want.ExpiresAt.Add(-time.Millisecond)} {
		stored, mine := begin(t, s, later(want, 100), now)
		require.False(t, mine)
		require.Equal(t, want, stored)
	}
	requireStored(t, s, want)
}

func requestExpired(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i := range 4 {
		want := requireBegun(t, s, newRequest(ada, i, 0), at(0))
		if i%2 == 0 {
			want = answerRequest(t, s, want, 200, []byte("old"))
		}
		next := later(want, 48*3600)
		if i > 1 {
			next.Fingerprint = "another"
		}
		requireStored(t, s, requireBegun(t, s, next, want.ExpiresAt.Add(time.Millisecond)))
	}
}

// raceRequest begins a request from many goroutines at once, of which one must get it. The creation of theirs tells them apart.
// won returns what is stored when one of them wins.
func raceRequest(t *testing.T, s ports.Storage, request domain.IdempotentRequest, now time.Time, won func(domain.IdempotentRequest) domain.IdempotentRequest) {
	t.Helper()
	stored, mine := make([]domain.IdempotentRequest, racers), make([]bool, racers)
	got := race(racers, func(i int) (err error) {
		stored[i], mine[i], err = s.Idempotency.BeginRequest(t.Context(), later(request, i), now)
		return err
	})
	winner := -1
	for i, err := range got {
		require.NoError(t, err)
		if mine[i] {
			require.Equal(t, -1, winner, "there are two winners")
			winner = i
		}
	}
	require.NotEqual(t, -1, winner, "there is no winner")
	want := plainRequest(won(later(request, winner)))
	for i := range stored {
		require.Equal(t, want, plainRequest(stored[i]))
	}
	requireStored(t, s, want)
}

func requestRace(t *testing.T, engine Engine) {
	raceRequest(t, engine.Open(t), newRequest(ada, 1, 0), at(1), func(winner domain.IdempotentRequest) domain.IdempotentRequest {
		return winner
	})
}

func requestTakeOverRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := requireBegun(t, s, newRequest(ada, 1, 0), at(0))
	raceRequest(t, s, later(want, 100), want.LeaseEnds.Add(time.Second), func(winner domain.IdempotentRequest) domain.IdempotentRequest {
		want.LeaseEnds = winner.LeaseEnds
		return want
	})
}

func requestExpiredRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	old := answerRequest(t, s, requireBegun(t, s, newRequest(ada, 1, 0), at(0)), 200, []byte("old"))
	raceRequest(t, s, later(old, 48*3600), old.ExpiresAt.Add(time.Second), func(winner domain.IdempotentRequest) domain.IdempotentRequest {
		return winner
	})
}
