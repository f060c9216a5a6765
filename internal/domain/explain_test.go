package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnExplanationEndsWithTheMemoryOfTheReplay(t *testing.T) {
	lives(t, 2_000, 12, func(t *testing.T, l *learner) {
		explained, err := l.settings.Projector().Explain(l.events)
		require.NoError(t, err)
		require.Len(t, explained, len(l.events))
		want, _ := slowReplay(l.settings, l.events)
		got := explained[len(explained)-1].After
		got.Seq = want.Seq // the number of the last event in order of replay, here; that of the newest there
		require.Equal(t, want, got, "%+v", l.events)
	})
}

func TestAnExplanationIsAChainThatSaysWhatWasTakenBack(t *testing.T) {
	lives(t, 1_000, 12, func(t *testing.T, l *learner) {
		explained, err := l.settings.Projector().Explain(l.events)
		require.NoError(t, err)
		undone := map[EventID]bool{}
		for _, e := range l.events {
			if e.Kind == KindUndo {
				undone[e.Undoes] = true
			}
		}
		before, undos := NewMemory(), false
		for _, step := range explained {
			require.Equal(t, undone[step.Event.ID], step.Undone)
			require.Equal(t, before, step.Before)
			if step.Undone || step.Event.Kind == KindUndo {
				require.Equal(t, step.Before, step.After)
			} else {
				require.Equal(t, step.Event.Seq, step.After.Seq)
			}
			require.False(t, undos && step.Event.Kind != KindUndo, "undos stand behind the rest")
			undos = step.Event.Kind == KindUndo
			before = step.After
		}
	})
}

func TestAnExplanationSaysWhyACardIsDue(t *testing.T) {
	log := logOf(t, answered(noon, Good, 2), answered(noon.AddDate(0, 0, 3), Good, 2))
	explained, err := DefaultSettings(someUser).Projector().Explain(log)
	require.NoError(t, err)
	first, second := explained[0], explained[1]
	assert.Zero(t, first.Retrievability, "nobody remembers a new card")
	assert.Zero(t, first.Elapsed)
	assert.Equal(t, 3, second.Elapsed)
	assert.InDelta(t, newFSRS6(DefaultWeights()).Retrievability(3, first.After.Stability), second.Retrievability, 1e-12)
	assert.InDelta(t, second.After.Stability, second.Interval.Ideal, 1e-9, "at a retention of 0.9 the interval is the stability")
	assert.LessOrEqual(t, second.Interval.Low, second.Interval.Days)
	assert.GreaterOrEqual(t, second.Interval.High, second.Interval.Days)
	assert.Equal(t, DefaultCalendar().Start(log[1].Day+Day(second.Interval.Days)), second.After.Due)
}

func TestAnExplanationNamesTheBoundThatMovedACard(t *testing.T) {
	settings := DefaultSettings(someUser)
	explain := func(events ...Event) Explained {
		p := settings.Projector()
		for i := range events {
			events[i].Seq = int64(i + 1)
		}
		explained, err := p.Explain(events)
		require.NoError(t, err)
		return explained[len(explained)-1]
	}
	graduated := answered(noon, Good, 2)
	moved := eventOf(Entry{Kind: KindReschedule, Card: someCard, FinishedAt: noon.Add(time.Hour), DueDay: graduated.Day + 9}, nil, noon.Add(time.Hour))
	t.Run("a change of schedule", func(t *testing.T) {
		step := explain(graduated, moved)
		assert.Equal(t, Interval{Days: 9, Bound: BoundMoved}, step.Interval)
		assert.Equal(t, DefaultCalendar().Start(graduated.Day+9), step.After.Due)
	})
	t.Run("a later change without a day goes back to the schedule", func(t *testing.T) {
		back := eventOf(Entry{Kind: KindReschedule, Card: someCard, FinishedAt: noon.Add(2 * time.Hour)}, nil, noon.Add(2*time.Hour))
		assert.Equal(t, explain(graduated).After.Due, explain(graduated, moved, back).After.Due)
	})
	t.Run("an imported due time", func(t *testing.T) {
		due := noon.AddDate(0, 0, 40)
		entry := Entry{Kind: KindImport, Card: someCard, FinishedAt: noon, Imported: Imported{Stability: 10, Difficulty: 5, Due: due, Reps: 3}}
		step := explain(eventOf(entry, nil, noon))
		assert.Equal(t, BoundImported, step.Interval.Bound)
		assert.Equal(t, due, step.After.Due)
	})
	t.Run("the longest interval", func(t *testing.T) {
		settings.Schedules[0].MaxInterval = 2
		step := explain(answered(noon, Easy, 4))
		assert.Equal(t, BoundMaximum, step.Interval.Bound)
		assert.Equal(t, 2, step.Interval.Days)
	})
	t.Run("a worse rating", func(t *testing.T) {
		settings.Schedules[0].MaxInterval = 100
		step := explain(graduated, answered(noon.Add(time.Hour), Easy, 4))
		assert.Equal(t, BoundWorse, step.Interval.Bound, "%+v", step.Interval)
	})
}

func TestAnEmptyHistoryHasAnEmptyExplanation(t *testing.T) {
	explained, err := DefaultSettings(someUser).Projector().Explain(nil)
	require.NoError(t, err)
	assert.Empty(t, explained)
}

func TestAVersionThatIsNotThereIsAnError(t *testing.T) {
	log := logOf(t, answered(noon, Good, 2))
	log[0].ScheduleVersion = 7
	p := DefaultSettings(someUser).Projector()
	_, err := p.Explain(log)
	assert.Equal(t, CodeInternal, CodeOf(err))
	_, err = p.Replay(log)
	assert.Equal(t, CodeInternal, CodeOf(err))
	next := answered(noon.AddDate(0, 0, 1), Good, 2)
	next.ScheduleVersion = 7
	_, err = p.Append(next, placeAfter(log))
	assert.Equal(t, CodeInternal, CodeOf(err))
}

func TestAnEventUnderAnOlderVersionThanTheCardsIsRefused(t *testing.T) {
	settings := DefaultSettings(someUser)
	require.NoError(t, settings.Change(func(_ *Settings, draft *Schedule) { draft.Retention = 0.8 }, noon))
	p := settings.Projector()
	log := logOf(t, answered(noon, Good, 2))
	log[0].ScheduleVersion = 2
	_, err := p.Append(answered(noon.AddDate(0, 0, 1), Good, 2), placeAfter(log))
	assert.Equal(t, CodeSeqTaken, CodeOf(err))
}
