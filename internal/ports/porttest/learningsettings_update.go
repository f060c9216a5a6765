package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func settingsUpdateCases() []testCase {
	return []testCase{
		{"an update of settings begins with what is stored, and is counted", settingsUpdate},
		{"an update cannot change owner and revision of settings", settingsFixed},
		{"an update of settings that its function refuses stores nothing", settingsRefused},
		{"two people have settings of their own", settingsOfTwo},
		{"concurrent updates of settings lose nothing", settingsRace},
		{"a cancelled context changes no settings", settingsCancelled},
	}
}

func settingsPendingCases() []testCase {
	return []testCase{
		{"pending settings are found that were updated before a time", settingsPending},
		{"pending settings are found up to a limit", settingsPendingLimit},
	}
}

func settingsUpdate(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := domain.DefaultSettings(ada)
	for hour := range 3 {
		got, err := s.LearningSettings.UpdateLearningSettings(t.Context(), ada, func(settings *domain.Settings) error {
			require.Equal(t, want, *settings, "the function begins with what is stored")
			settings.RolloverHour = hour
			settings.Decks[deckID(hour)] = domain.Limits{New: ptr(hour)}
			return nil
		})
		require.NoError(t, err)
		want.RolloverHour, want.Decks[deckID(hour)] = hour, domain.Limits{New: ptr(hour)}
		want.Rev++
		require.Equal(t, want, got)
		requireSettings(t, s, want)
	}
}

func settingsFixed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := domain.DefaultSettings(ada)
	for range 2 {
		got, err := s.LearningSettings.UpdateLearningSettings(t.Context(), ada, func(settings *domain.Settings) error {
			settings.Owner, settings.Rev, settings.TimeZone = bob, 77, "Asia/Tokyo"
			return nil
		})
		require.NoError(t, err)
		want.TimeZone = "Asia/Tokyo"
		want.Rev++
		require.Equal(t, want, got)
		requireSettings(t, s, want)
	}
	requireSettings(t, s, domain.DefaultSettings(bob))
}

func settingsRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	refuse := func() {
		t.Helper()
		_, err := s.LearningSettings.UpdateLearningSettings(t.Context(), ada, func(settings *domain.Settings) error {
			settings.RolloverHour, settings.Pending = 11, true
			settings.Decks[deckID(9)] = domain.Limits{}
			settings.Schedules[0].MaxInterval = 1
			if settings.Limits.New != nil {
				*settings.Limits.New = 1
			}
			return errEdit
		})
		require.Same(t, errEdit, err, "the error is returned as it is")
	}
	refuse()
	requireSettings(t, s, domain.DefaultSettings(ada))
	storeSettings(t, s, newSettings(ada))
	refuse()
	want := newSettings(ada)
	want.Rev = 1
	requireSettings(t, s, want)
}

func settingsOfTwo(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine, theirs := newSettings(ada), newSettings(bob)
	theirs.TimeZone, theirs.Pending = "Asia/Tokyo", false
	mine = storeSettings(t, s, mine)
	storeSettings(t, s, theirs)
	storeSettings(t, s, theirs)
	requireSettings(t, s, mine)
}

func settingsRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	got := race(racers, func(int) error {
		_, err := s.LearningSettings.UpdateLearningSettings(t.Context(), ada, func(settings *domain.Settings) error {
			count := 1
			if settings.Limits.New != nil {
				count += *settings.Limits.New
			}
			settings.Limits.New = &count
			return nil
		})
		return err
	})
	done := requireMostDone(t, got)
	want := domain.DefaultSettings(ada)
	want.Limits.New, want.Rev = &done, int64(done)
	requireSettings(t, s, want)
}

func settingsCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	ctx := cancelled(t)
	_, read := s.LearningSettings.LearningSettings(ctx, ada)
	_, update := s.LearningSettings.UpdateLearningSettings(ctx, ada, func(settings *domain.Settings) error {
		settings.Pending = true
		return nil
	})
	_, pending := s.LearningSettings.PendingSettings(ctx, at(99), 10)
	requireCancelled(t, map[string]error{"LearningSettings": read, "UpdateLearningSettings": update, "PendingSettings": pending})
	requireSettings(t, s, domain.DefaultSettings(ada))
}

// setPending updates a person's settings at a time.
func setPending(t *testing.T, s ports.Storage, owner domain.UserID, pending bool, updated time.Time) {
	t.Helper()
	_, err := s.LearningSettings.UpdateLearningSettings(t.Context(), owner, func(settings *domain.Settings) error {
		settings.Pending, settings.UpdatedAt = pending, updated
		return nil
	})
	require.NoError(t, err)
}

func settingsPending(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requirePending := func(before time.Time, want ...domain.UserID) {
		t.Helper()
		got, err := s.LearningSettings.PendingSettings(t.Context(), before, 10)
		require.NoError(t, err)
		require.NotNil(t, got, "a list is never nil")
		require.ElementsMatch(t, want, got)
	}
	requirePending(at(99))
	setPending(t, s, userID(1), true, at(10))
	setPending(t, s, userID(2), true, at(20))
	setPending(t, s, userID(3), false, at(10))
	setPending(t, s, userID(4), true, at(10).Add(time.Millisecond))
	requirePending(at(10))
	requirePending(at(10).Add(time.Millisecond), userID(1))
	requirePending(at(20), userID(1), userID(4))
	requirePending(at(21), userID(1), userID(2), userID(4))
	setPending(t, s, userID(1), false, at(10))
	setPending(t, s, userID(4), true, at(30))
	requirePending(at(21), userID(2))
}

func settingsPendingLimit(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for n := range 4 {
		setPending(t, s, userID(n), n > 0, at(n))
	}
	for limit := 1; limit <= 4; limit++ {
		got, err := s.LearningSettings.PendingSettings(t.Context(), at(99), limit)
		require.NoError(t, err)
		require.Len(t, got, min(limit, 3))
		require.Subset(t, []domain.UserID{userID(1), userID(2), userID(3)}, got)
	}
}
