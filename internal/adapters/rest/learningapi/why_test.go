package learningapi

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestWhy(t *testing.T) {
	review := func(rating domain.Rating) domain.Event { return domain.Event{Kind: domain.KindReview, Rating: rating} }
	memory := func(stability float64) domain.Memory {
		return domain.Memory{Phase: domain.PhaseReview, Stability: stability}
	}
	fuzzed := domain.Interval{Ideal: 34, Low: 31, High: 37, Days: 36}
	bound := func(i domain.Interval, by domain.Bound) domain.Interval {
		i.Bound = by
		return i
	}
	for want, step := range map[string]domain.Explained{
		"Good after 8 days with recall 0.87: stability 12.3 to 34.0 days, ideal 34.0 days, chosen 36 of 31..37.": {
			Event: review(domain.Good), Before: memory(12.3), After: memory(34), Elapsed: 8, Retrievability: 0.87, Interval: fuzzed,
		},
		"Easy on the same day with recall 1.00: stability 12.3 to 34.0 days, ideal 34.0 days, 36 days to be longer than after a worse rating.": {
			Event: review(domain.Easy), Before: memory(12.3), After: memory(34), Retrievability: 1, Interval: bound(fuzzed, domain.BoundWorse),
		},
		"Hard after 1 day with recall 0.90: stability 12.3 to 34.0 days, ideal 34.0 days, 36 days as the longest interval.": {
			Event: review(domain.Hard), Before: memory(12.3), After: memory(34), Elapsed: 1, Retrievability: 0.9, Interval: bound(fuzzed, domain.BoundMaximum),
		},
		"Again on a new card: stability 0.2 days, asked again after 1 minute.": {
			Event: review(domain.Again), Before: domain.NewMemory(), After: memory(0.212), Interval: domain.Interval{Pause: time.Minute},
		},
		"Again on a new card: stability 0.2 days, asked again after 90 seconds.": {
			Event: review(domain.Again), Before: domain.NewMemory(), After: memory(0.212), Interval: domain.Interval{Pause: 90 * time.Second},
		},
		"Again on a new card: stability 0.2 days, asked again after 3 hours.": {
			Event: review(domain.Again), Before: domain.NewMemory(), After: memory(0.212), Interval: domain.Interval{Pause: 3 * time.Hour},
		},
		"Good was taken back: it does not count.":       {Event: review(domain.Good), Undone: true},
		"The import was taken back: it does not count.": {Event: domain.Event{Kind: domain.KindImport}, Undone: true},
		"The event x was taken back.":                   {Event: domain.Event{Kind: domain.KindUndo, Undoes: "x"}},
		"The card was made new again.":                  {Event: domain.Event{Kind: domain.KindReset}},
		"A memory was imported with stability 34.0 days, ideal 34.0 days, chosen 36 of 31..37.": {
			Event: domain.Event{Kind: domain.KindImport}, After: memory(34), Interval: fuzzed,
		},
		"A memory was imported with stability 34.0 days and the due time that came with it.": {
			Event: domain.Event{Kind: domain.KindImport}, After: memory(34), Interval: bound(fuzzed, domain.BoundImported),
		},
		"Schedule version 3 took effect.": {Event: domain.Event{Kind: domain.KindReschedule, ScheduleVersion: 3}},
		"Schedule version 3 took effect, and the card was moved to 1970-01-11 so that no day has too many.": {
			Event:    domain.Event{Kind: domain.KindReschedule, ScheduleVersion: 3, DueDay: 10},
			Interval: domain.Interval{Days: 2, Bound: domain.BoundMoved},
		},
	} {
		t.Run(want, func(t *testing.T) { require.Equal(t, want, why(step)) })
	}
}
