package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func sessionManyCases() []testCase {
	return []testCase{
		{"texts of a sign-in come back byte for byte, empty ones too", sessionTexts},
		{"the sign-ins of a person are listed in order of creation, then id, in pages", sessionPages},
		{"the list of sign-ins goes on behind one that has ended", sessionPageBehindGone},
		{"without sign-ins their list is empty", sessionListEmpty},
		{"all sign-ins of a person but one are ended", sessionEndOthers},
		{"all sign-ins of a person are ended", sessionEndAll},
		{"a cancelled context lists and ends none of many sign-ins", sessionManyCancelled},
	}
}

func sessionPlace(s domain.Session) ports.Cursor {
	return ports.Cursor{At: s.CreatedAt, ID: string(s.ID)}
}

// addSessionList inserts sign-ins of a person, some of which have expired, and returns their list.
func addSessionList(t *testing.T, s ports.Storage, owner domain.UserID) []domain.Session {
	t.Helper()
	list := mixed(func(n int, when time.Time) domain.Session {
		session := newSession(owner, n)
		session.CreatedAt = when
		if n%2 == 0 {
			session.ExpiresAt = session.CreatedAt.AddDate(-30, 0, 0)
		}
		return session
	})
	for _, i := range shuffled() {
		addSession(t, s, list[i])
	}
	return list
}

// requireSessions checks all sign-ins of a person.
func requireSessions(t *testing.T, s ports.Storage, owner domain.UserID, want ...domain.Session) {
	t.Helper()
	got, err := s.Sessions.SessionsOf(t.Context(), owner, ports.Page{Limit: 1000})
	require.NoError(t, err)
	require.Equal(t, append([]domain.Session{}, want...), got)
}

func sessionTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, text := range append(texts(), "") {
		session := newSession(ada, i)
		session.Program, session.Address = text, ""
		if i%2 == 0 {
			session.Program, session.Address = "", text
		}
		requireSession(t, s, addSession(t, s, session))
	}
}

func sessionPages(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addSessionList(t, s, ada)
	addSessionList(t, s, bob)
	requirePages(t, list, sessionPlace, func(page ports.Page) ([]domain.Session, error) {
		return s.Sessions.SessionsOf(t.Context(), ada, page)
	})
}

func sessionPageBehindGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addSessionList(t, s, ada)
	require.NoError(t, s.Sessions.EndSession(t.Context(), ada, list[3].ID))
	got, err := s.Sessions.SessionsOf(t.Context(), ada, ports.Page{After: sessionPlace(list[3]), Limit: 2})
	require.NoError(t, err)
	require.Equal(t, list[4:6], got)
}

func sessionListEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list, err := s.Sessions.SessionsOf(t.Context(), ada, ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	session := addSession(t, s, newSession(ada, 1))
	addSession(t, s, newSession(bob, 2))
	list, err = s.Sessions.SessionsOf(t.Context(), ada, ports.Page{After: sessionPlace(session), Limit: 10})
	requireEmpty(t, list, err)
}

func sessionEndOthers(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list, theirs := addSessionList(t, s, ada), addSessionList(t, s, bob)
	for range 2 {
		require.NoError(t, s.Sessions.EndSessions(t.Context(), ada, list[3].ID))
		requireSessions(t, s, ada, list[3])
	}
	_, err := s.Sessions.Session(t.Context(), ada, list[2].ID)
	requireNotFound(t, err)
	requireSession(t, s, list[3])
	requireSessions(t, s, bob, theirs...)
	require.NoError(t, s.Sessions.EndSessions(t.Context(), ada, sessionID(99)), "the one that stays need not be there")
	requireSessions(t, s, ada)
	requireSessions(t, s, bob, theirs...)
}

func sessionEndAll(t *testing.T, engine Engine) {
	s := engine.Open(t)
	require.NoError(t, s.Sessions.EndSessions(t.Context(), ada, ""), "there is nothing to end")
	addSessionList(t, s, ada)
	theirs := addSessionList(t, s, bob)
	require.NoError(t, s.Sessions.EndSessions(t.Context(), ada, ""))
	requireSessions(t, s, ada)
	requireSessions(t, s, bob, theirs...)
	session := addSession(t, s, newSession(ada, 1))
	requireSessions(t, s, ada, session)
}

func sessionManyCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	session := addSession(t, s, newSession(ada, 1))
	ctx := cancelled(t)
	_, list := s.Sessions.SessionsOf(ctx, ada, ports.Page{Limit: 10})
	requireCancelled(t, map[string]error{"SessionsOf": list, "EndSessions": s.Sessions.EndSessions(ctx, ada, "")})
	requireSessions(t, s, ada, session)
}
