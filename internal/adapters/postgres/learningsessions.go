package postgres

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// LearningSessions stores sittings.
type LearningSessions struct{ store *Store }

var _ ports.LearningSessions = (*LearningSessions)(nil)

const (
	insertLearningSession query = "INSERT INTO learning_sessions (user_id, id, deck_id, started_at, finished_at) VALUES ($1, $2, $3, $4, $5)"
	learningSessionByID   query = "SELECT deck_id, started_at, finished_at FROM learning_sessions WHERE user_id = $1 AND id = $2"
	finishLearningSession query = "UPDATE learning_sessions SET finished_at = $3 WHERE user_id = $1 AND id = $2"
)

// InsertLearningSession adds a sitting.
func (l *LearningSessions) InsertLearningSession(ctx context.Context, session domain.LearningSession) error {
	_, err := l.store.exec(ctx, "insert a learning session", insertLearningSession, string(session.Owner), string(session.ID),
		string(session.Deck), moment(session.StartedAt), moment(session.FinishedAt))
	return err
}

// LearningSession returns a sitting of the owner.
func (l *LearningSessions) LearningSession(
	ctx context.Context, owner domain.UserID, id domain.LearningSessionID,
) (domain.LearningSession, error) {
	session := domain.LearningSession{ID: id, Owner: owner}
	found, err := l.store.row(ctx, "read a learning session", learningSessionByID, []any{string(owner), string(id)},
		(*string)(&session.Deck), instant{&session.StartedAt}, instant{&session.FinishedAt})
	if err == nil && !found {
		err = domain.NotFound("learning session")
	}
	if err != nil {
		return domain.LearningSession{}, err
	}
	return session, nil
}

// FinishLearningSession notes the end of a sitting.
func (l *LearningSessions) FinishLearningSession(ctx context.Context, owner domain.UserID, id domain.LearningSessionID, at time.Time) error {
	rows, err := l.store.exec(ctx, "finish a learning session", finishLearningSession, string(owner), string(id), moment(at))
	if err == nil && rows == 0 {
		return domain.NotFound("learning session")
	}
	return err
}
