package learning

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Change is what a change of settings leads to.
type Change struct {
	// Settings are the settings after the change.
	Settings domain.Settings
	// Forecast says what the change does to the due days; nil when it moves none.
	Forecast *Forecast
}

// Forecast is how many cards in review fall due on each day, before a change of the schedule and after it.
type Forecast struct {
	// Moved is how many cards have another memory or due day.
	Moved int
	// Days are the next domain.Horizon days; what is overdue counts for the first. Later is all that comes after.
	Days  []domain.DayLoad
	Later domain.DayLoad
}

// Settings returns how the caller wants to learn.
func (s *Service) Settings(ctx context.Context, caller domain.Identity) (domain.Settings, error) {
	return s.settings.LearningSettings(ctx, caller.User)
}

// PreviewSettings returns what a change would lead to, and changes nothing. CodeInvalid.
func (s *Service) PreviewSettings(ctx context.Context, caller domain.Identity, edit func(*domain.Settings, *domain.Schedule)) (Change, error) {
	return s.preview(ctx, caller.User, func(settings *domain.Settings) error { return settings.Change(edit, s.clock.Now()) })
}

// ChangeSettings changes how the caller wants to learn. When the schedule changes, a new version of it is added, and each
// card is replayed under it; cards in review are spread so that no day gets many more than usual. A call that is cut off
// there is completed by the next one, or by a sweep, and so is one that takes long: the settings are Pending then. CodeInvalid.
func (s *Service) ChangeSettings(ctx context.Context, caller domain.Identity, edit func(*domain.Settings, *domain.Schedule)) (Change, error) {
	return s.change(ctx, caller.User, func(settings *domain.Settings) error { return settings.Change(edit, s.clock.Now()) })
}

// PreviewUndo returns what undoing the last change of the schedule would lead to. CodeConflict when there is none.
func (s *Service) PreviewUndo(ctx context.Context, caller domain.Identity) (Change, error) {
	return s.preview(ctx, caller.User, func(settings *domain.Settings) error { return settings.UndoSchedule(s.clock.Now()) })
}

// UndoSchedule brings the schedule back that was in force before the last change of it: as a new version, under which every
// card has the due day again that it had, unless it was answered since. CodeConflict when there is none.
func (s *Service) UndoSchedule(ctx context.Context, caller domain.Identity) (Change, error) {
	return s.change(ctx, caller.User, func(settings *domain.Settings) error { return settings.UndoSchedule(s.clock.Now()) })
}

func (s *Service) preview(ctx context.Context, user domain.UserID, edit func(*domain.Settings) error) (Change, error) {
	settings, err := s.settings.LearningSettings(ctx, user)
	if err != nil {
		return Change{}, err
	}
	before := settings.Schedule().Version
	if err := edit(&settings); err != nil {
		return Change{}, err
	}
	if settings.Schedule().Version == before {
		return Change{Settings: settings}, nil
	}
	plan, err := s.plan(ctx, settings)
	if err != nil {
		return Change{}, err
	}
	settings.Pending = false // as when the change is done
	return Change{settings, plan.forecast()}, nil
}

func (s *Service) change(ctx context.Context, user domain.UserID, edit func(*domain.Settings) error) (Change, error) {
	settings, err := s.settings.UpdateLearningSettings(ctx, user, edit)
	if err != nil || !settings.Pending {
		return Change{Settings: settings}, err
	}
	return s.reschedule(ctx, user, time.Now().Add(patience))
}
