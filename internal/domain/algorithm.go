package domain

import "math"

// Algorithm is a model of memory: how stability and difficulty move with an answer, and how recall fades between
// answers. Days, learning steps and fuzz are the scheduler's business. Whatever an algorithm keeps to itself, it keeps in
// stability, the days after which the probability of recall is 0.9, and difficulty, 1 (easy) to 10 (hard).
type Algorithm interface {
	// Next returns stability and difficulty after an answer, given the whole days since the last one.
	Next(m Memory, elapsed int, rating Rating) (stability, difficulty float64)
	// Retrievability returns the probability of recall, 0..1, after days (fractions count) without a review.
	Retrievability(days, stability float64) float64
	// Interval returns the days, not rounded, after which retrievability has fallen to the desired retention.
	Interval(stability, retention float64) float64
}

// The names of the algorithms in a schedule.
const (
	// AlgorithmFSRS6 is the default.
	AlgorithmFSRS6    = "FSRS-6"
	AlgorithmHalfLife = "half-life"
	AlgorithmSM2      = "SM-2"
)

// Algorithms returns the names of all algorithms, the default first.
func Algorithms() []string { return []string{AlgorithmFSRS6, AlgorithmHalfLife, AlgorithmSM2} }

// Bounds of stability, in days.
const (
	minStability = 0.001
	maxStability = 36500
)

// newAlgorithm returns the algorithm of a schedule.
func newAlgorithm(s Schedule) Algorithm {
	switch s.Algorithm {
	case AlgorithmHalfLife:
		return halfLife{}
	case AlgorithmSM2:
		return sm2{}
	default:
		return newFSRS6(s.Weights)
	}
}

// exponential is the forgetting curve R(t, S) = 0.9^(t/S) of the models that are older than FSRS.
type exponential struct{}

// Retrievability returns the probability of recall after days without a review.
func (exponential) Retrievability(days, stability float64) float64 {
	return math.Pow(0.9, max(days, 0)/stability)
}

// Interval returns the days after which retrievability has fallen to the desired retention.
func (exponential) Interval(stability, retention float64) float64 {
	return stability * math.Log(retention) / math.Log(0.9)
}

func clamp(v, low, high float64) float64 { return math.Min(math.Max(v, low), high) }
