package domain

import "math"

// halfLife is the first algorithm of spacey: the probability of recall halves every h days, P = 2^(-days/h). A right
// answer doubles h, from one day on; a wrong one halves it. Only right and wrong count, and every answer counts, however
// soon it follows the last one.
type halfLife struct{ exponential }

// stabilityOfHalfLife is the stability of a half-life of one day: recall is 0.9 after log2(1/0.9) of the half-life.
var stabilityOfHalfLife = math.Log2(1 / 0.9)

// averageDifficulty is what is said of cards by an algorithm that knows no difficulty.
const averageDifficulty = 5

// Next returns stability and difficulty after an answer.
func (halfLife) Next(m Memory, _ int, rating Rating) (stability, difficulty float64) {
	days := 0.0
	if !m.IsNew() {
		days = m.Stability / stabilityOfHalfLife
	}
	const nearlyOne = 1 - 1e-9 // a day that went through stability and back
	switch {
	case rating == Again:
		days /= 2
	case days < nearlyOne:
		days = 1
	default:
		days *= 2
	}
	return clamp(days*stabilityOfHalfLife, minStability, maxStability), averageDifficulty
}
