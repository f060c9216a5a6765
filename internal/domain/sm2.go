package domain

import "math"

// sm2 is SuperMemo's algorithm of 1987 as far as it is about days: the first two intervals are 1 and 6 days, later ones
// are the last one times the ease factor, and a failure begins again. The interval is the stability, and the ease factor
// is kept as the difficulty. A failure leaves the ease factor as it is. So does every answer that follows on the same
// day, and a right one leaves the interval too, as the repetitions at the end of a day do there.
//
// Source: P. A. Woźniak, Optimization of learning, 1990, chapter 3.2. The grades 0..5 there are given by four ratings:
// Again is 2, Hard 3, Good 4, Easy 5. Two bounds are ours: the ease factor ends at 3.7, and the interval at 36,500 days.
type sm2 struct{ exponential }

// The first intervals in days, and the ease factor of a new card and its bounds.
const (
	firstInterval  = 1
	secondInterval = 6
	firstEase      = 2.5
	minEase        = 1.3
	maxEase        = 3.7
)

// Next returns stability and difficulty after an answer.
func (sm2) Next(m Memory, elapsed int, rating Rating) (stability, difficulty float64) {
	interval, ease := 0.0, firstEase
	if !m.IsNew() {
		interval, ease = m.Stability, easeOf(m.Difficulty)
	}
	if rating != Again && (m.IsNew() || elapsed > 0) {
		missing := float64(Easy - rating) // 5 minus the grade
		ease = clamp(ease+0.1-missing*(0.08+missing*0.02), minEase, maxEase)
	}
	switch {
	case rating == Again, m.IsNew():
		interval = firstInterval
	case elapsed == 0:
	case interval < secondInterval:
		interval = secondInterval
	default:
		interval *= ease
	}
	return clamp(interval, minStability, maxStability), difficultyOf(ease)
}

// easeOf returns the ease factor of a difficulty: 1.3 for 10, 3.7 for 1, 2.5 in the middle.
func easeOf(difficulty float64) float64 {
	return minEase + (10-difficulty)/9*(maxEase-minEase)
}

// difficultyOf returns the difficulty of an ease factor, 1..10.
func difficultyOf(ease float64) float64 {
	return clamp(10-(math.Min(ease, maxEase)-minEase)/(maxEase-minEase)*9, 1, 10)
}
