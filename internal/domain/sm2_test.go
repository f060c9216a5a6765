package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The vectors were computed by hand from the paper: EF' = EF + (0.1 - (5-q) * (0.08 + (5-q) * 0.02)), so that Easy (q 5) adds
// 0.1, Good (4) nothing, and Hard (3) takes 0.14; I(1) = 1, I(2) = 6, I(n) = I(n-1) * EF'.

type sm2Answer struct {
	rating         Rating
	elapsed        int
	interval, ease float64
}

func TestSM2FollowsThePaper(t *testing.T) {
	for name, answers := range map[string][]sm2Answer{
		"right answers wait 1, 6, and then the ease factor times longer": {
			{Good, 0, 1, 2.5}, {Good, 1, 6, 2.5}, {Good, 6, 15, 2.5}, {Good, 15, 37.5, 2.5},
		},
		"hard answers make it harder": {
			{Hard, 0, 1, 2.36}, {Hard, 1, 6, 2.22}, {Hard, 6, 12.48, 2.08}, {Good, 12, 25.9584, 2.08},
		},
		"easy answers make it easier": {
			{Easy, 0, 1, 2.6}, {Easy, 1, 6, 2.7}, {Easy, 6, 16.8, 2.8},
		},
		"a failure begins again, with the ease factor that it had": {
			{Good, 0, 1, 2.5}, {Hard, 1, 6, 2.36}, {Good, 6, 14.16, 2.36}, {Again, 14, 1, 2.36}, {Good, 1, 6, 2.36}, {Good, 6, 14.16, 2.36},
		},
		"a failed new card waits a day": {
			{Again, 0, 1, 2.5}, {Good, 1, 6, 2.5},
		},
		"the ease factor ends at 1.3": {
			{Hard, 0, 1, 2.36}, {Hard, 1, 6, 2.22}, {Hard, 6, 12.48, 2.08}, {Hard, 12, 24.2112, 1.94}, {Hard, 24, 43.58016, 1.8},
			{Hard, 43, 72.3430656, 1.66}, {Hard, 72, 109.961459712, 1.52}, {Hard, 109, 151.74681440256, 1.38},
			{Hard, 151, 197.270858723328, 1.3}, {Hard, 197, 256.4521163403264, 1.3},
		},
		"answers on the same day change nothing": {
			{Good, 0, 1, 2.5}, {Easy, 0, 1, 2.5}, {Hard, 0, 1, 2.5}, {Good, 1, 6, 2.5}, {Hard, 0, 6, 2.5},
		},
		"but a failure on the same day begins again": {
			{Good, 0, 1, 2.5}, {Good, 1, 6, 2.5}, {Again, 0, 1, 2.5}, {Good, 0, 1, 2.5}, {Good, 1, 6, 2.5},
		},
	} {
		t.Run(name, func(t *testing.T) {
			memory := NewMemory()
			for i, a := range answers {
				memory.Stability, memory.Difficulty = sm2{}.Next(memory, a.elapsed, a.rating)
				memory.Phase = PhaseReview
				require.InEpsilon(t, a.interval, memory.Stability, 1e-9, "interval after answer %d", i+1)
				require.InEpsilon(t, a.ease, easeOf(memory.Difficulty), 1e-9, "ease factor after answer %d", i+1)
			}
		})
	}
}

func TestSM2EndsAtItsBounds(t *testing.T) {
	memory := NewMemory()
	for range 40 {
		memory.Stability, memory.Difficulty = sm2{}.Next(memory, 1, Easy)
		memory.Phase = PhaseReview
	}
	assert.InDelta(t, 3.7, easeOf(memory.Difficulty), 1e-9)
	assert.InDelta(t, maxStability, memory.Stability, 0)
}

func TestEaseIsKeptAsDifficulty(t *testing.T) {
	for ease, difficulty := range map[float64]float64{1.3: 10, 2.5: 5.5, 3.7: 1} {
		assert.InDelta(t, difficulty, difficultyOf(ease), 1e-9)
		assert.InDelta(t, ease, easeOf(difficulty), 1e-9)
	}
}

func TestSM2WaitsForItsInterval(t *testing.T) {
	assert.InEpsilon(t, 15, sm2{}.Interval(15, 0.9), 1e-12)
	assert.InEpsilon(t, 0.9, sm2{}.Retrievability(15, 15), 1e-12)
}
