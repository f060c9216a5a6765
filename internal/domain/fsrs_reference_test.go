package domain

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	fsrs "github.com/open-spaced-repetition/go-fsrs/v4"
	"github.com/stretchr/testify/require"
)

// randomSettings returns settings with any time zone, rollover, weights within their bounds, retention and steps.
func randomSettings(random *rand.Rand) Settings {
	zones := []string{"UTC", "Europe/Berlin", "Pacific/Auckland", "Pacific/Honolulu", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu"}
	settings := DefaultSettings(someUser)
	settings.TimeZone, settings.RolloverHour = zones[random.IntN(len(zones))], random.IntN(24)
	schedule := &settings.Schedules[0]
	schedule.Retention = MinRetention + (MaxRetention-MinRetention)*random.Float64()
	schedule.LearningSteps = schedule.LearningSteps[:random.IntN(3)]
	schedule.RelearningSteps = schedule.RelearningSteps[:random.IntN(2)]
	if random.IntN(2) == 0 {
		schedule.Weights = randomWeights(random)
	}
	return settings
}

// randomWeights returns weights within their bounds, the bounds themselves among them.
func randomWeights(random *rand.Rand) [21]float64 {
	var weights [21]float64
	for i, bounds := range weightRanges {
		at := min(max(1.2*random.Float64()-0.1, 0), 1)
		weights[i] = bounds[0] + at*(bounds[1]-bounds[0])
	}
	return weights
}

// reference moves a memory state by go-fsrs alone. Only the first stability is ours: the library never starts below 0.1.
func reference(p *fsrs.Parameters, state *fsrs.MemoryState, days int, rating Rating) *fsrs.MemoryState {
	next := p.NextState(state, 0.9, uint64(days), fsrs.Rating(rating)).Memory
	if state == nil {
		next.Stability = p.W[rating-1]
	}
	return &next
}

func TestStabilityAndDifficultyAreThoseOfTheReference(t *testing.T) {
	const histories, groups = 100_000, 10
	for group := range groups {
		t.Run(fmt.Sprintf("histories %d", group+1), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(uint64(group), 6))
			for range histories / groups {
				followReference(t, random)
			}
		})
	}
}

// followReference lets one random history of 1 to 6 answers, many of them on the same day and in different places of the
// world, run through the log and through the reference.
func followReference(t *testing.T, random *rand.Rand) {
	t.Helper()
	settings := randomSettings(random)
	p := settings.Projector()
	parameters := fsrs.DefaultParam()
	parameters.W = settings.Schedules[0].Weights
	pauses := []time.Duration{time.Second, time.Hour, 24 * time.Hour, 40 * 24 * time.Hour}
	var log []Event
	var state *fsrs.MemoryState
	for now, i := noon, 0; i < 1+random.IntN(6); i++ {
		now = now.Add(time.Duration(1+random.IntN(30)) * pauses[random.IntN(len(pauses))])
		if random.IntN(6) == 0 {
			settings.TimeZone = randomSettings(random).TimeZone // the person travels
		}
		entry := Entry{Kind: KindReview, Card: someCard, StartedAt: now, FinishedAt: now, Rating: Rating(1 + random.IntN(4)), Buttons: 2 + 2*random.IntN(2)}
		e, err := p.Append(NewEvent(someUser, entry, someDeck, nil, settings, now), placeAfter(log))
		require.NoError(t, err)
		days := 0
		if len(log) > 0 {
			days = max(int(e.Day-log[len(log)-1].Day), 0)
		}
		state = reference(&parameters, state, days, entry.Rating)
		log = append(log, e)
		if e.After.Stability != state.Stability || e.After.Difficulty != state.Difficulty {
			require.Equal(t, *state, fsrs.MemoryState{Stability: e.After.Stability, Difficulty: e.After.Difficulty}, "%+v", log)
		}
	}
	replayed, err := p.Replay(log)
	require.NoError(t, err)
	if replayed != last(log) {
		require.Equal(t, last(log), replayed, "%+v", log)
	}
}
