package domain

import "math"

// Accuracy measures how well predicted probabilities of recall came true. Its size does not grow with the number of
// predictions. Make one with NewAccuracy.
type Accuracy struct {
	reviews int
	logLoss float64
	// bins are the places of the bins in sums: the order of a sum must not depend on a map.
	bins map[RecallBin]int
	sums []binSums
	// forgotten and recalled count the predictions by their size, in aucBuckets equal steps from 0 to 1.
	forgotten, recalled []uint32
}

// aucBuckets is how finely AUC tells predictions apart: those in one step of 1/65536 count as equal. That moves AUC by at
// most half of the share of the pairs, of a forgotten and a recalled review, that lie in one step.
const aucBuckets = 1 << 16

// leastProbability is how near to 0 or 1 a prediction may be in the logarithmic loss: 2^-52, the precision of the numbers.
const leastProbability = 0x1p-52

// binSums is what is known of the reviews in a bin.
type binSums struct{ reviews, recalled, predicted float64 }

// NewAccuracy returns an accuracy without predictions.
func NewAccuracy() *Accuracy {
	return &Accuracy{bins: map[RecallBin]int{}, forgotten: make([]uint32, aucBuckets), recalled: make([]uint32, aucBuckets)}
}

// Add notes a probability of recall, 0..1, that was predicted for a review in a bin, and whether the card was recalled.
func (a *Accuracy) Add(bin RecallBin, predicted float64, recalled bool) {
	place, known := a.bins[bin]
	if !known {
		place = len(a.sums)
		a.bins[bin] = place
		a.sums = append(a.sums, binSums{})
	}
	sums := &a.sums[place]
	a.reviews++
	sums.reviews++
	sums.predicted += predicted
	likelihood, counts := predicted, a.recalled
	if recalled {
		sums.recalled++
	} else {
		likelihood, counts = 1-predicted, a.forgotten
	}
	a.logLoss -= math.Log(clamp(likelihood, leastProbability, 1-leastProbability))
	counts[int(clamp(predicted*aucBuckets, 0, aucBuckets-1))]++
}

// LogLoss returns the mean of -ln p, p being the probability that was given to what happened, kept 2^-52 away from 0 and
// 1. 0 is best; always saying one half gives ln 2 = 0.69. It is not known without a review.
func (a *Accuracy) LogLoss() (loss float64, known bool) {
	if a.reviews == 0 {
		return 0, false
	}
	return a.logLoss / float64(a.reviews), true
}

// RMSEBins returns how far the mean prediction of a bin is from the share that was recalled: the root of the mean square
// over the bins, each counted by its reviews. 0 is best, 1 worst. It is not known without a review.
//
// Source: "RMSE (bins)" of open-spaced-repetition/srs-benchmark.
func (a *Accuracy) RMSEBins() (rmse float64, known bool) {
	if a.reviews == 0 {
		return 0, false
	}
	squares := 0.0
	for _, sums := range a.sums {
		distance := sums.predicted - sums.recalled
		squares += distance * distance / sums.reviews // the square of the means' distance, times the reviews
	}
	return math.Sqrt(squares / float64(a.reviews)), true
}

// AUC returns the probability that of a recalled and a forgotten review the recalled one had the higher prediction,
// equal ones counting half: the area under the ROC curve. 1 is best, 0.5 is chance. It is not known unless there are
// reviews of both kinds.
func (a *Accuracy) AUC() (auc float64, known bool) {
	pairs, forgotten, recalled := 0.0, 0.0, 0.0
	for i := range aucBuckets {
		lower, equal, higher := forgotten, float64(a.forgotten[i]), float64(a.recalled[i])
		pairs += higher * (lower + equal/2)
		forgotten += equal
		recalled += higher
	}
	if forgotten == 0 || recalled == 0 {
		return 0, false
	}
	return pairs / (forgotten * recalled), true
}

// RecallBin is a group of reviews that should be about equally hard. Make one with NewRecallBin.
type RecallBin struct{ elapsed, reviews, lapses int8 }

// NewRecallBin returns the bin of a review. elapsed is the days since the answer before, at least 1. reviews is the number
// of the review among the card's answers, its first one being 1, answers on the same day as the one before left out; so at
// least 2. lapses is how many of the reviews before it, counted likewise but without the first answer, were wrong. Each
// number falls in a step of a scale of powers, of 3.62, 1.89 and 1.73; no lapse at all is a step of its own.
//
// Source: the bins of open-spaced-repetition/srs-benchmark. It names a step by a rounded number within it; no two steps of
// a scale get the same name, so the powers alone divide the reviews alike.
func NewRecallBin(elapsed, reviews, lapses int) RecallBin {
	bin := RecallBin{power(elapsed, 3.62), power(reviews, 1.89), -1}
	if lapses > 0 {
		bin.lapses = power(lapses, 1.73)
	}
	return bin
}

// power returns the greatest n for which base^n is not above x, which is at least 1.
func power(x int, base float64) int8 {
	return int8(math.Floor(math.Log(float64(max(x, 1))) / math.Log(base)))
}
