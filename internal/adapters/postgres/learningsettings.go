package postgres

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// LearningSettings stores how people want to learn.
type LearningSettings struct{ store *Store }

var _ ports.LearningSettings = (*LearningSettings)(nil)

const (
	settingsOf query = `SELECT time_zone, rollover_hour, new_per_day, reviews_per_day, decks, leech_threshold, leech_action,
		load_balancing, schedules, pending, updated_at, rev FROM learning_settings WHERE user_id = $1`
	// insertSettings writes nothing when somebody else was faster.
	insertSettings query = `INSERT INTO learning_settings (user_id, time_zone, rollover_hour, new_per_day, reviews_per_day, decks,
		leech_threshold, leech_action, load_balancing, schedules, pending, updated_at, rev)
		VALUES ($1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $2 + 1) ON CONFLICT DO NOTHING`
	updateSettings query = `UPDATE learning_settings SET time_zone = $3, rollover_hour = $4, new_per_day = $5, reviews_per_day = $6,
		decks = $7, leech_threshold = $8, leech_action = $9, load_balancing = $10, schedules = $11, pending = $12, updated_at = $13,
		rev = $2 + 1 WHERE user_id = $1 AND rev = $2`
	// The index has the zero time for none.
	pendingSettings query = `SELECT user_id FROM learning_settings
		WHERE pending AND coalesce(updated_at, timestamptz '0001-01-01 00:00:00+00') < $1
		ORDER BY coalesce(updated_at, timestamptz '0001-01-01 00:00:00+00') LIMIT $2`
)

// LearningSettings returns the owner's settings, the default when none were stored.
func (l *LearningSettings) LearningSettings(ctx context.Context, owner domain.UserID) (domain.Settings, error) {
	settings := domain.Settings{Owner: owner}
	found, err := l.store.row(ctx, "read learning settings", settingsOf, []any{string(owner)}, settingsFields(&settings)...)
	if err != nil {
		return domain.Settings{}, err
	}
	if !found {
		return domain.DefaultSettings(owner), nil
	}
	return settings, nil
}

// settingsFields returns where the columns of settingsOf go.
func settingsFields(s *domain.Settings) []any {
	return []any{
		&s.TimeZone, &s.RolloverHour, &s.Limits.New, &s.Limits.Reviews, (*decksColumn)(&s.Decks), &s.Leech.Threshold,
		(*string)(&s.Leech.Action), &s.LoadBalancing, (*schedulesColumn)(&s.Schedules), &s.Pending, instant{&s.UpdatedAt}, &s.Rev,
	}
}

// settingsValues returns the parameters of a statement that writes settings which had a revision.
func settingsValues(s *domain.Settings, rev int64) []any {
	return []any{
		string(s.Owner), rev, s.TimeZone, s.RolloverHour, s.Limits.New, s.Limits.Reviews, decksColumn(s.Decks), s.Leech.Threshold,
		string(s.Leech.Action), s.LoadBalancing, schedulesColumn(s.Schedules), s.Pending, moment(s.UpdatedAt),
	}
}

// UpdateLearningSettings changes the owner's settings and returns them as stored.
func (l *LearningSettings) UpdateLearningSettings(
	ctx context.Context, owner domain.UserID, edit func(*domain.Settings) error,
) (domain.Settings, error) {
	read := func() (domain.Settings, error) { return l.LearningSettings(ctx, owner) }
	return ports.Update(ctx, "person's learning settings", read, edit, func(before, settings *domain.Settings) (bool, error) {
		settings.Owner, settings.Rev, settings.UpdatedAt = owner, before.Rev+1, stored(settings.UpdatedAt)
		settings.Decks, settings.Schedules = storedDecks(settings.Decks), storedSchedules(settings.Schedules)
		write := updateSettings
		if before.Rev == 0 {
			write = insertSettings
		}
		rows, err := l.store.exec(ctx, "write learning settings", write, settingsValues(settings, before.Rev)...)
		return rows == 1, err
	})
}

// PendingSettings returns owners whose settings are Pending and were updated before a time.
func (l *LearningSettings) PendingSettings(ctx context.Context, before time.Time, limit int) ([]domain.UserID, error) {
	field := func(id *domain.UserID) []any { return []any{(*string)(id)} }
	return list(ctx, l.store, "list pending learning settings", field, pendingSettings, stored(before), limit)
}
