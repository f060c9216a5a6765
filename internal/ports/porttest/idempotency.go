package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testIdempotency(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a new request is the caller's, and is returned to who begins it again", requestBegin},
		{"times of a request come back in UTC to the millisecond", requestTimes},
		{"each person has requests of their own, and nobody too", requestOwners},
		{"the answer of a request comes back byte for byte", requestAnswer},
		{"what callers do to their copy of an answer changes nothing", requestCopies},
		{"an answer to a request that is gone is not stored", requestAnswerGone},
		{"the first answer of a request stays", requestAnswerTwice},
		{"a dropped request can be made again", requestDrop},
		{"an answered request is not dropped", requestDropAnswered},
		{"a cancelled context begins, answers and drops no request", requestCancelled},
	})
	runCases(t, engine, requestTakenCases())
}

// begin begins a request where that must work.
func begin(t *testing.T, s ports.Storage, request domain.IdempotentRequest, now time.Time) (domain.IdempotentRequest, bool) {
	t.Helper()
	stored, mine, err := s.Idempotency.BeginRequest(t.Context(), request, now)
	require.NoError(t, err)
	return plainRequest(stored), mine
}

// plainRequest has an empty answer where there is none: nothing need not be told from nothing.
func plainRequest(request domain.IdempotentRequest) domain.IdempotentRequest {
	request.Answer = append([]byte{}, request.Answer...)
	return request
}

// requireBegun begins a request that must be the caller's.
func requireBegun(t *testing.T, s ports.Storage, request domain.IdempotentRequest, now time.Time) domain.IdempotentRequest {
	t.Helper()
	stored, mine := begin(t, s, request, now)
	require.True(t, mine, "the request is the caller's")
	require.Equal(t, plainRequest(request), stored)
	return stored
}

// requireStored checks a request that has not expired, by beginning it as other callers would, who do not get it.
func requireStored(t *testing.T, s ports.Storage, want domain.IdempotentRequest) {
	t.Helper()
	for _, fingerprint := range []string{want.Fingerprint, "another"} {
		again := want
		again.Fingerprint, again.Status, again.Answer = fingerprint, 0, nil
		again.CreatedAt, again.LeaseEnds, again.ExpiresAt = at(777), at(888), at(999)
		stored, mine := begin(t, s, again, want.LeaseEnds.Add(-time.Second))
		require.False(t, mine, "the request is somebody else's")
		require.Equal(t, plainRequest(want), stored)
	}
}

// requireNoRequest checks that there is no request of a key, and leaves none.
func requireNoRequest(t *testing.T, s ports.Storage, owner domain.UserID, key string) {
	t.Helper()
	probe := newRequest(owner, 1, 0)
	probe.Key, probe.Fingerprint = key, "another"
	requireBegun(t, s, probe, at(1))
	require.NoError(t, s.Idempotency.DropRequest(t.Context(), owner, key))
}

// answerRequest stores an answer and returns the request with it.
func answerRequest(t *testing.T, s ports.Storage, request domain.IdempotentRequest, status int, answer []byte) domain.IdempotentRequest {
	t.Helper()
	require.NoError(t, s.Idempotency.FinishRequest(t.Context(), request.Owner, request.Key, status, answer))
	request.Status, request.Answer = status, append([]byte{}, answer...)
	return request
}

func requestBegin(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first := requireBegun(t, s, newRequest(ada, 1, 1), at(1))
	second := requireBegun(t, s, newRequest(ada, 2, 9), at(9))
	requireStored(t, s, first)
	requireStored(t, s, second)
}

func requestTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range instants() {
		request := newRequest(ada, i, 0)
		request.CreatedAt, request.LeaseEnds, request.ExpiresAt = instant, instant, instant
		stored, mine := begin(t, s, request, instant.Add(-time.Hour))
		request.CreatedAt, request.LeaseEnds, request.ExpiresAt = instant.UTC(), instant.UTC(), instant.UTC()
		require.True(t, mine)
		require.Equal(t, plainRequest(request), stored)
		requireStored(t, s, request)
	}
}

func requestOwners(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requests := []domain.IdempotentRequest{}
	for i, owner := range []domain.UserID{ada, bob, ""} {
		requests = append(requests, requireBegun(t, s, newRequest(owner, 1, i+1), at(i+1)))
	}
	requests[0] = answerRequest(t, s, requests[0], 201, []byte("Ada's"))
	for _, request := range requests {
		requireStored(t, s, request)
	}
	require.NoError(t, s.Idempotency.DropRequest(t.Context(), "", requestKey(1)))
	requireStored(t, s, requests[0])
	requireStored(t, s, requests[1])
	requireNoRequest(t, s, "", requestKey(1))
	requireStored(t, s, answerRequest(t, s, requests[1], 200, []byte("Bob's")))
	requireStored(t, s, requests[0])
	requireNoRequest(t, s, "", requestKey(1))
}

func requestAnswer(t *testing.T, engine Engine) {
	s := engine.Open(t)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	long := make([]byte, 0, 300_000)
	for len(long)+len(all) <= cap(long) {
		long = append(long, all...)
	}
	for i, answer := range [][]byte{all, {}, nil, {0}, long} {
		request := requireBegun(t, s, newRequest(ada, i, 1), at(1))
		requireStored(t, s, answerRequest(t, s, request, 200+i, answer))
	}
}

func requestCopies(t *testing.T, engine Engine) {
	s := engine.Open(t)
	request := requireBegun(t, s, newRequest(ada, 1, 1), at(1))
	answer := []byte("answer")
	want := answerRequest(t, s, request, 200, answer)
	answer[0] = 'X'
	requireStored(t, s, want)
	stored, mine, err := s.Idempotency.BeginRequest(t.Context(), newRequest(ada, 1, 1), at(2))
	require.NoError(t, err)
	require.False(t, mine)
	stored.Answer[0] = 'X'
	requireStored(t, s, want)
}

func requestAnswerGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	other := requireBegun(t, s, newRequest(ada, 2, 1), at(1))
	theirs := requireBegun(t, s, newRequest(bob, 1, 1), at(1))
	require.NoError(t, s.Idempotency.FinishRequest(t.Context(), ada, requestKey(1), 200, []byte("late")))
	requireNoRequest(t, s, ada, requestKey(1))
	requireStored(t, s, other)
	requireStored(t, s, theirs)
}

func requestAnswerTwice(t *testing.T, engine Engine) {
	s := engine.Open(t)
	request := answerRequest(t, s, requireBegun(t, s, newRequest(ada, 1, 1), at(1)), 201, []byte("first"))
	require.NoError(t, s.Idempotency.FinishRequest(t.Context(), ada, requestKey(1), 200, []byte("second")))
	requireStored(t, s, request)
}

func requestDrop(t *testing.T, engine Engine) {
	s := engine.Open(t)
	theirs := requireBegun(t, s, newRequest(bob, 1, 1), at(1))
	require.NoError(t, s.Idempotency.DropRequest(t.Context(), ada, requestKey(1)), "what is not there is no error")
	requireBegun(t, s, newRequest(ada, 1, 1), at(1))
	other := requireBegun(t, s, newRequest(ada, 2, 1), at(1))
	require.NoError(t, s.Idempotency.DropRequest(t.Context(), ada, requestKey(1)))
	again := newRequest(ada, 1, 5)
	again.Fingerprint = "another"
	requireStored(t, s, requireBegun(t, s, again, at(5)))
	requireStored(t, s, other)
	requireStored(t, s, theirs)
}

func requestDropAnswered(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := answerRequest(t, s, requireBegun(t, s, newRequest(ada, 1, 1), at(1)), 200, []byte("answer"))
	require.NoError(t, s.Idempotency.DropRequest(t.Context(), ada, requestKey(1)))
	requireStored(t, s, want)
}

func requestCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := requireBegun(t, s, newRequest(ada, 1, 1), at(1))
	ctx := cancelled(t)
	_, _, begun := s.Idempotency.BeginRequest(ctx, newRequest(ada, 2, 1), at(1))
	requireCancelled(t, map[string]error{
		"BeginRequest": begun, "FinishRequest": s.Idempotency.FinishRequest(ctx, ada, requestKey(1), 200, []byte("a")),
		"DropRequest": s.Idempotency.DropRequest(ctx, ada, requestKey(1)),
	})
	requireStored(t, s, want)
	requireNoRequest(t, s, ada, requestKey(2))
}
