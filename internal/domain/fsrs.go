package domain

import (
	"math"

	fsrs "github.com/open-spaced-repetition/go-fsrs/v4"
)

// fsrs6 is the algorithm FSRS-6.
//
// Source of the formulas and default parameters: the FSRS-6 description of open-spaced-repetition, as implemented by
// go-fsrs v4, of which only NextState is used.
type fsrs6 struct {
	parameters fsrs.Parameters
	// decay and factor are the constants of the forgetting curve: R(t, S) = (1 + factor*t/S)^decay.
	decay, factor float64
}

// DefaultWeights returns the 21 default parameters of FSRS-6.
func DefaultWeights() [21]float64 { return fsrs.DefaultWeights() }

func newFSRS6(weights [21]float64) *fsrs6 {
	parameters := fsrs.DefaultParam()
	parameters.W = weights
	decay := -weights[20]
	return &fsrs6{parameters: parameters, decay: decay, factor: math.Pow(0.9, 1/decay) - 1}
}

// Next returns stability and difficulty after an answer given the whole days since the last one.
func (f *fsrs6) Next(m Memory, elapsed int, rating Rating) (stability, difficulty float64) {
	if m.IsNew() {
		state := f.parameters.NextState(nil, 0.9, 0, fsrs.Rating(rating))
		// NextState floors the first stability at 0.1; the model's own bound is lower.
		return clamp(f.parameters.W[rating-1], minStability, maxStability), state.Memory.Difficulty
	}
	current := fsrs.MemoryState{Stability: m.Stability, Difficulty: m.Difficulty}
	state := f.parameters.NextState(&current, 0.9, uint64(max(elapsed, 0)), fsrs.Rating(rating))
	return clamp(state.Memory.Stability, minStability, maxStability), state.Memory.Difficulty
}

// Retrievability returns the probability of recall after days (fractions count) without a review.
func (f *fsrs6) Retrievability(days, stability float64) float64 {
	return math.Pow(1+f.factor*max(days, 0)/stability, f.decay)
}

// Interval returns the days after which retrievability has fallen to the desired retention. It is not rounded.
func (f *fsrs6) Interval(stability, retention float64) float64 {
	return stability / f.factor * (math.Pow(retention, 1/f.decay) - 1)
}
