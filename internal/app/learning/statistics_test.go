package learning_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (d desk) statistics(t *testing.T, from, to domain.Day, deck domain.DeckID) learning.Statistics {
	t.Helper()
	statistics, err := d.service.Statistics(t.Context(), caller, from, to, deck)
	require.NoError(t, err)
	return statistics
}

// slowly counts a day of a log in the most obvious way: from the whole log, event by event, by replay.
func slowly(t *testing.T, log []domain.Event, settings domain.Settings, day domain.Day) domain.Tally {
	t.Helper()
	undone := map[domain.EventID]bool{}
	for _, event := range log {
		undone[event.Undoes] = true
	}
	sum := domain.Tally{Hours: map[int]domain.Count{}, Bins: map[int]domain.Bin{}}
	for i, event := range log {
		if event.Kind != domain.KindReview || undone[event.ID] || event.Day != day {
			continue
		}
		right := 0
		if event.Rating > domain.Again {
			right = 1
		}
		one := domain.Count{Reviews: 1, Correct: right}
		sum.Count = sum.Plus(one)
		sum.Millis += min(event.FinishedAt.Sub(event.StartedAt).Milliseconds(), 60_000)
		zone, err := time.LoadLocation(event.Zone)
		require.NoError(t, err)
		sum.Hours[event.AnsweredAt.In(zone).Hour()] = sum.Hours[event.AnsweredAt.In(zone).Hour()].Plus(one)
		before := memoryBefore(t, log[:i], event, settings)
		switch {
		case before.IsNew():
			sum.New++
		case before.Phase == domain.PhaseReview:
			calendar, err := domain.NewCalendar(event.Zone, event.Rollover)
			require.NoError(t, err)
			if calendar.DayOf(before.Due)-before.LastDay < 21 {
				sum.Young = sum.Young.Plus(one)
			} else {
				sum.Mature = sum.Mature.Plus(one)
			}
			days := math.Max(float64(event.Day-before.LastDay), 0)
			scheduler, err := settings.Projector().Scheduler(event.ScheduleVersion)
			require.NoError(t, err)
			recall := scheduler.Retrievability(before, before.LastReview.Add(time.Duration(days*24)*time.Hour))
			index := int(math.Min(recall*20, 19))
			bin := sum.Bins[index]
			sum.Bins[index] = domain.Bin{Count: bin.Plus(one), Predicted: bin.Predicted + int64(math.Round(recall*1e6))}
		}
	}
	return sum
}

// memoryBefore replays the events of the card that came before an answer, in the log and in time.
func memoryBefore(t *testing.T, log []domain.Event, event domain.Event, settings domain.Settings) domain.Memory {
	t.Helper()
	scheduler, err := settings.Projector().Scheduler(event.ScheduleVersion)
	require.NoError(t, err)
	var earlier []domain.Event
	for _, other := range log {
		if other.Card != event.Card {
			continue
		}
		first := other.AnsweredAt.Before(event.AnsweredAt) || other.AnsweredAt.Equal(event.AnsweredAt) && other.ID < event.ID
		if first || other.Kind == domain.KindUndo {
			earlier = append(earlier, other)
		}
	}
	return scheduler.Replay(earlier, 0)
}

// misbehave does something that happens to logs.
func (d desk) misbehave(t *testing.T, random *rand.Rand, events []domain.Event) []domain.Event {
	t.Helper()
	d.clock.forward(time.Duration(random.IntN(40)) * time.Hour)
	card := d.cards[random.IntN(len(d.cards))]
	entry := d.said(card, domain.Rating(1+random.IntN(4)))
	entry.Buttons = 4
	entry.StartedAt = entry.FinishedAt.Add(-time.Duration(random.IntN(90_000)) * time.Millisecond)
	switch random.IntN(10) {
	case 0: // late
		late := time.Duration(random.IntN(60*24*3600)) * time.Second
		entry.FinishedAt, entry.StartedAt = entry.FinishedAt.Add(-late), entry.StartedAt.Add(-late)
	case 1:
		if len(events) > 0 {
			entry = domain.Entry{Kind: domain.KindUndo, Undoes: events[random.IntN(len(events))].ID}
		}
	case 2:
		entry = domain.Entry{Kind: domain.KindReset, Card: card, FinishedAt: d.clock.Now()}
	case 3:
		zones := []string{"Pacific/Auckland", "Pacific/Honolulu", "Europe/Berlin", "UTC"}
		d.change(t, func(s *domain.Settings, _ *domain.Schedule) { s.TimeZone = zones[random.IntN(4)] })
	}
	event, err := d.service.Record(t.Context(), caller, entry)
	require.NoError(t, err)
	if event.Kind == domain.KindUndo {
		return events
	}
	return append(events, event)
}

func TestStatisticsEqualASlowCountWhateverHappens(t *testing.T) {
	for person := range 50 {
		t.Run(fmt.Sprint(person), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(uint64(person), 5))
			d := newDesk(t, 4)
			var events []domain.Event
			for range 4 {
				for range 25 {
					events = d.misbehave(t, random, events)
				}
				if random.IntN(2) == 0 {
					_, err := d.service.Rebuild(t.Context(), caller, func(domain.Difference) {})
					require.NoError(t, err)
				}
				d.requireStatistics(t)
			}
		})
	}
}

// requireStatistics holds the statistics of every day against a slow count.
func (d desk) requireStatistics(t *testing.T) {
	t.Helper()
	settings, err := d.service.Settings(t.Context(), caller)
	require.NoError(t, err)
	log, err := d.service.Log(t.Context(), caller, 0, 1000)
	require.NoError(t, err)
	from, to := log[0].Day, log[0].Day
	for _, event := range log {
		from, to = min(from, event.Day), max(to, event.Day)
	}
	found := map[domain.Day]domain.Tally{}
	statistics := d.statistics(t, from, to, "")
	for _, day := range statistics.Days {
		found[day.Day] = day.Tally
	}
	total := domain.Tally{}
	for day := from; day <= to; day++ {
		want := slowly(t, log, settings, day)
		total.Merge(&want)
		if want.Reviews == 0 {
			require.NotContains(t, found, day)
			continue
		}
		require.Equal(t, want, found[day], "day %d", day)
	}
	require.Equal(t, total, statistics.Total)
	require.Equal(t, statistics.Total, d.statistics(t, from, to, d.deck).Total, "there is one deck")
	d.requireProjections(t, log, settings, statistics)
}

// requireProjections holds streak, forecast and progress against what a slow replay gives.
func (d desk) requireProjections(t *testing.T, log []domain.Event, settings domain.Settings, statistics learning.Statistics) {
	t.Helper()
	histories, busy := map[domain.CardID][]domain.Event{}, map[domain.Day]bool{}
	for _, event := range log {
		histories[event.Card] = append(histories[event.Card], event)
		busy[event.Day] = slowly(t, log, settings, event.Day).Reviews > 0
	}
	today, streak := statistics.Today, 0
	for day := today; busy[day] || day == today; day-- {
		if busy[day] {
			streak++
		}
	}
	require.Equal(t, streak, statistics.Streak)

	forecast := make([]int, domain.Horizon)
	for _, history := range histories {
		memory, err := settings.Projector().Replay(history)
		require.NoError(t, err)
		due := max(settings.Calendar().DayOf(memory.Due)-today, 0)
		if memory.Phase == domain.PhaseReview && due < domain.Horizon {
			forecast[due]++
		}
	}
	require.Equal(t, forecast, statistics.Forecast)

	scheduler := settings.Projector().Current()
	scores := make([]float64, 90)
	for i := range scores {
		day := today - 89 + domain.Day(i)
		for _, history := range histories {
			memory := scheduler.Replay(until(history, day), 0)
			if !memory.IsNew() {
				days := math.Max(float64(day-memory.LastDay), 0)
				at := memory.LastReview.Add(time.Duration(days) * 24 * time.Hour)
				scores[i] += scheduler.Retrievability(memory, at) / float64(len(d.cards))
			}
		}
	}
	progress, err := d.service.Progress(t.Context(), caller, d.deck, today-89, today)
	require.NoError(t, err)
	require.InDeltaSlice(t, scores, progress.Scores, 1e-9)
}

// until returns the events of a card that count and had happened when a day was over for the last time.
func until(history []domain.Event, day domain.Day) []domain.Event {
	undone := map[domain.EventID]bool{}
	for _, event := range history {
		undone[event.Undoes] = true
	}
	var counts []domain.Event
	for _, event := range history {
		if event.Kind != domain.KindUndo && !undone[event.ID] {
			counts = append(counts, event)
		}
	}
	slices.SortFunc(counts, func(a, b domain.Event) int {
		return cmp.Or(a.AnsweredAt.Compare(b.AnsweredAt), cmp.Compare(a.ID, b.ID))
	})
	happened := 0
	for i, event := range counts {
		if event.Day <= day {
			happened = i + 1
		}
	}
	return counts[:happened]
}

func TestAStreakGoesOnUntilADayIsMissed(t *testing.T) {
	d := newDesk(t, 1)
	today := func() domain.Day { return domain.DefaultCalendar().DayOf(d.clock.Now()) }
	streak := func() int { return d.statistics(t, today(), today(), "").Streak }
	assert.Zero(t, streak())
	for day := range 400 {
		d.answer(t, d.cards[0], domain.Good)
		if day == 0 || day == 399 {
			assert.Equal(t, day+1, streak())
		}
		d.clock.forward(24 * time.Hour)
	}
	assert.Equal(t, 400, streak(), "today is not over")
	d.clock.forward(24 * time.Hour)
	assert.Zero(t, streak())
}

func TestAForecastCountsWhatFallsDue(t *testing.T) {
	d := newDesk(t, 3)
	due := map[time.Time]int{}
	for _, card := range d.cards[:2] {
		due[d.fourButtons(t, card, domain.Easy).After.Due]++
	}
	today := domain.DefaultCalendar().DayOf(d.clock.Now())
	for _, deck := range []domain.DeckID{"", d.deck} {
		forecast := d.statistics(t, today, today, deck).Forecast
		for at, n := range due {
			assert.Equal(t, n, forecast[domain.DefaultCalendar().DayOf(at)-today])
		}
	}
	d.clock.forward(100 * 24 * time.Hour)
	assert.Equal(t, 2, d.statistics(t, today, today, "").Forecast[0], "overdue")
}

func TestStatisticsOfARangeThatIsNoneAreRefused(t *testing.T) {
	d := newDesk(t, 1)
	for _, to := range []domain.Day{99, 100 + learning.MaxStatisticsDays} {
		_, err := d.service.Statistics(t.Context(), caller, 100, to, "")
		assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	}
	_, err := d.service.Statistics(t.Context(), caller, 100, 101, absentID)
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}
