package learning_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// learner is somebody whose memory follows a rule of its own, not that of an algorithm: recall falls exponentially, each
// success makes it last longer, by less when it comes early, and each failure takes most of it away.
type learner struct {
	desk
	random *rand.Rand
	// lasts is after how many days each card is recalled with probability 0.9, and seen when it was answered last.
	lasts map[domain.CardID]float64
	seen  map[domain.CardID]time.Time
	// reviews is how many cards were answered on each day.
	reviews []int
}

func newLearner(t *testing.T, cards int) *learner {
	return &learner{
		desk: newDesk(t, cards), random: rand.New(rand.NewPCG(7, 11)),
		lasts: map[domain.CardID]float64{}, seen: map[domain.CardID]time.Time{},
	}
}

// day answers all cards that are due, and some new ones; then the day is over.
func (l *learner) day(t *testing.T, fresh int) {
	due, err := l.service.Due(t.Context(), caller, l.deck, l.cards)
	require.NoError(t, err)
	var entries []domain.Entry
	asked := 0
	for _, recall := range due {
		if l.seen[recall.Card].IsZero() {
			if fresh == 0 {
				continue
			}
			fresh--
		}
		asked++
		entries = append(entries, l.recalls(recall.Card, l.clock.Now().Add(time.Duration(len(entries))*time.Second))...)
	}
	l.reviews = append(l.reviews, asked)
	for len(entries) > 0 {
		n := min(len(entries), domain.MaxEntries)
		outcomes, err := l.service.RecordBatch(t.Context(), caller, entries[:n])
		require.NoError(t, err)
		for _, outcome := range outcomes {
			require.NoError(t, outcome.Err)
		}
		entries = entries[n:]
	}
	l.clock.forward(24 * time.Hour)
}

// recalls answers a card, until it is known.
func (l *learner) recalls(card domain.CardID, at time.Time) []domain.Entry {
	answer := func(at time.Time, rating domain.Rating) domain.Entry {
		entry := l.said(card, rating)
		entry.StartedAt, entry.FinishedAt = at.Add(-500*time.Millisecond), at
		return entry
	}
	last := l.seen[card]
	l.seen[card] = at
	if last.IsZero() {
		l.lasts[card] = 1 + 2*l.random.ExpFloat64()
		return []domain.Entry{answer(at, domain.Good)}
	}
	days := at.Sub(last).Hours() / 24
	if l.random.Float64() < math.Pow(0.9, days/l.lasts[card]) {
		l.lasts[card] *= 1 + 1.5*math.Min(days/l.lasts[card], 1)
		return []domain.Entry{answer(at, domain.Good)}
	}
	l.lasts[card] = math.Max(l.lasts[card]*0.3, 1)
	return []domain.Entry{answer(at, domain.Again), answer(at.Add(2*time.Minute), domain.Good)}
}

func (l *learner) memories(t *testing.T) map[domain.CardID]domain.Memory {
	found := map[domain.CardID]domain.Memory{}
	for memory, err := range l.storage.Memories.DeckMemories(t.Context(), caller.User, []domain.DeckID{l.deck}) {
		require.NoError(t, err)
		found[memory.Card] = memory.Memory
	}
	return found
}

// mean returns the mean of the last days.
func mean(days []int) float64 {
	sum := 0
	for _, n := range days {
		sum += n
	}
	return float64(sum) / float64(len(days))
}

func useAlgorithm(name string) func(*domain.Settings, *domain.Schedule) {
	return func(_ *domain.Settings, schedule *domain.Schedule) { schedule.Algorithm = name }
}

func TestAChangeOfTheAlgorithmAfterAYearBringsNoBacklogAndCanBeUndone(t *testing.T) {
	t.Parallel()
	l := newLearner(t, 1000)
	_, err := l.service.ChangeSettings(t.Context(), caller, useAlgorithm(domain.AlgorithmHalfLife))
	require.NoError(t, err)
	for day := range 365 {
		fresh := 0
		if day < 330 {
			fresh = 3
		}
		l.day(t, fresh)
	}
	usual := mean(l.reviews[335:])
	before := l.memories(t)

	preview, err := l.service.PreviewSettings(t.Context(), caller, useAlgorithm(domain.AlgorithmFSRS6))
	require.NoError(t, err)
	require.Equal(t, before, l.memories(t), "a preview changes nothing")
	change, err := l.service.ChangeSettings(t.Context(), caller, useAlgorithm(domain.AlgorithmFSRS6))
	require.NoError(t, err)
	assert.Equal(t, preview.Forecast, change.Forecast, "the preview told the truth")
	assert.Positive(t, change.Forecast.Moved)
	for _, day := range change.Forecast.Days {
		assert.LessOrEqual(t, float64(day.After), 1.5*usual, "day %d, usual %.1f", day.Day, usual)
	}
	report, err := l.service.Verify(t.Context(), caller, func(d domain.Difference) { t.Error(d) })
	require.NoError(t, err)
	assert.True(t, report.Clean())

	undone, err := l.service.UndoSchedule(t.Context(), caller)
	require.NoError(t, err)
	assert.Equal(t, domain.AlgorithmHalfLife, undone.Settings.Schedule().Algorithm)
	after := l.memories(t)
	for card, memory := range before {
		memory.Seq = after[card].Seq
		require.Equal(t, memory, after[card], "card %s", card)
	}
	report, err = l.service.Verify(t.Context(), caller, func(d domain.Difference) { t.Error(d) })
	require.NoError(t, err)
	assert.True(t, report.Clean())

	// Again, and a month with it: what comes back within the month counts too.
	_, err = l.service.UndoSchedule(t.Context(), caller)
	require.NoError(t, err)
	for range domain.Horizon {
		l.day(t, 0)
	}
	t.Logf("usual %.1f reviews a day; the 30 days after the change: %v", usual, l.reviews[365:])
	for day, reviews := range l.reviews[365:] {
		assert.LessOrEqual(t, float64(reviews), 1.5*usual, "day %d after the change, usual %.1f", day, usual)
	}
}
