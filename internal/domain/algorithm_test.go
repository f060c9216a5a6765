package domain

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fuzzedSchedule returns a schedule that the settings would accept, made from a seed.
func fuzzedSchedule(t *testing.T, seed uint64, algorithm uint8, retention float64) Schedule {
	random := rand.New(rand.NewPCG(seed, 8))
	schedule := DefaultSchedule()
	schedule.Algorithm = Algorithms()[int(algorithm)%len(Algorithms())]
	if seed > 0 { // 0 keeps the defaults
		schedule.Weights = randomWeights(random)
		schedule.LearningSteps = schedule.LearningSteps[:random.IntN(3)]
		schedule.RelearningSteps = schedule.RelearningSteps[:random.IntN(2)]
		schedule.MaxInterval = 1 + random.IntN(MaxMaxInterval)
	}
	schedule.Retention = MinRetention + (MaxRetention-MinRetention)*fraction(retention)
	var p problems
	schedule.check(&p)
	require.Empty(t, p)
	return schedule
}

// fraction folds any number into 0 <= x < 1.
func fraction(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0.5
	}
	_, x = math.Modf(math.Abs(x))
	return x
}

// FuzzAnswers answers a card by any algorithm, weights, retention, calendar and times: each byte of answers is a rating and
// a pause. It checks what must hold after each of them.
func FuzzAnswers(f *testing.F) {
	zones := []string{"UTC", "Europe/Berlin", "Pacific/Auckland", "Pacific/Honolulu", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "Asia/Beirut"}
	for algorithm := range uint8(3) {
		f.Add(algorithm, uint64(0), 0.9, uint8(0), uint8(4), int64(1773144000), 0.5, []byte{2, 2, 6, 14, 22, 3, 30, 1, 255})
		f.Add(algorithm, uint64(7), 0.0, uint8(1), uint8(2), int64(1774746000), 0.99, []byte{0, 1, 2, 3, 4, 5, 6, 7, 128, 129, 130, 131})
		f.Add(algorithm, uint64(99), 0.999, uint8(6), uint8(0), int64(1325152800), 0.0, []byte{3, 3, 3, 255, 255, 255, 252, 253})
		f.Add(algorithm, uint64(3), 0.5, uint8(4), uint8(23), int64(1775314800), 0.25, []byte{1, 1, 9, 9, 17, 17, 25, 25, 33, 40, 50})
		f.Add(algorithm, uint64(12), 0.1, uint8(5), uint8(0), int64(1772946000), 0.75, []byte{2, 10, 18, 26, 34, 42, 50, 58, 64, 0, 2})
	}
	f.Fuzz(func(t *testing.T, algorithm uint8, seed uint64, retention float64, zone, rollover uint8, start int64, fuzz float64, answers []byte) {
		s := NewScheduler(fuzzedSchedule(t, seed, algorithm, retention))
		c := calendar(t, zones[int(zone)%len(zones)], int(rollover)%24)
		memory, now := NewMemory(), time.Unix(start&(1<<32-1), 0).UTC() // 1970 to 2106
		for _, answer := range answers[:min(len(answers), 60)] {
			pause := float64(answer>>2) / 8 // e to its power, in seconds less one: nothing to 80 years
			now = now.Add(time.Duration((math.Exp(pause*2.75) - 1) * float64(time.Second))).Truncate(time.Millisecond)
			e := Event{
				Kind: KindReview, Card: someCard, Rating: Rating(1 + answer%4), Buttons: 4, AnsweredAt: now,
				Day: c.DayOf(now), Zone: c.Zone(), Rollover: c.Rollover(), Fuzz: fraction(fuzz),
			}
			requireOrder(t, s, memory, e)
			memory = s.Answer(memory, e)
			requireBounds(t, s, memory, e)
		}
	})
}

// requireOrder checks that a better rating never brings the card back earlier. Days count more than any pause.
func requireOrder(t *testing.T, s *Scheduler, before Memory, e Event) {
	t.Helper()
	var worse Interval
	for rating := Hard; rating <= Easy; rating++ {
		e.Rating = rating
		after := s.move(before, &e)
		interval := s.Interval(before, after, e)
		require.True(t, interval.Days >= worse.Days, "%d waits %+v, a worse rating %+v", rating, interval, worse)
		require.True(t, interval.Days > worse.Days || interval.Days == s.schedule.MaxInterval || interval.Pause >= worse.Pause && interval.Pause > 0,
			"%d waits %+v, a worse rating %+v", rating, interval, worse)
		require.True(t, interval.Days <= s.schedule.MaxInterval)
		worse = interval
	}
}

func requireBounds(t *testing.T, s *Scheduler, m Memory, e Event) {
	t.Helper()
	require.True(t, m.Stability > 0 && m.Stability <= maxStability, "stability %v", m.Stability)
	require.True(t, m.Difficulty >= 1 && m.Difficulty <= 10, "difficulty %v", m.Difficulty)
	require.True(t, m.Due.After(e.AnsweredAt), "answered %v, due %v", e.AnsweredAt, m.Due)
	recall := 1.0
	for _, hours := range []float64{0, 0.001, 1, 24, 25, 48, 1000, 24 * 400, 24 * 36500} {
		later := s.Retrievability(m, e.AnsweredAt.Add(time.Duration(hours*float64(time.Hour))))
		require.True(t, later >= 0 && later <= 1, "recall %v after %v hours", later, hours)
		require.True(t, later < recall || hours == 0 && later == 1 || recall < 1e-300, "recall %v, after %v hours %v", recall, hours, later)
		recall = later
	}
	require.InDelta(t, 1, s.Retrievability(m, e.AnsweredAt.Add(-time.Hour)), 0, "a clock that went back is no time at all")
}

// FuzzReplay appends any reviews, in any order of arrival, and checks that the log says the same when it is replayed.
func FuzzReplay(f *testing.F) {
	f.Add(uint64(1), uint8(0), 0.9, []byte{1, 200, 3, 40, 80, 12})
	f.Add(uint64(0), uint8(1), 0.1, []byte{255, 254, 253, 252, 0, 0, 0})
	f.Add(uint64(5), uint8(2), 0.5, []byte{7, 7, 7, 7, 9, 9})
	f.Fuzz(func(t *testing.T, seed uint64, algorithm uint8, retention float64, arrivals []byte) {
		settings := DefaultSettings(someUser)
		settings.Schedules[0] = fuzzedSchedule(t, seed, algorithm, retention)
		p := settings.Projector()
		var log []Event
		for _, arrival := range arrivals[:min(len(arrivals), 40)] {
			at := noon.Add(time.Duration(arrival) * 9 * time.Hour)
			e := answered(at, Rating(1+arrival%4), 2+2*int(arrival/4%2))
			e.ID = EventID(rune('a' + len(log)))
			appended, err := p.Append(e, placeAfter(log))
			require.NoError(t, err)
			log = append(log, appended)
			replayed, err := p.Replay(log)
			require.NoError(t, err)
			require.Equal(t, replayed, appended.After)
		}
	})
}
