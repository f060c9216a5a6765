package sqlite

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
	insertSession  query = "INSERT INTO sessions (" + sessionColumns + ") VALUES (?, ?, ?, ?, ?, ?)"
	sessionByID    query = "SELECT " + sessionColumns + " FROM sessions WHERE user_id = ? AND id = ?"
	sessionsOf     query = "SELECT " + sessionColumns + " FROM sessions WHERE user_id = ?4 AND " + behindInCreation
	deleteSession  query = "DELETE FROM sessions WHERE user_id = ? AND id = ?"
	// No session has an empty id.
	deleteOtherSessions query = "DELETE FROM sessions WHERE user_id = ? AND id <> ?"
)

// sessionFields returns where sessionColumns go.
func sessionFields(s *domain.Session) []any {
	return []any{
		(*string)(&s.Owner), (*string)(&s.ID), instant{&s.CreatedAt}, instant{&s.ExpiresAt}, &s.Program, &s.Address,
	}
}

// sessionValues returns the sessionColumns of a session of the owner.
func sessionValues(owner domain.UserID, s *domain.Session) []any {
	return []any{owner, s.ID, millis(s.CreatedAt), millis(s.ExpiresAt), s.Program, s.Address}
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

// SessionsOf returns a page of the sign-ins of a person.
func (s *Sessions) SessionsOf(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Session, error) {
	return list(ctx, s.store, "list sessions", sessionFields, sessionsOf, page.After.At.UnixMilli(), page.After.ID, page.Limit, owner)
}

// EndSession removes a sign-in.
func (s *Sessions) EndSession(ctx context.Context, owner domain.UserID, id domain.SessionID) error {
	_, err := s.store.exec(ctx, "delete a session", deleteSession, owner, id)
	return err
}

// EndSessions removes all sign-ins of a person but one; with an empty id all of them.
func (s *Sessions) EndSessions(ctx context.Context, owner domain.UserID, except domain.SessionID) error {
	_, err := s.store.exec(ctx, "delete the sessions of a person", deleteOtherSessions, owner, except)
	return err
}
