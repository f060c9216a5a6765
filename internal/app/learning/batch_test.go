package learning_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const absentID = "0190a000-0000-7000-8000-00000000ffff"

func (d desk) batch(t *testing.T, entries ...domain.Entry) []learning.Outcome {
	t.Helper()
	outcomes, err := d.service.RecordBatch(t.Context(), caller, entries)
	require.NoError(t, err)
	require.Len(t, outcomes, len(entries))
	return outcomes
}

func (d desk) memory(t *testing.T, card domain.CardID) domain.Memory {
	t.Helper()
	memory, err := d.storage.Memories.Memory(t.Context(), caller.User, card)
	require.NoError(t, err)
	return memory.Memory
}

// requireTruth checks that every memory is what the log says.
func (d desk) requireTruth(t *testing.T) {
	t.Helper()
	report, err := d.service.Verify(t.Context(), caller, func(difference domain.Difference) { t.Error(difference) })
	require.NoError(t, err)
	require.True(t, report.Clean())
}

func TestEachEntryOfABatchIsAnsweredOnItsOwn(t *testing.T) {
	d := newDesk(t, 3)
	before := d.answer(t, d.cards[2], domain.Good)
	d.clock.forward(time.Hour)
	good := d.said(d.cards[0], domain.Good)
	good.ID = "0190a000-0000-7000-8000-0000000000a1"
	other := d.said(d.cards[1], domain.Good)
	other.ID = good.ID
	wrong := d.said(d.cards[1], 9)
	lost := d.said(absentID, domain.Good)
	outcomes := d.batch(t,
		good, wrong, good, other, lost,
		domain.Entry{Kind: domain.KindUndo, Undoes: good.ID},
		domain.Entry{Kind: domain.KindUndo, Undoes: before.ID},
		domain.Entry{Kind: domain.KindUndo, Undoes: absentID},
		domain.Entry{Kind: domain.KindReschedule, Card: d.cards[0], FinishedAt: noon},
	)
	var codes []domain.Code
	for _, outcome := range outcomes {
		codes = append(codes, domain.CodeOf(outcome.Err))
	}
	assert.Equal(t, []domain.Code{
		"", domain.CodeInvalid, "", domain.CodeConflict, domain.CodeNotFound, "", "", domain.CodeNotFound, domain.CodeInvalid,
	}, codes)
	assert.False(t, outcomes[0].Repeated)
	assert.True(t, outcomes[2].Repeated)
	assert.Equal(t, outcomes[0].Event, outcomes[2].Event)
	assert.Equal(t, []int64{2, 3, 4}, []int64{outcomes[0].Event.Seq, outcomes[5].Event.Seq, outcomes[6].Event.Seq})
	assert.True(t, d.memory(t, d.cards[0]).IsNew(), "it was taken back in the same batch")
	assert.True(t, d.memory(t, d.cards[2]).IsNew())
	d.requireTruth(t)
}

func TestTwoUndosOfOneEventInABatchAreOne(t *testing.T) {
	d := newDesk(t, 1)
	event := d.answer(t, d.cards[0], domain.Good)
	undo := domain.Entry{Kind: domain.KindUndo, Undoes: event.ID}
	again := undo
	again.ID = "0190a000-0000-7000-8000-0000000000a2"
	outcomes := d.batch(t, undo, again)
	require.NoError(t, outcomes[0].Err)
	assert.False(t, outcomes[0].Repeated)
	assert.True(t, outcomes[1].Repeated)
	assert.Equal(t, outcomes[0].Event, outcomes[1].Event)
	log, err := d.service.Log(t.Context(), caller, 0, 10)
	require.NoError(t, err)
	assert.Len(t, log, 2)
	d.requireTruth(t)
}

func TestABatchSentAgainIsNotDoubled(t *testing.T) {
	d := newDesk(t, 2)
	var entries []domain.Entry
	for i := range 100 {
		entry := d.said(d.cards[i%2], domain.Rating(1+i%4))
		entry.FinishedAt = noon.Add(-time.Duration(100-i) * 26 * time.Hour)
		entry.StartedAt = entry.FinishedAt.Add(-time.Second)
		entries = append(entries, entry)
	}
	first := d.batch(t, entries...)
	again := d.batch(t, entries...)
	for i := range first {
		assert.Equal(t, first[i].Event, again[i].Event)
		assert.True(t, again[i].Repeated)
	}
	log, err := d.service.Log(t.Context(), caller, 0, 500)
	require.NoError(t, err)
	assert.Len(t, log, 100)
	d.requireTruth(t)
	_, err = d.service.RecordBatch(t.Context(), caller, make([]domain.Entry, domain.MaxEntries+1))
	assert.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
}

func TestAnyAnswerCanBeTakenBackWheneverItWas(t *testing.T) {
	d := newDesk(t, 1)
	card := d.cards[0]
	var events []domain.Event
	for range 5 {
		events = append(events, d.answer(t, card, domain.Good))
		d.clock.forward(20 * 24 * time.Hour)
	}
	undo := func(id domain.EventID) (domain.Event, error) {
		return d.service.Record(t.Context(), caller, domain.Entry{Kind: domain.KindUndo, Undoes: id})
	}
	undone, err := undo(events[1].ID)
	require.NoError(t, err)
	assert.Equal(t, 4, d.memory(t, card).Reps)
	assert.Equal(t, events[1].Day, undone.Day, "an undo belongs to the day of what it takes back")
	again, err := undo(events[1].ID)
	require.NoError(t, err)
	assert.Equal(t, undone, again, "twice is once")
	_, err = undo(undone.ID)
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	_, err = undo(absentID)
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	d.requireTruth(t)

	explained, err := d.service.Explain(t.Context(), caller, card)
	require.NoError(t, err)
	require.Len(t, explained, 6)
	assert.True(t, explained[1].Undone)
	assert.Equal(t, explained[1].Before, explained[1].After)
	assert.Equal(t, d.memory(t, card).Stability, explained[4].After.Stability)
	assert.Equal(t, 40, explained[2].Elapsed, "the days since the answer that still counts")
}

func TestAResetMakesACardNewAndCanBeTakenBack(t *testing.T) {
	d := newDesk(t, 1)
	known := d.answer(t, d.cards[0], domain.Good)
	d.clock.forward(time.Hour)
	reset, err := d.service.Record(t.Context(), caller, domain.Entry{Kind: domain.KindReset, Card: d.cards[0], FinishedAt: d.clock.Now()})
	require.NoError(t, err)
	assert.True(t, d.memory(t, d.cards[0]).IsNew())
	assert.Equal(t, d.cards, d.due(t))
	d.requireTruth(t)
	d.clock.forward(time.Hour)
	_, err = d.service.Record(t.Context(), caller, domain.Entry{Kind: domain.KindUndo, Undoes: reset.ID})
	require.NoError(t, err)
	back := d.memory(t, d.cards[0])
	back.Seq = known.Seq
	assert.Equal(t, known.After, back)
	d.requireTruth(t)
}

func TestAnImportedMemoryGoesOnFromThere(t *testing.T) {
	d := newDesk(t, 1)
	due := noon.AddDate(0, 0, 12)
	_, err := d.service.Record(t.Context(), caller, domain.Entry{
		Kind: domain.KindImport, Card: d.cards[0], FinishedAt: noon.AddDate(0, 0, -20),
		Imported: domain.Imported{Stability: 30, Difficulty: 4, Due: due, Reps: 9, Lapses: 2},
	})
	require.NoError(t, err)
	memory := d.memory(t, d.cards[0])
	assert.Equal(t, due, memory.Due)
	assert.Equal(t, 9, memory.Reps)
	d.clock.forward(13 * 24 * time.Hour)
	event := d.answer(t, d.cards[0], domain.Good)
	assert.Greater(t, event.After.Stability, 60.0)
	assert.Equal(t, 10, event.After.Reps)
	d.requireTruth(t)
}

func TestTheDaysOfSomebodyWhoTravelsAreThoseOfTheJourney(t *testing.T) {
	d := newDesk(t, 1)
	zone := func(name string) func(*domain.Settings, *domain.Schedule) {
		return func(s *domain.Settings, _ *domain.Schedule) { s.TimeZone = name }
	}
	d.change(t, zone("Pacific/Auckland"))
	first := d.answer(t, d.cards[0], domain.Good) // 1 in the morning of the 11th there, still the 10th
	assert.Equal(t, "2026-03-10", first.Day.Date().Format(time.DateOnly))
	d.clock.forward(16 * time.Hour) // 17 o'clock of the 11th in Auckland, 18 o'clock of the 10th in Honolulu
	change := d.change(t, zone("Pacific/Honolulu"))
	assert.Nil(t, change.Forecast, "a move changes no due day")
	second := d.answer(t, d.cards[0], domain.Good)
	assert.Equal(t, "2026-03-10", second.Day.Date().Format(time.DateOnly))
	assert.Equal(t, 2, second.After.Reps)
	assert.InDelta(t, first.After.Stability, second.After.Stability, 0.3, "the same day again")
	assert.True(t, second.After.Due.After(second.AnsweredAt))
	assert.Equal(t, 14, second.After.Due.Hour(), "4 o'clock in Honolulu")
	log, err := d.service.Log(t.Context(), caller, 0, 10)
	require.NoError(t, err)
	assert.Equal(t, first, log[0], "the past stays as it was")
	d.requireTruth(t)
}

func TestAChangeThatWasCutOffIsCompleted(t *testing.T) {
	d := newDesk(t, 3)
	for _, card := range d.cards {
		d.answer(t, card, domain.Good)
	}
	// What is left when the process ends right after the new version was stored.
	_, err := d.storage.LearningSettings.UpdateLearningSettings(t.Context(), caller.User, func(s *domain.Settings) error {
		return s.Change(useAlgorithm(domain.AlgorithmSM2), d.clock.Now())
	})
	require.NoError(t, err)
	completed, err := d.service.CompleteChanges(t.Context())
	require.NoError(t, err)
	assert.Zero(t, completed, "it may still be under way")
	d.requireTruth(t)
	d.clock.forward(10 * time.Minute)
	completed, err = d.service.CompleteChanges(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, completed)
	for _, card := range d.cards {
		assert.InDelta(t, 1.0, d.memory(t, card).Stability, 1e-9, "the first interval of SM-2")
	}
	settings, err := d.service.Settings(t.Context(), caller)
	require.NoError(t, err)
	assert.False(t, settings.Pending)
	d.requireTruth(t)
	completed, err = d.service.CompleteChanges(t.Context())
	require.NoError(t, err)
	assert.Zero(t, completed)
}

func TestReadingACardCompletesItsMemory(t *testing.T) {
	d := newDesk(t, 1)
	event := d.answer(t, d.cards[0], domain.Good)
	done, err := d.storage.Projections.Restore(t.Context(), caller.User, d.cards[0], event.Seq, domain.NewMemory())
	require.NoError(t, err)
	require.True(t, done)
	state, err := d.service.Card(t.Context(), caller, d.cards[0], 2)
	require.NoError(t, err)
	assert.Equal(t, event.After, state.Memory)
	assert.Equal(t, event.After, d.memory(t, d.cards[0]))
}

// miscounting is a storage in which an event more is found than the numbers say.
type miscounting struct{ ports.Projections }

func (m miscounting) CountEvents(ctx context.Context, owner domain.UserID) (int64, error) {
	n, err := m.Projections.CountEvents(ctx, owner)
	return n + 1, err
}

func TestAnAuditFindsAGapInTheLog(t *testing.T) {
	d := newDesk(t, 1)
	d.answer(t, d.cards[0], domain.Good)
	storage := d.storage
	storage.Projections = miscounting{storage.Projections}
	report, err := learning.NewAuditor(storage).Verify(t.Context(), caller.User, func(domain.Difference) {})
	require.NoError(t, err)
	assert.False(t, report.Clean())
	assert.Contains(t, report.LogFault, "2 events")
}

func TestTwoReplicasAndFourDevicesGetEveryAnswerIn(t *testing.T) {
	d := newDesk(t, 4)
	twin := learning.New(d.storage, d.clock, system.IDs{})
	var devices sync.WaitGroup
	const each = 40
	for device := range 4 {
		service := []*learning.Service{d.service, twin}[device%2]
		devices.Go(func() {
			for i := range each {
				entry := d.said(d.cards[i%4], domain.Good)
				entry.FinishedAt = noon.Add(-time.Duration(4*i+device) * time.Millisecond)
				entry.StartedAt = entry.FinishedAt
				_, err := service.Record(t.Context(), caller, entry)
				assert.NoError(t, err)
			}
		})
	}
	devices.Wait()
	log, err := d.service.Log(t.Context(), caller, 0, 1000)
	require.NoError(t, err)
	assert.Len(t, log, 4*each)
	d.requireTruth(t)
}
