package ports

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// LearningSettings stores how people want to learn.
type LearningSettings interface {
	// LearningSettings returns the owner's settings: domain.DefaultSettings, whose Rev is 0, when none were stored.
	LearningSettings(ctx context.Context, owner domain.UserID) (domain.Settings, error)
	// UpdateLearningSettings changes the owner's settings and returns them as stored. The function begins with what
	// LearningSettings returns.
	UpdateLearningSettings(ctx context.Context, owner domain.UserID, edit func(*domain.Settings) error) (domain.Settings, error)
	// PendingSettings returns owners whose settings are Pending and were updated before a time, in no particular order, at
	// most limit.
	PendingSettings(ctx context.Context, before time.Time, limit int) ([]domain.UserID, error)
}

// LearningSessions stores sittings.
type LearningSessions interface {
	// InsertLearningSession adds a sitting. CodeConflict when the owner has one of this id.
	InsertLearningSession(ctx context.Context, session domain.LearningSession) error
	// LearningSession returns a sitting of the owner, or CodeNotFound.
	LearningSession(ctx context.Context, owner domain.UserID, id domain.LearningSessionID) (domain.LearningSession, error)
	// FinishLearningSession notes the end of a sitting, or CodeNotFound. A later call overwrites.
	FinishLearningSession(ctx context.Context, owner domain.UserID, id domain.LearningSessionID, at time.Time) error
}
