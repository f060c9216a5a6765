package simulation_test

import (
	"context"
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/app/simulation"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// usual is a short run: five people, of whom two have two buttons.
var usual = simulation.Options{Seed: 7, Learners: 5, Days: 30, Cards: 40, First: 20089, AtOnce: 5}

func newStorage(t *testing.T) ports.Storage {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	return store.Ports()
}

// simulate runs a simulation in a storage of its own.
func simulate(t *testing.T, o simulation.Options) (ports.Storage, *simulation.Tally) {
	t.Helper()
	storage, tally := newStorage(t), &simulation.Tally{}
	require.NoError(t, simulation.Run(t.Context(), o, simulation.NewStore(storage, "hash"), tally))
	return storage, tally
}

// logOf returns the whole log of a person.
func logOf(t *testing.T, storage ports.Storage, seed uint64, number int) []domain.Event {
	t.Helper()
	events, err := storage.ReviewLog.Events(t.Context(), simulation.NewPerson(seed, number).ID, 0, 1_000_000)
	require.NoError(t, err)
	require.NotEmpty(t, events)
	return events
}

func TestTheSeedDecidesTheLog(t *testing.T) {
	storage, _ := simulate(t, usual)
	t.Run("the same seed gives the same log, whichever order people take turns in", func(t *testing.T) {
		o := usual
		o.AtOnce = 1
		again, _ := simulate(t, o)
		for number := 1; number <= usual.Learners; number++ {
			assert.Equal(t, logOf(t, storage, usual.Seed, number), logOf(t, again, usual.Seed, number))
		}
	})
	t.Run("another seed gives another", func(t *testing.T) {
		o := usual
		o.Seed, o.Learners = 8, 1
		other, _ := simulate(t, o)
		mine, theirs := logOf(t, storage, 7, 1), logOf(t, other, 8, 1)
		assert.NotEqual(t, mine[0].User, theirs[0].User)
		assert.NotEqual(t, mine[0].ID, theirs[0].ID)
		assert.NotEqual(t, answersOf(mine), answersOf(theirs))
	})
	t.Run("fewer people and days give the beginning of the same logs", func(t *testing.T) {
		o := usual
		o.Learners, o.Days = 2, 15
		shorter, _ := simulate(t, o)
		for number := 1; number <= 2; number++ {
			begun, whole := logOf(t, shorter, usual.Seed, number), logOf(t, storage, usual.Seed, number)
			assert.Equal(t, whole[:len(begun)], begun)
			assert.Less(t, len(begun), len(whole))
		}
	})
}

// answersOf returns when which rating was given.
func answersOf(events []domain.Event) map[time.Time]domain.Rating {
	answers := map[time.Time]domain.Rating{}
	for _, event := range events {
		answers[event.FinishedAt] = event.Rating
	}
	return answers
}

func TestWhatPeopleDo(t *testing.T) {
	storage, tally := simulate(t, usual)
	t.Run("leaves logs without gaps, and memories that follow from them", func(t *testing.T) {
		auditor := learning.NewAuditor(storage)
		for number := 1; number <= usual.Learners; number++ {
			events := logOf(t, storage, usual.Seed, number)
			for i, event := range events {
				require.EqualValues(t, i+1, event.Seq)
			}
			report, err := auditor.Verify(t.Context(), events[0].User, func(d domain.Difference) { t.Errorf("differs: %+v", d) })
			require.NoError(t, err)
			assert.True(t, report.Clean(), "%+v", report)
			assert.Equal(t, usual.Cards, report.Cards)
			assert.Equal(t, len(events), report.Events)
		}
	})
	t.Run("is counted", func(t *testing.T) {
		var want [2]simulation.Counts
		for number := 1; number <= usual.Learners; number++ {
			c := &want[simulation.NewPerson(usual.Seed, number).Buttons/4]
			c.Learners++
			c.Cards += int64(usual.Cards)
			for _, event := range logOf(t, storage, usual.Seed, number) {
				c.Reviews++
				if event.Rating != domain.Again {
					c.Right++
				}
			}
		}
		assert.Equal(t, want, [2]simulation.Counts{tally.TwoButtons(), tally.FourButtons()})
		assert.Equal(t, want[0].Reviews+want[1].Reviews, tally.All().Reviews)
		assert.EqualValues(t, usual.Learners*usual.Days, tally.Days())
	})
	t.Run("happens on the days on which they study, within the day, one answer after the other", func(t *testing.T) {
		planned := map[simulation.Doing]int{}
		for number := 1; number <= usual.Learners; number++ {
			person := simulation.NewPerson(usual.Seed, number)
			plan := person.Plan(usual.First, usual.Days)
			for _, doing := range plan {
				planned[doing]++
			}
			var last time.Time
			for _, event := range logOf(t, storage, usual.Seed, number) {
				require.Equal(t, simulation.Studies, plan[event.Day-usual.First], "day %d of learner %d", event.Day-usual.First, number)
				require.Equal(t, person.Calendar.DayOf(event.RecordedAt), event.Day, "the clock is the simulated one")
				require.Equal(t, person.Calendar.Zone(), event.Zone)
				require.True(t, event.StartedAt.After(last) && event.FinishedAt.After(event.StartedAt))
				last = event.FinishedAt
			}
		}
		assert.Len(t, planned, 3, "there are holidays, and days that are skipped")
	})
	t.Run("keeps to the limit of new cards", func(t *testing.T) {
		for number := 1; number <= usual.Learners; number++ {
			events, most := logOf(t, storage, usual.Seed, number), 0
			for day := usual.First; day < usual.First+domain.Day(usual.Days); day++ {
				fresh := 0
				for _, event := range events {
					if event.Day == day && event.Asked.Phase == domain.PhaseNew {
						fresh++
					}
				}
				most = max(most, fresh)
			}
			assert.LessOrEqual(t, most, simulation.NewPerson(usual.Seed, number).NewPerDay)
		}
	})
	t.Run("with two buttons is right or wrong, with four all of them", func(t *testing.T) {
		pressed := map[int]map[domain.Rating]bool{2: {}, 4: {}}
		for number := 1; number <= usual.Learners; number++ {
			for _, event := range logOf(t, storage, usual.Seed, number) {
				pressed[event.Buttons][event.Rating] = true
			}
		}
		assert.Equal(t, map[domain.Rating]bool{domain.Again: true, domain.Good: true}, pressed[2])
		assert.Equal(t, map[domain.Rating]bool{domain.Again: true, domain.Hard: true, domain.Good: true, domain.Easy: true}, pressed[4])
	})
}

func TestTheSchedulerDoesNotKnowTheirMemories(t *testing.T) {
	o := usual
	o.Days, o.Cards, o.Learners = 100, 80, 4
	storage, _ := simulate(t, o)
	var asked, recalled, farthest float64
	for number := 1; number <= o.Learners; number++ {
		var own, right, predicted float64
		for _, event := range logOf(t, storage, o.Seed, number) {
			if event.Asked.Phase != domain.PhaseReview {
				continue
			}
			own++
			predicted += event.Asked.Recall
			if event.Rating != domain.Again {
				right++
			}
		}
		t.Logf("learner %d: of %.0f reviews %.3f were recalled, %.3f predicted", number, own, right/own, predicted/own)
		farthest = max(farthest, math.Abs(right-predicted)/own)
		asked, recalled = asked+own, recalled+right
	}
	assert.InDelta(t, 0.86, recalled/asked, 0.06, "people remember what a person plausibly does")
	assert.Greater(t, farthest, 0.03, "of some it is not what was predicted")
}

func TestARunRefusesAndStops(t *testing.T) {
	o := usual
	o.Learners, o.Days = 2, 5
	t.Run("people who are there already are not simulated again", func(t *testing.T) {
		storage, _ := simulate(t, o)
		before := logOf(t, storage, o.Seed, 1)
		o.Learners = 3
		err := simulation.Run(t.Context(), o, simulation.NewStore(storage, "hash"), &simulation.Tally{})
		assert.Equal(t, domain.CodeEmailTaken, domain.CodeOf(err))
		assert.Equal(t, before, logOf(t, storage, o.Seed, 1))
	})
	t.Run("it ends when its context does", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		tally := &simulation.Tally{}
		school := &closing{School: simulation.NewStore(newStorage(t), "hash"), close: cancel}
		assert.ErrorIs(t, simulation.Run(ctx, o, school, tally), context.Canceled)
		assert.Zero(t, tally.Days())
	})
	t.Run("it ends at the first error, and says whose it was", func(t *testing.T) {
		storage := newStorage(t)
		storage.StudyQueue = noQueue{storage.StudyQueue}
		err := simulation.Run(t.Context(), o, simulation.NewStore(storage, "hash"), &simulation.Tally{})
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.ErrorContains(t, err, "learner ")
		assert.ErrorContains(t, err, "day 2025-01-0")
	})
}

// closing is a school that closes once people are enrolled.
type closing struct {
	simulation.School
	close func()
}

func (c *closing) Enrol(ctx context.Context, person simulation.Person, cards []domain.CardText, now time.Time) (simulation.Desk, []domain.CardID, error) {
	desk, ids, err := c.School.Enrol(ctx, person, cards, now)
	if person.Number == 3 {
		c.close()
	}
	return desk, ids, err
}

// noQueue does not answer.
type noQueue struct{ ports.StudyQueue }

func (noQueue) StudyIDs(context.Context, domain.UserID, ports.StudyQuery) ([]domain.CardID, error) {
	return nil, domain.NewError(domain.CodeUnavailable, "The storage does not answer.")
}
