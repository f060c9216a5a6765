package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testSessions(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a sign-in comes back as given, expired or not", sessionRoundTrip},
		{"times of a sign-in come back in UTC to the millisecond", sessionTimes},
		{"an unknown sign-in is not found", sessionUnknown},
		{"another person's sign-in is not found and cannot be ended", sessionForeign},
		{"two people may have a sign-in of one id", sessionSameID},
		{"a sign-in of an id that is taken conflicts", sessionTaken},
		{"an ended sign-in is gone and ending it again is no error", sessionEnd},
		{"a cancelled context stores and ends no sign-in", sessionCancelled},
	})
	runCases(t, engine, sessionManyCases())
}

func addSession(t *testing.T, s ports.Storage, session domain.Session) domain.Session {
	t.Helper()
	require.NoError(t, s.Sessions.InsertSession(t.Context(), session))
	return session
}

func requireSession(t *testing.T, s ports.Storage, want domain.Session) {
	t.Helper()
	got, err := s.Sessions.Session(t.Context(), want.Owner, want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func sessionRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for n := range 3 {
		addSession(t, s, newSession(ada, n))
	}
	old := newSession(ada, 4)
	old.CreatedAt, old.ExpiresAt = old.CreatedAt.AddDate(-30, 0, 0), old.ExpiresAt.AddDate(-30, 0, 0)
	addSession(t, s, old)
	for n := range 3 {
		requireSession(t, s, newSession(ada, n))
	}
	requireSession(t, s, old)
}

func sessionTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range instants() {
		session := newSession(ada, i)
		session.CreatedAt, session.ExpiresAt = instant, instant
		addSession(t, s, session)
		session.CreatedAt, session.ExpiresAt = instant.UTC(), instant.UTC()
		requireSession(t, s, session)
	}
}

func sessionUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addSession(t, s, newSession(ada, 1))
	_, err := s.Sessions.Session(t.Context(), ada, sessionID(2))
	requireNotFound(t, err)
}

func sessionForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	session := addSession(t, s, newSession(ada, 1))
	_, err := s.Sessions.Session(t.Context(), bob, session.ID)
	requireNotFound(t, err)
	require.NoError(t, s.Sessions.EndSession(t.Context(), bob, session.ID))
	requireSession(t, s, session)
}

func sessionSameID(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addSession(t, s, newSession(ada, 1))
	other := newSession(bob, 1)
	other.ExpiresAt = at(7777)
	addSession(t, s, other)
	requireSession(t, s, newSession(ada, 1))
	requireSession(t, s, other)
	require.NoError(t, s.Sessions.EndSession(t.Context(), ada, sessionID(1)))
	requireSession(t, s, other)
}

func sessionTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	session := addSession(t, s, newSession(ada, 1))
	again := session
	again.ExpiresAt = at(9999)
	requireCode(t, domain.CodeConflict, s.Sessions.InsertSession(t.Context(), again))
	requireSession(t, s, session)
}

func sessionEnd(t *testing.T, engine Engine) {
	s := engine.Open(t)
	session, other := addSession(t, s, newSession(ada, 1)), addSession(t, s, newSession(ada, 2))
	for range 2 {
		require.NoError(t, s.Sessions.EndSession(t.Context(), ada, session.ID))
		_, err := s.Sessions.Session(t.Context(), ada, session.ID)
		requireNotFound(t, err)
	}
	requireSession(t, s, other)
}

func sessionCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	session := addSession(t, s, newSession(ada, 1))
	ctx := cancelled(t)
	_, read := s.Sessions.Session(ctx, ada, session.ID)
	requireCancelled(t, map[string]error{
		"InsertSession": s.Sessions.InsertSession(ctx, newSession(ada, 2)), "Session": read,
		"EndSession": s.Sessions.EndSession(ctx, ada, session.ID),
	})
	requireSession(t, s, session)
	_, err := s.Sessions.Session(t.Context(), ada, sessionID(2))
	requireNotFound(t, err)
}
