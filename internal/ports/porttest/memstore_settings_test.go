package porttest_test

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func (s *memstore) LearningSettings(ctx context.Context, owner domain.UserID) (domain.Settings, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Settings{}, err
	}
	defer s.mu.Unlock()
	return s.settingsOf(owner)
}

// settingsOf returns a copy of a person's settings.
func (s *memstore) settingsOf(owner domain.UserID) (domain.Settings, error) {
	settings, found := s.settings[owner]
	if s.is("all people share their settings") {
		for _, settings = range s.settings {
			found = true
		}
	}
	switch {
	case found && s.is("settings are shared with callers"):
		return settings, nil
	case found:
		return copySettings(settings), nil
	case s.is("settings that were never stored are not found"):
		return domain.Settings{}, s.notFound("person")
	}
	settings = domain.DefaultSettings(owner)
	if s.is("settings that were never stored have a revision") {
		settings.Rev = 1
	}
	return settings, nil
}

// copySettings returns settings that share nothing with the given ones.
func copySettings(settings domain.Settings) domain.Settings {
	settings.Limits = copyLimits(settings.Limits)
	settings.Decks = maps.Clone(settings.Decks)
	for deck, limits := range settings.Decks {
		settings.Decks[deck] = copyLimits(limits)
	}
	settings.Schedules = slices.Clone(settings.Schedules)
	for i := range settings.Schedules {
		schedule := &settings.Schedules[i]
		schedule.LearningSteps, schedule.RelearningSteps = slices.Clone(schedule.LearningSteps), slices.Clone(schedule.RelearningSteps)
	}
	return settings
}

func copyLimits(limits domain.Limits) domain.Limits {
	again := func(n *int) *int {
		if n == nil {
			return nil
		}
		n2 := *n
		return &n2
	}
	return domain.Limits{New: again(limits.New), Reviews: again(limits.Reviews)}
}

func (s *memstore) UpdateLearningSettings(
	ctx context.Context, owner domain.UserID, edit func(*domain.Settings) error,
) (domain.Settings, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Settings{}, err
	}
	defer s.mu.Unlock()
	before, err := s.settingsOf(owner)
	if err != nil {
		return domain.Settings{}, err
	}
	after := before
	if s.is("an update of settings begins with the default ones") {
		after = domain.DefaultSettings(owner)
	}
	store, err := s.changed(edit(&after))
	if !store {
		return domain.Settings{}, err
	}
	after.Rev = s.raised(s.editedRev(before.Rev, after.Rev))
	if !s.is("an edit function may change id and owner") {
		after.Owner = owner
	}
	s.gap("an update forgets others at the same time")
	s.settings[owner] = s.keepSettings(after)
	return copySettings(s.settings[owner]), err
}

func (s *memstore) keepSettings(settings domain.Settings) domain.Settings {
	if !s.is("settings are shared with callers") {
		settings = copySettings(settings)
	}
	settings.UpdatedAt = s.at(settings.UpdatedAt)
	settings.Limits = s.keepLimits(settings.Limits)
	for deck, limits := range settings.Decks {
		settings.Decks[deck] = s.keepLimits(limits)
		if limits == (domain.Limits{}) && s.is("a deck whose limits are not set is lost") {
			delete(settings.Decks, deck)
		}
	}
	switch {
	case s.is("limits of decks are lost"):
		clear(settings.Decks)
	case s.is("only the schedule in force is stored"):
		settings.Schedules = settings.Schedules[len(settings.Schedules)-1:]
	case s.is("load balancing cannot be turned off"):
		settings.LoadBalancing = true
	case s.is("leeches are never suspended"):
		settings.Leech.Action = domain.LeechTag
	case s.is("settings are never pending"):
		settings.Pending = false
	case s.is("days never begin at midnight") && settings.RolloverHour == 0:
		settings.RolloverHour = domain.DefaultRollover
	}
	for i := range settings.Schedules {
		s.keepSchedule(&settings.Schedules[i])
	}
	return settings
}

func (s *memstore) keepLimits(limits domain.Limits) domain.Limits {
	for _, limit := range []**int{&limits.New, &limits.Reviews} {
		switch {
		case *limit == nil && s.is("limits that are not set are zero"):
			*limit = new(int)
		case *limit != nil && **limit == 0 && s.is("limits of zero are not set"):
			*limit = nil
		}
	}
	return limits
}

func (s *memstore) keepSchedule(schedule *domain.Schedule) {
	schedule.CreatedAt = s.at(schedule.CreatedAt)
	if s.is("weights are stored with six digits") {
		for i, weight := range schedule.Weights {
			schedule.Weights[i] = float64(int64(weight*1e6)) / 1e6
		}
	}
	if s.is("weights are stored in 32 bits") {
		for i, weight := range schedule.Weights {
			schedule.Weights[i] = float64(float32(weight))
		}
	}
	switch {
	case s.is("schedules without steps get the default ones") && len(schedule.LearningSteps) == 0:
		schedule.LearningSteps = domain.DefaultSchedule().LearningSteps
	case s.is("schedules without steps for relearning get the default ones") && len(schedule.RelearningSteps) == 0:
		schedule.RelearningSteps = domain.DefaultSchedule().RelearningSteps
	case s.is("what a schedule restores is lost"):
		schedule.Restores = 0
	case s.is("steps are stored in minutes"):
		for i, step := range schedule.LearningSteps {
			schedule.LearningSteps[i] = step.Truncate(time.Minute)
		}
	}
}

func (s *memstore) PendingSettings(ctx context.Context, before time.Time, limit int) ([]domain.UserID, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	owners := none[domain.UserID](s)
	for owner, settings := range s.settings {
		pending := settings.Pending || s.is("PendingSettings has all people")
		old := settings.UpdatedAt.Before(before) || settings.UpdatedAt.Equal(before) && s.is("PendingSettings has those updated at its time") ||
			s.is("PendingSettings ignores its time")
		if pending && old && (len(owners) < limit || s.is("PendingSettings ignores its limit")) {
			owners = append(owners, owner)
		}
	}
	return owners, nil
}
