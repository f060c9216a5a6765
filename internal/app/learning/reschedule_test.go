package learning_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
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

// interruptedLog is a log before whose appends something happens.
type interruptedLog struct {
	ports.ReviewLog
	before func() error
}

func (l *interruptedLog) Append(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	if err := l.before(); err != nil {
		return err
	}
	return l.ReviewLog.Append(ctx, owner, events)
}

// storedSettings is the port under a name that hides none of its methods.
type storedSettings = ports.LearningSettings

// interruptedSettings are settings before whose updates something happens.
type interruptedSettings struct {
	storedSettings
	before func() error
}

func (s *interruptedSettings) UpdateLearningSettings(
	ctx context.Context, owner domain.UserID, edit func(*domain.Settings) error,
) (domain.Settings, error) {
	if err := s.before(); err != nil {
		return domain.Settings{}, err
	}
	return s.storedSettings.UpdateLearningSettings(ctx, owner, edit)
}

// errCut is what a process sees of a storage that it is cut off from.
var errCut = errors.New("cut off")

// interrupted returns a service at the same storage before whose appends or updates of the settings something happens.
func (d desk) interrupted(appending, update func() error) *learning.Service {
	storage := d.storage
	if appending != nil {
		storage.ReviewLog = &interruptedLog{storage.ReviewLog, appending}
	}
	if update != nil {
		storage.LearningSettings = &interruptedSettings{storage.LearningSettings, update}
	}
	return learning.New(storage, d.clock, system.IDs{})
}

// study answers most cards some times over some weeks.
func (d desk) study(t *testing.T) {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	for range 3 {
		var entries []domain.Entry
		for _, card := range d.cards {
			if random.IntN(4) > 0 {
				entry := d.said(card, domain.Rating(1+random.IntN(4)))
				entry.Buttons = 4
				entries = append(entries, entry)
			}
		}
		for part := range slices.Chunk(entries, domain.MaxEntries) {
			_, err := d.service.RecordBatch(t.Context(), caller, part)
			require.NoError(t, err)
		}
		d.clock.forward(time.Duration(1+random.IntN(14)) * 24 * time.Hour)
	}
}

func (d desk) memories(t *testing.T) map[domain.CardID]domain.Memory {
	found := map[domain.CardID]domain.Memory{}
	for memory, err := range d.storage.Memories.DeckMemories(t.Context(), caller.User, []domain.DeckID{d.deck}) {
		require.NoError(t, err)
		memory.Memory.Seq = 0
		found[memory.Card] = memory.Memory
	}
	return found
}

// requireMovedOnce checks that no schedule version moved a card twice.
func (d desk) requireMovedOnce(t *testing.T) {
	t.Helper()
	for _, card := range d.cards {
		events, err := d.storage.ReviewLog.CardEvents(t.Context(), caller.User, card)
		require.NoError(t, err)
		moved := map[int]bool{}
		for _, event := range events {
			if event.Kind == domain.KindReschedule {
				require.False(t, moved[event.ScheduleVersion], "card %s is moved once by version %d", card, event.ScheduleVersion)
				moved[event.ScheduleVersion] = true
			}
		}
	}
}

// requireSettled checks that the newest schedule version has reached every card.
func (d desk) requireSettled(t *testing.T) {
	t.Helper()
	settings, err := d.storage.LearningSettings.LearningSettings(t.Context(), caller.User)
	require.NoError(t, err)
	require.False(t, settings.Pending)
	for _, card := range d.cards {
		events, err := d.storage.ReviewLog.CardEvents(t.Context(), caller.User, card)
		require.NoError(t, err)
		memory, err := d.storage.Memories.Memory(t.Context(), caller.User, card)
		require.NoError(t, err)
		replayed := settings.Projector().Current().Replay(events, memory.Memory.Seq)
		require.True(t, domain.SameMemory(replayed, memory.Memory), "card %s is under version %d", card, settings.Schedule().Version)
	}
	report, err := d.service.Verify(t.Context(), caller, func(d domain.Difference) { t.Error(d) })
	require.NoError(t, err)
	require.True(t, report.Clean())
}

func TestAChangeOfTheScheduleDuringAnotherOneWins(t *testing.T) {
	again := map[string]func(d desk, t *testing.T){
		"changed again": func(d desk, t *testing.T) { d.change(t, useAlgorithm(domain.AlgorithmHalfLife)) },
		"undone": func(d desk, t *testing.T) {
			_, err := d.service.UndoSchedule(t.Context(), caller)
			require.NoError(t, err)
		},
	}
	for outcome, change := range again {
		t.Run(outcome, func(t *testing.T) {
			d := newDesk(t, 30)
			d.study(t)
			before := d.memories(t)
			met := false
			slow := d.interrupted(func() error {
				if !met {
					met = true
					change(d, t)
				}
				return nil
			}, nil)
			slowly, err := slow.ChangeSettings(t.Context(), caller, useAlgorithm(domain.AlgorithmSM2))
			require.NoError(t, err)
			require.True(t, met)
			assert.Equal(t, 3, slowly.Settings.Schedule().Version)
			d.requireSettled(t)
			d.requireMovedOnce(t)
			if outcome == "undone" {
				assert.Equal(t, before, d.memories(t), "every due time is what it was")
			}
		})
	}
}

func TestAnUndoThatWasCutOffAfterItsLastEventMovesNoCard(t *testing.T) {
	d := newDesk(t, 30)
	first := d
	first.cards = d.cards[:10]
	first.study(t)
	d.change(t, useAlgorithm(domain.AlgorithmSM2))
	for _, card := range d.cards[10:] { // the change does not know of these, which are all due on one day
		entry := domain.Entry{Kind: domain.KindImport, Card: card, FinishedAt: d.clock.Now(), Imported: domain.Imported{
			Stability: 20, Difficulty: 5, Due: d.clock.Now().Add(10 * 24 * time.Hour), Reps: 3,
		}}
		_, err := d.service.Record(t.Context(), caller, entry)
		require.NoError(t, err)
	}
	updates := 0
	weak := d.interrupted(nil, func() error {
		if updates++; updates > 1 {
			return errCut
		}
		return nil
	})
	_, err := weak.UndoSchedule(t.Context(), caller)
	require.ErrorIs(t, err, errCut)
	before := d.memories(t)
	d.clock.forward(3 * time.Minute)
	done, err := d.service.CompleteChanges(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, done)
	d.requireSettled(t)
	assert.Equal(t, before, d.memories(t))
}

func TestAChangeThatWasCutOffAnywhereIsCompletedByASweep(t *testing.T) {
	d := newDesk(t, 560) // a full batch of events, and a part of one
	d.study(t)
	for cut := range 2 {
		before := d.memories(t)
		for _, undo := range []bool{false, true} {
			appended := 0
			weak := d.interrupted(func() error {
				if appended++; appended > cut {
					return errCut
				}
				return nil
			}, nil)
			if undo {
				_, _ = weak.UndoSchedule(t.Context(), caller)
			} else {
				_, _ = weak.ChangeSettings(t.Context(), caller, useAlgorithm(domain.AlgorithmSM2))
			}
			d.clock.forward(3 * time.Minute)
			_, err := d.service.CompleteChanges(t.Context())
			require.NoError(t, err)
			d.requireSettled(t)
		}
		require.Equal(t, before, d.memories(t), "cut off after %d batches", cut)
	}
}

func TestAChangeThatFailsKeepsNobodyElseWaiting(t *testing.T) {
	d := newDesk(t, 3)
	d.study(t)
	fail := func() error { return errCut }
	_, err := d.interrupted(fail, nil).ChangeSettings(t.Context(), caller, useAlgorithm(domain.AlgorithmSM2))
	require.ErrorIs(t, err, errCut)
	d.clock.forward(time.Minute)
	others := []domain.UserID{"0190a000-0000-7000-8000-0000000000b1", "0190a000-0000-7000-8000-0000000000b2"}
	for _, other := range others {
		_, err := d.storage.LearningSettings.UpdateLearningSettings(t.Context(), other, func(s *domain.Settings) error {
			return s.Change(useAlgorithm(domain.AlgorithmSM2), d.clock.Now())
		})
		require.NoError(t, err)
	}
	d.clock.forward(3 * time.Minute)
	done, err := d.interrupted(fail, nil).CompleteChanges(t.Context())
	assert.ErrorIs(t, err, errCut)
	assert.Equal(t, len(others), done)
	done, err = d.service.CompleteChanges(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, done, "the one whose change failed")
}

func TestSweepsOfSeveralProcessesDoubleNothing(t *testing.T) {
	d := newDesk(t, 60)
	d.study(t)
	_, err := d.storage.LearningSettings.UpdateLearningSettings(t.Context(), caller.User, func(s *domain.Settings) error {
		return s.Change(useAlgorithm(domain.AlgorithmSM2), d.clock.Now())
	})
	require.NoError(t, err)
	d.clock.forward(3 * time.Minute)
	var sweeps sync.WaitGroup
	for range 3 {
		process := learning.New(d.storage, d.clock, system.IDs{})
		sweeps.Go(func() {
			_, err := process.CompleteChanges(t.Context())
			assert.NoError(t, err)
		})
	}
	sweeps.Wait()
	d.requireSettled(t)
	d.requireMovedOnce(t)
}
