package domain

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The vectors were computed from the formulas of FSRS-6 with its default parameters.

type state struct{ stability, difficulty float64 }

// walk answers a new card with ratings after gaps of whole days and returns the state after each.
func walk(ratings []Rating, gaps []int) []state {
	model := newFSRS6(DefaultWeights())
	memory := NewMemory()
	states := make([]state, len(ratings))
	for i, rating := range ratings {
		s, d := model.Next(memory, gaps[i], rating)
		memory.Phase, memory.Stability, memory.Difficulty = PhaseReview, s, d
		states[i] = state{s, d}
	}
	return states
}

func TestFSRS6FollowsTheGoldenVector(t *testing.T) {
	want := []state{
		{0.212, 6.4133}, {0.246689, 6.402115}, {2.021477, 6.390941},
		{7.863699, 6.379779}, {21.917713, 6.368627}, {53.626903, 6.357487},
	}
	got := walk([]Rating{Again, Good, Good, Good, Good, Good}, []int{0, 0, 1, 3, 8, 21})
	for i := range want {
		assert.InEpsilon(t, want[i].stability, got[i].stability, 1e-5, "stability after answer %d", i+1)
		assert.InEpsilon(t, want[i].difficulty, got[i].difficulty, 1e-5, "difficulty after answer %d", i+1)
	}
}

func TestFSRS6MovesByEachRating(t *testing.T) {
	want := map[Rating]state{
		Again: {1.66614, 7.39224}, Hard: {34.04906, 4.74828}, Good: {47.45203, 2.10433}, Easy: {76.80341, 1},
	}
	for rating, expected := range want {
		got := walk([]Rating{Good, Good, rating}, []int{0, 3, 10})
		assert.InEpsilon(t, 13.826904, got[1].stability, 1e-5)
		assert.InEpsilon(t, 2.111214, got[1].difficulty, 1e-5)
		assert.InEpsilon(t, expected.stability, got[2].stability, 1e-5, "rating %d", rating)
		assert.InEpsilon(t, expected.difficulty, got[2].difficulty, 1e-5, "rating %d", rating)
	}
}

func TestIntervalFollowsDesiredRetention(t *testing.T) {
	model := newFSRS6(DefaultWeights())
	for retention, days := range map[float64]float64{.7: 928.8, .8: 331.6, .9: 100, .95: 40.3, .97: 22.3} {
		assert.InDelta(t, days, model.Interval(100, retention), 0.05, "retention %v", retention)
	}
}

func TestRetrievabilityIsNineTenthsAfterStability(t *testing.T) {
	for _, w20 := range []float64{0.1, 0.1542, 0.5, 0.8} {
		weights := DefaultWeights()
		weights[20] = w20
		model := newFSRS6(weights)
		for _, stability := range []float64{0.001, 1, 100, 36500} {
			assert.InDelta(t, 0.9, model.Retrievability(stability, stability), 1e-12)
		}
	}
}

func TestSmallFirstStabilityIsKept(t *testing.T) {
	weights := DefaultWeights()
	weights[0] = 0.02
	model := newFSRS6(weights)
	stability, _ := model.Next(NewMemory(), 0, Again)
	assert.InDelta(t, 0.02, stability, 1e-12)
}

func FuzzMemoryStaysWithinBounds(f *testing.F) {
	f.Add(3, 3, 1, 2, 3, 1, 5, 100)
	f.Add(1, 1, 0, 0, 4, 0, 0, 36500)
	f.Fuzz(func(t *testing.T, r1, r2, g2, r3, g3, r4, g4, later int) {
		rating := func(n int) Rating { return Rating(1 + (n&0x7fffffff)%4) }
		gap := func(n int) int { return (n & 0x7fffffff) % 40000 }
		for _, s := range walk([]Rating{rating(r1), rating(r2), rating(r3), rating(r4)}, []int{0, gap(g2), gap(g3), gap(g4)}) {
			require.False(t, math.IsNaN(s.stability) || math.IsNaN(s.difficulty))
			require.True(t, s.stability >= minStability && s.stability <= maxStability, "stability %v", s.stability)
			require.True(t, s.difficulty >= 1 && s.difficulty <= 10, "difficulty %v", s.difficulty)
			model := newFSRS6(DefaultWeights())
			now, after := model.Retrievability(float64(gap(later)), s.stability), model.Retrievability(float64(gap(later)+1), s.stability)
			require.True(t, 0 < after && after < now && now <= 1, "recall %v, a day later %v", now, after)
		}
	})
}
