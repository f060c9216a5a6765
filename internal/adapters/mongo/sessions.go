package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Sessions = (*Store)(nil)

type sessionRecord struct {
	Key       string           `bson:"_id"`
	Owner     domain.UserID    `bson:"user_id"`
	ID        domain.SessionID `bson:"id"`
	CreatedAt *bson.DateTime   `bson:"created_at"`
	ExpiresAt *bson.DateTime   `bson:"expires_at"`
	Program   string           `bson:"program"`
	Address   string           `bson:"address"`
}

func newSessionRecord(s domain.Session) sessionRecord {
	return sessionRecord{
		Key: key(s.Owner, s.ID), Owner: s.Owner, ID: s.ID, CreatedAt: date(s.CreatedAt), ExpiresAt: date(s.ExpiresAt),
		Program: s.Program, Address: s.Address,
	}
}

func (r sessionRecord) session() domain.Session {
	return domain.Session{
		ID: r.ID, Owner: r.Owner, CreatedAt: instant(r.CreatedAt), ExpiresAt: instant(r.ExpiresAt),
		Program: r.Program, Address: r.Address,
	}
}

// InsertSession adds a sign-in.
func (s *Store) InsertSession(ctx context.Context, session domain.Session) error {
	_, err := s.sessions.InsertOne(ctx, newSessionRecord(session))
	return inserted(ctx, "sign-in", err)
}

// Session returns a sign-in.
func (s *Store) Session(ctx context.Context, owner domain.UserID, id domain.SessionID) (domain.Session, error) {
	r, err := findOne[sessionRecord](ctx, s.sessions, "sign-in", ownKey(owner, id))
	if err != nil {
		return domain.Session{}, err
	}
	return r.session(), nil
}

// EndSession removes a sign-in.
func (s *Store) EndSession(ctx context.Context, owner domain.UserID, id domain.SessionID) error {
	_, err := s.sessions.DeleteOne(ctx, ownKey(owner, id))
	return failure(ctx, "removing a sign-in", err)
}

// SessionsOf returns a part of a person's sign-ins.
func (s *Store) SessionsOf(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Session, error) {
	filter := behind(ofOwner(owner), "created_at", "id", page.After)
	records, err := findList[sessionRecord](ctx, s.sessions, "sign-ins", filter, inOrder("created_at", "id", page.Limit))
	sessions := make([]domain.Session, len(records))
	for i, r := range records {
		sessions[i] = r.session()
	}
	return sessions, err
}

// EndSessions removes all sign-ins of a person but one.
func (s *Store) EndSessions(ctx context.Context, owner domain.UserID, except domain.SessionID) error {
	others := bson.E{Key: "id", Value: bson.D{{Key: "$nin", Value: []domain.SessionID{except}}}}
	_, err := s.sessions.DeleteMany(ctx, append(ofOwner(owner), others))
	return failure(ctx, "removing the sign-ins of a person", err)
}
