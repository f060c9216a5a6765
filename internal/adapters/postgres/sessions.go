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
	insertSession query = "INSERT INTO sessions (user_id, id, created_at, expires_at) VALUES ($1, $2, $3, $4)"
	sessionByID   query = "SELECT created_at, expires_at FROM sessions WHERE user_id = $1 AND id = $2"
	deleteSession query = "DELETE FROM sessions WHERE user_id = $1 AND id = $2"
)

// InsertSession adds a sign-in.
func (s *Sessions) InsertSession(ctx context.Context, session domain.Session) error {
	_, err := s.store.exec(ctx, "insert a session", insertSession, string(session.Owner), string(session.ID),
		moment(session.CreatedAt), moment(session.ExpiresAt))
	return err
}

// Session returns a sign-in, expired or not.
func (s *Sessions) Session(ctx context.Context, owner domain.UserID, id domain.SessionID) (domain.Session, error) {
	session := domain.Session{ID: id, Owner: owner}
	found, err := s.store.row(ctx, "read a session", sessionByID, []any{string(owner), string(id)},
		instant{&session.CreatedAt}, instant{&session.ExpiresAt})
	if err == nil && !found {
		err = domain.NotFound("session")
	}
	if err != nil {
		return domain.Session{}, err
	}
	return session, nil
}

// EndSession removes a sign-in.
func (s *Sessions) EndSession(ctx context.Context, owner domain.UserID, id domain.SessionID) error {
	_, err := s.store.exec(ctx, "delete a session", deleteSession, string(owner), string(id))
	return err
}
