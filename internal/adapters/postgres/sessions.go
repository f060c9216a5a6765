package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Sessions stores sign-ins.
type Sessions struct{ store *Store }

var _ ports.Sessions = (*Sessions)(nil)

const (
	sessionColumns       = "user_id, id, created_at, expires_at, program, address"
	insertSession  query = "INSERT INTO sessions (" + sessionColumns + ") VALUES ($1, $2, $3, $4, $5, $6)"
	sessionByID    query = "SELECT " + sessionColumns + " FROM sessions WHERE user_id = $1 AND id = $2"
	// The index has the zero time for none.
	sessionsOf query = "SELECT " + sessionColumns + ` FROM sessions
		WHERE user_id = $1 AND (coalesce(created_at, timestamptz '0001-01-01 00:00:00+00'), id) > ($2, $3)
		ORDER BY coalesce(created_at, timestamptz '0001-01-01 00:00:00+00'), id LIMIT $4`
	deleteSession  query = "DELETE FROM sessions WHERE user_id = $1 AND id = $2"
	deleteSessions query = "DELETE FROM sessions WHERE user_id = $1 AND id <> $2"
)

// sessionFields returns where sessionColumns go.
func sessionFields(s *domain.Session) []any {
	return []any{
		(*string)(&s.Owner), (*string)(&s.ID), instant{&s.CreatedAt}, instant{&s.ExpiresAt}, &s.Program, &s.Address,
	}
}

// sessionValues returns the sessionColumns of a sign-in of the owner.
func sessionValues(owner domain.UserID, s *domain.Session) []any {
	return []any{string(owner), string(s.ID), moment(s.CreatedAt), moment(s.ExpiresAt), s.Program, s.Address}
}

// InsertSession adds a sign-in.
func (s *Sessions) InsertSession(ctx context.Context, session domain.Session) error {
	_, err := s.store.exec(ctx, "insert a session", insertSession, sessionValues(session.Owner, &session)...)
	return err
}

// Session returns a sign-in, expired or not.
func (s *Sessions) Session(ctx context.Context, owner domain.UserID, id domain.SessionID) (domain.Session, error) {
	var session domain.Session
	found, err := s.store.row(ctx, "read a session", sessionByID, []any{string(owner), string(id)}, sessionFields(&session)...)
	if err == nil && !found {
		err = domain.NotFound("session")
	}
	if err != nil {
		return domain.Session{}, err
	}
	return session, nil
}

// SessionsOf returns a page of the sign-ins of a person, in order of creation, then id.
func (s *Sessions) SessionsOf(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Session, error) {
	return list(ctx, s.store, "list sessions", sessionFields, sessionsOf, string(owner), stored(page.After.At), page.After.ID, page.Limit)
}

// EndSession removes a sign-in.
func (s *Sessions) EndSession(ctx context.Context, owner domain.UserID, id domain.SessionID) error {
	_, err := s.store.exec(ctx, "delete a session", deleteSession, string(owner), string(id))
	return err
}

// EndSessions removes all sign-ins of a person but one; with an empty id all of them.
func (s *Sessions) EndSessions(ctx context.Context, owner domain.UserID, except domain.SessionID) error {
	_, err := s.store.exec(ctx, "delete sessions", deleteSessions, string(owner), string(except))
	return err
}
