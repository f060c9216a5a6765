package sqlite

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
	insertLearningSession query = "INSERT INTO learning_sessions (user_id, id, deck_id, started_at, finished_at) VALUES (?, ?, ?, ?, ?)"
	learningSessionByID   query = "SELECT deck_id, started_at, finished_at FROM learning_sessions WHERE user_id = ? AND id = ?"
	finishLearningSession query = "UPDATE learning_sessions SET finished_at = ? WHERE user_id = ? AND id = ?"
)

// InsertLearningSession adds a sitting.
func (l *LearningSessions) InsertLearningSession(ctx context.Context, session domain.LearningSession) error {
	_, err := l.store.exec(ctx, "insert a learning session", insertLearningSession, session.Owner, session.ID, session.Deck,
		millis(session.StartedAt), millis(session.FinishedAt))
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
	rows, err := l.store.exec(ctx, "finish a learning session", finishLearningSession, millis(at), owner, id)
	if err == nil && rows == 0 {
		return domain.NotFound("learning session")
	}
	return err
}
