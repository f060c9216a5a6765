package domain

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// retain returns a change of the desired retention.
func retain(retention float64) func(*Settings, *Schedule) {
	return func(_ *Settings, draft *Schedule) { draft.Retention = retention }
}

func TestAChangedScheduleIsTheNextVersion(t *testing.T) {
	settings := DefaultSettings(someUser)
	require.NoError(t, settings.Change(retain(0.8), noon))
	require.Len(t, settings.Schedules, 2)
	assert.Equal(t, DefaultSchedule(), settings.Schedules[0], "the version before is not touched")
	now := settings.Schedule()
	assert.Equal(t, 2, now.Version)
	assert.InDelta(t, 0.8, now.Retention, 0)
	assert.Equal(t, noon, now.CreatedAt)
	assert.True(t, settings.Pending)
	assert.Equal(t, noon, settings.UpdatedAt)
}

func TestAnEqualScheduleIsNoNewVersion(t *testing.T) {
	settings := DefaultSettings(someUser)
	require.NoError(t, settings.Change(func(s *Settings, draft *Schedule) {
		s.TimeZone, s.LoadBalancing = "Europe/Berlin", false
		draft.LearningSteps = []time.Duration{time.Minute, 10 * time.Minute}
		draft.Version, draft.CreatedAt, draft.Restores = 9, noon, 4 // whoever edits has no say in these
	}, noon))
	assert.Len(t, settings.Schedules, 1)
	assert.False(t, settings.Pending)
	assert.Equal(t, "Europe/Berlin", settings.TimeZone)

	empty := func(steps []time.Duration) func(*Settings, *Schedule) {
		return func(_ *Settings, draft *Schedule) { draft.LearningSteps, draft.RelearningSteps = steps, steps }
	}
	require.NoError(t, settings.Change(empty(nil), noon))
	require.NoError(t, settings.Change(empty([]time.Duration{}), noon))
	assert.Len(t, settings.Schedules, 2, "no steps are no steps, stored or not")
}

func TestARefusedChangeChangesNothing(t *testing.T) {
	settings := DefaultSettings(someUser)
	err := settings.Change(func(s *Settings, draft *Schedule) {
		s.TimeZone = "Mars/Olympus"
		s.Decks[someDeck] = Limits{}
		draft.Retention = 0.8
	}, noon)
	assert.Equal(t, []string{"timeZone"}, faults(err))
	assert.Equal(t, DefaultSettings(someUser), settings)
}

func TestSettingsNameEveryFault(t *testing.T) {
	settings := DefaultSettings(someUser)
	below, above := -1, 10_000
	err := settings.Change(func(s *Settings, draft *Schedule) {
		s.TimeZone, s.RolloverHour = "Mars/Olympus", 24
		s.Limits = Limits{New: &below, Reviews: &above}
		s.Decks[someDeck] = Limits{Reviews: &below}
		s.Leech = Leech{Threshold: 0, Action: "burn"}
		draft.Algorithm, draft.Retention, draft.MaxInterval = "SM-1", 0.69, 0
		draft.LearningSteps = []time.Duration{time.Minute, 24 * time.Hour, 1500 * time.Millisecond}
		draft.RelearningSteps = make([]time.Duration, 11)
		draft.Weights[3], draft.Weights[20] = math.NaN(), 0.9
	}, noon)
	assert.Equal(t, CodeInvalid, CodeOf(err))
	assert.Subset(t, faults(err), []string{
		"timeZone", "rolloverHour", "newPerDay", "reviewsPerDay", "decks." + string(someDeck) + ".reviewsPerDay", "leechThreshold",
		"leechAction", "algorithm", "desiredRetention", "maxInterval", "learningSteps[1]", "learningSteps[2]", "relearningSteps",
		"relearningSteps[0]", "weights[3]", "weights[20]",
	})
}

func TestSettingsAreCheckedToTheirBounds(t *testing.T) {
	for name, c := range map[string]struct {
		edit  func(*Settings, *Schedule)
		field string
	}{
		"a retention that is no number": {retain(math.NaN()), "desiredRetention"},
		"a retention above 0.99":        {retain(0.991), "desiredRetention"},
		"a retention of 0.70":           {retain(0.70), ""},
		"a retention of 0.99":           {retain(0.99), ""},
		"the longest interval":          {func(_ *Settings, d *Schedule) { d.MaxInterval = 36500 }, ""},
		"a longer interval":             {func(_ *Settings, d *Schedule) { d.MaxInterval = 36501 }, "maxInterval"},
		"a step of a day less a second": {func(_ *Settings, d *Schedule) { d.LearningSteps = []time.Duration{24*time.Hour - time.Second} }, ""},
		"100 lapses to a leech":         {func(s *Settings, _ *Schedule) { s.Leech.Threshold = 100 }, "leechThreshold"},
		"1,001 decks with limits": {func(s *Settings, _ *Schedule) {
			for i := range 1001 {
				s.Decks[DeckID(rune('a'+i))] = Limits{}
			}
		}, "decks"},
	} {
		t.Run(name, func(t *testing.T) {
			settings := DefaultSettings(someUser)
			want := []string{}
			if c.field != "" {
				want = append(want, c.field)
			}
			assert.Equal(t, want, faults(settings.Change(c.edit, noon)))
		})
	}
}

func TestAnUndoneScheduleComesBackAsANewVersion(t *testing.T) {
	settings := DefaultSettings(someUser)
	assert.Equal(t, CodeConflict, CodeOf(settings.UndoSchedule(noon)), "there is nothing to undo")
	require.NoError(t, settings.Change(retain(0.8), noon))
	settings.Pending = false

	require.NoError(t, settings.UndoSchedule(noon.Add(time.Hour)))
	require.Len(t, settings.Schedules, 3)
	restored := settings.Schedule()
	assert.True(t, restored.same(DefaultSchedule()))
	assert.Equal(t, 3, restored.Version)
	assert.Equal(t, 1, restored.Restores)
	assert.Equal(t, noon.Add(time.Hour), restored.CreatedAt)
	assert.True(t, settings.Pending)

	require.NoError(t, settings.UndoSchedule(noon.Add(2*time.Hour)))
	assert.InDelta(t, 0.8, settings.Schedule().Retention, 0, "to undo the undo brings the change back")
	assert.Equal(t, []int{4, 2}, []int{settings.Schedule().Version, settings.Schedule().Restores})

	require.NoError(t, settings.Change(retain(0.85), noon))
	assert.Zero(t, settings.Schedule().Restores, "a change restores nothing")
}

func TestAThousandScheduleVersionsAreTheMost(t *testing.T) {
	settings := DefaultSettings(someUser)
	for i := range 999 {
		require.NoError(t, settings.Change(retain(0.8+0.1*float64(i%2)), noon), "version %d", i+2)
	}
	require.Len(t, settings.Schedules, 1000)
	for i, schedule := range settings.Schedules {
		require.Equal(t, i+1, schedule.Version)
	}
	assert.Equal(t, CodeConflict, CodeOf(settings.Change(retain(0.95), noon)))
	assert.Equal(t, CodeConflict, CodeOf(settings.UndoSchedule(noon)))
	assert.NoError(t, settings.Change(func(s *Settings, _ *Schedule) { s.TimeZone = "Europe/Berlin" }, noon), "the rest can still be changed")
	assert.Len(t, settings.Schedules, 1000)
}

func TestACalendarOfAZoneThatIsGoneCountsInUTC(t *testing.T) {
	settings := DefaultSettings(someUser)
	settings.TimeZone = "Mars/Olympus"
	assert.Equal(t, DefaultCalendar(), settings.Calendar())
}
