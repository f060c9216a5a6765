package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.LearningSessions = (*Store)(nil)

type learningSessionRecord struct {
	Key        string                   `bson:"_id"`
	Owner      domain.UserID            `bson:"user_id"`
	ID         domain.LearningSessionID `bson:"id"`
	Deck       domain.DeckID            `bson:"deck_id"`
	StartedAt  *bson.DateTime           `bson:"started_at"`
	FinishedAt *bson.DateTime           `bson:"finished_at"`
}

func newLearningSessionRecord(s domain.LearningSession) learningSessionRecord {
	return learningSessionRecord{
		Key: key(s.Owner, s.ID), Owner: s.Owner, ID: s.ID, Deck: s.Deck,
		StartedAt: date(s.StartedAt), FinishedAt: date(s.FinishedAt),
	}
}

func (r learningSessionRecord) session() domain.LearningSession {
	return domain.LearningSession{
		ID: r.ID, Owner: r.Owner, Deck: r.Deck, StartedAt: instant(r.StartedAt), FinishedAt: instant(r.FinishedAt),
	}
}

// InsertLearningSession adds a sitting.
func (s *Store) InsertLearningSession(ctx context.Context, session domain.LearningSession) error {
	_, err := s.learningSessions.InsertOne(ctx, newLearningSessionRecord(session))
	return inserted(ctx, "learning session", err)
}

// LearningSession returns a sitting.
func (s *Store) LearningSession(
	ctx context.Context, owner domain.UserID, id domain.LearningSessionID,
) (domain.LearningSession, error) {
	r, err := findOne[learningSessionRecord](ctx, s.learningSessions, "learning session", ownKey(owner, id))
	if err != nil {
		return domain.LearningSession{}, err
	}
	return r.session(), nil
}

// FinishLearningSession notes the end of a sitting.
func (s *Store) FinishLearningSession(
	ctx context.Context, owner domain.UserID, id domain.LearningSessionID, at time.Time,
) error {
	found, err := setWhere(ctx, s.learningSessions, ownKey(owner, id), bson.D{{Key: "finished_at", Value: date(at)}})
	if err == nil && !found {
		return domain.NotFound("learning session")
	}
	return failure(ctx, "finishing a learning session", err)
}
