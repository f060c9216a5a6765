package domain

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// halfLivesOf answers a new card and returns the half-life in days after each answer.
func halfLivesOf(ratings ...Rating) []float64 {
	memory := NewMemory()
	var lives []float64
	for _, rating := range ratings {
		memory.Stability, memory.Difficulty = halfLife{}.Next(memory, 0, rating)
		memory.Phase = PhaseReview
		lives = append(lives, memory.Stability/0.15200309344504996) // log2(1/0.9), by hand
	}
	return lives
}

func TestAHalfLifeDoublesAndHalves(t *testing.T) {
	for _, c := range []struct {
		name    string
		ratings []Rating
		want    []float64
	}{
		{"right answers double it from one day on", []Rating{Good, Good, Good, Good}, []float64{1, 2, 4, 8}},
		{"wrong answers halve it", []Rating{Good, Good, Good, Again, Again}, []float64{1, 2, 4, 2, 1}},
		{"a right answer below a day makes it one day", []Rating{Good, Again, Again, Good, Good}, []float64{1, 0.5, 0.25, 1, 2}},
		{"every right answer counts alike", []Rating{Hard, Good, Easy, Again}, []float64{1, 2, 4, 2}},
		{"halving and doubling meet at one day again", []Rating{Good, Good, Good, Again, Again, Good}, []float64{1, 2, 4, 2, 1, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := halfLivesOf(c.ratings...)
			for i := range c.want {
				assert.InEpsilon(t, c.want[i], got[i], 1e-9, "after answer %d", i+1)
			}
		})
	}
}

func TestAHalfLifeStaysWithinBounds(t *testing.T) {
	wrong, right := make([]Rating, 40), make([]Rating, 40)
	for i := range wrong {
		wrong[i], right[i] = Again, Good
	}
	memory := NewMemory()
	for _, rating := range append(wrong, right...) {
		memory.Stability, memory.Difficulty = halfLife{}.Next(memory, 0, rating)
		memory.Phase = PhaseReview
		assert.GreaterOrEqual(t, memory.Stability, minStability)
		assert.LessOrEqual(t, memory.Stability, float64(maxStability))
		assert.InDelta(t, averageDifficulty, memory.Difficulty, 0)
	}
	assert.InDelta(t, maxStability, memory.Stability, 0)
}

func TestRecallHalvesEveryHalfLife(t *testing.T) {
	for _, days := range []float64{1, 4, 100} {
		stability := days * math.Log2(1/0.9)
		for n := range 5 {
			assert.InEpsilon(t, math.Pow(2, -float64(n)), halfLife{}.Retrievability(float64(n)*days, stability), 1e-12)
		}
		assert.InEpsilon(t, days, halfLife{}.Interval(stability, 0.5), 1e-12, "a retention of one half is reached after the half-life")
		assert.InEpsilon(t, stability, halfLife{}.Interval(stability, 0.9), 1e-12)
	}
}
