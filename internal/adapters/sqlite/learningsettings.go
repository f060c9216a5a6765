package sqlite

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
		load_balancing, schedules, pending, updated_at, rev FROM learning_settings WHERE user_id = ?`
	// insertSettings writes nothing when somebody else was faster.
	insertSettings query = `INSERT INTO learning_settings (time_zone, rollover_hour, new_per_day, reviews_per_day, decks, leech_threshold,
		leech_action, load_balancing, schedules, pending, updated_at, rev, user_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	updateSettings query = `UPDATE learning_settings SET time_zone = ?, rollover_hour = ?, new_per_day = ?, reviews_per_day = ?,
		decks = ?, leech_threshold = ?, leech_action = ?, load_balancing = ?, schedules = ?, pending = ?, updated_at = ?, rev = ?
		WHERE user_id = ? AND rev = ?`
	pendingSettings query = `SELECT user_id FROM learning_settings INDEXED BY learning_settings_pending
		WHERE pending = 1 AND coalesce(updated_at, 0) < ? LIMIT ?`
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
		&s.TimeZone, whole(&s.RolloverHour), &s.Limits.New, &s.Limits.Reviews, decksColumn{&s.Decks}, whole(&s.Leech.Threshold),
		(*string)(&s.Leech.Action), &s.LoadBalancing, schedulesColumn{&s.Schedules}, &s.Pending, instant{&s.UpdatedAt}, &s.Rev,
	}
}

// settingsValues returns the columns of settings, and the owner behind them.
func settingsValues(s *domain.Settings) []any {
	return []any{
		s.TimeZone, s.RolloverHour, s.Limits.New, s.Limits.Reviews, decksColumn{&s.Decks}, s.Leech.Threshold,
		s.Leech.Action, s.LoadBalancing, schedulesColumn{&s.Schedules}, s.Pending, millis(s.UpdatedAt), s.Rev, s.Owner,
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
		values := settingsValues(settings)
		if before.Rev == 0 {
			rows, err := l.store.exec(ctx, "insert learning settings", insertSettings, values...)
			return rows == 1, err
		}
		rows, err := l.store.exec(ctx, "update learning settings", updateSettings, append(values, before.Rev)...)
		return rows == 1, err
	})
}

// PendingSettings returns owners whose settings are Pending and were updated before a time.
func (l *LearningSettings) PendingSettings(ctx context.Context, before time.Time, limit int) ([]domain.UserID, error) {
	field := func(id *domain.UserID) []any { return []any{(*string)(id)} }
	return list(ctx, l.store, "list pending learning settings", field, pendingSettings, earliest(before), limit)
}
