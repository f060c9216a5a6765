package domain

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// prediction is a probability of recall and what came of it.
type prediction struct {
	predicted float64
	recalled  bool
}

// someBin is a bin where the bin does not matter.
var someBin = NewRecallBin(1, 2, 0)

func accuracyOf(predictions ...prediction) *Accuracy {
	a := NewAccuracy()
	for _, p := range predictions {
		a.Add(someBin, p.predicted, p.recalled)
	}
	return a
}

// assertMeasured checks a number that must be known.
func assertMeasured(t *testing.T, want float64, measure func() (float64, bool), tolerance float64) {
	t.Helper()
	got, known := measure()
	assert.True(t, known)
	assert.InDelta(t, want, got, tolerance)
}

func assertUnknown(t *testing.T, measure func() (float64, bool)) {
	t.Helper()
	got, known := measure()
	assert.False(t, known)
	assert.Zero(t, got)
}

func TestLogLoss(t *testing.T) {
	t.Run("is that of the example in scikit-learn's manual of log_loss", func(t *testing.T) {
		a := accuracyOf(prediction{0.9, true}, prediction{0.1, false}, prediction{0.2, false}, prediction{0.65, true})
		assertMeasured(t, 0.21616187468057912, a.LogLoss, 1e-14)
	})
	t.Run("is ln 2 for always one half", func(t *testing.T) {
		assertMeasured(t, math.Ln2, accuracyOf(prediction{0.5, true}, prediction{0.5, false}, prediction{0.5, false}).LogLoss, 1e-15)
	})
	t.Run("is nothing for certainty that came true", func(t *testing.T) {
		assertMeasured(t, 0, accuracyOf(prediction{1, true}, prediction{0, false}).LogLoss, 1e-15)
	})
	t.Run("is finite for certainty that did not", func(t *testing.T) {
		assertMeasured(t, 52*math.Ln2, accuracyOf(prediction{1, false}, prediction{0, true}, prediction{1e-300, true}).LogLoss, 1e-12)
	})
}

func TestRMSEBins(t *testing.T) {
	easy, hard, late := NewRecallBin(1, 2, 0), NewRecallBin(1, 2, 1), NewRecallBin(30, 2, 0)
	a := NewAccuracy()
	a.Add(easy, 0.9, true)
	a.Add(easy, 0.7, false) // 0.8 predicted, 0.5 recalled: 0.3 off, twice
	a.Add(hard, 0.6, true)  // 0.4 off, once
	a.Add(late, 0.3, true)
	a.Add(late, 0.7, false) // right on the whole, twice
	t.Run("weighs each bin by its reviews", func(t *testing.T) {
		assertMeasured(t, math.Sqrt((2*0.09+0.16+0)/5), a.RMSEBins, 1e-12)
	})
	t.Run("is 0 when each bin is right on the whole", func(t *testing.T) {
		assertMeasured(t, 0, accuracyOf(prediction{0.5, true}, prediction{0.5, false}).RMSEBins, 1e-15)
	})
	t.Run("is 1 when all is the other way round", func(t *testing.T) {
		assertMeasured(t, 1, accuracyOf(prediction{0, true}, prediction{0, true}).RMSEBins, 1e-15)
	})
}

func TestBinsAreThoseOfThePublicBenchmark(t *testing.T) {
	// name is how the benchmark names the bin of a number: by a number within it.
	name := func(scale, base, x, decimals float64) float64 {
		return math.Round(scale*math.Pow(base, math.Floor(math.Log(x)/math.Log(base)))*decimals) / decimals
	}
	lapseName := func(lapses int) float64 {
		if lapses == 0 {
			return 0
		}
		return name(1.65, 1.73, float64(lapses), 1)
	}
	same := func(names func(int) float64, bins func(int) RecallBin, from, to int) {
		for a := from + 1; a <= to; a++ {
			assert.Equal(t, names(a) == names(a-1), bins(a) == bins(a-1), "%d and %d", a-1, a)
		}
	}
	t.Run("by days", func(*testing.T) {
		same(func(n int) float64 { return name(2.48, 3.62, float64(n), 100) }, func(n int) RecallBin { return NewRecallBin(n, 2, 0) }, 1, 40_000)
	})
	t.Run("by reviews", func(*testing.T) {
		same(func(n int) float64 { return name(1.99, 1.89, float64(n), 1) }, func(n int) RecallBin { return NewRecallBin(1, n, 0) }, 2, 5000)
	})
	t.Run("by lapses", func(*testing.T) {
		same(lapseName, func(n int) RecallBin { return NewRecallBin(1, 2, n) }, 0, 5000)
	})
	t.Run("at edges worked out by hand", func(t *testing.T) {
		for _, edge := range []RecallBin{
			NewRecallBin(3, 3, 2), NewRecallBin(1, 2, 2), // 3.62 days, 1.89^2 = 3.57 reviews
		} {
			assert.Equal(t, NewRecallBin(2, 2, 2), edge)
		}
		assert.NotEqual(t, NewRecallBin(3, 2, 0), NewRecallBin(4, 2, 0))
		assert.NotEqual(t, NewRecallBin(13, 2, 0), NewRecallBin(14, 2, 0), "3.62^2 = 13.1")
		assert.NotEqual(t, NewRecallBin(1, 3, 0), NewRecallBin(1, 4, 0))
		assert.NotEqual(t, NewRecallBin(1, 6, 0), NewRecallBin(1, 7, 0), "1.89^3 = 6.75")
		assert.NotEqual(t, NewRecallBin(1, 2, 0), NewRecallBin(1, 2, 1), "no lapse is a bin of its own")
		assert.NotEqual(t, NewRecallBin(1, 2, 1), NewRecallBin(1, 2, 2))
		assert.NotEqual(t, NewRecallBin(1, 2, 2), NewRecallBin(1, 2, 3), "1.73^2 = 2.99")
		assert.Equal(t, NewRecallBin(1, 2, 3), NewRecallBin(1, 2, 5), "1.73^3 = 5.18")
	})
}

func TestAUC(t *testing.T) {
	t.Run("is that of the example in scikit-learn's manual of roc_auc_score", func(t *testing.T) {
		a := accuracyOf(prediction{0.1, false}, prediction{0.4, false}, prediction{0.35, true}, prediction{0.8, true})
		assertMeasured(t, 0.75, a.AUC, 1e-15)
	})
	t.Run("is 1 for perfect order and 0 for the reverse", func(t *testing.T) {
		assertMeasured(t, 1, accuracyOf(prediction{0, false}, prediction{0.9, true}, prediction{1, true}).AUC, 1e-15)
		assertMeasured(t, 0, accuracyOf(prediction{0, true}, prediction{0.9, false}, prediction{1, false}).AUC, 1e-15)
	})
	t.Run("counts equal predictions half", func(t *testing.T) {
		assertMeasured(t, 0.5, accuracyOf(prediction{0.9, true}, prediction{0.9, false}, prediction{0.9, true}).AUC, 1e-15)
		a := accuracyOf(prediction{0.9, true}, prediction{0.9, false}, prediction{0.1, false}, prediction{0.1, true})
		assertMeasured(t, (0.5+1+0+0.5)/4, a.AUC, 1e-15)
	})
	t.Run("is not known when all are of one kind", func(t *testing.T) {
		assertUnknown(t, accuracyOf(prediction{0.9, true}, prediction{0.8, true}).AUC)
		assertUnknown(t, accuracyOf(prediction{0.9, false}).AUC)
	})
	t.Run("is the share of pairs in order", func(t *testing.T) {
		random := rand.New(rand.NewPCG(3, 1))
		for range 20 {
			coarse, fine := make([]prediction, 400), make([]prediction, 400)
			for i := range coarse {
				p := random.Float64()
				recalled := random.Float64() < p
				coarse[i], fine[i] = prediction{math.Round(p*100) / 100, recalled}, prediction{p, recalled}
			}
			assertMeasured(t, pairsInOrder(coarse), accuracyOf(coarse...).AUC, 1e-12)
			assertMeasured(t, pairsInOrder(fine), accuracyOf(fine...).AUC, 1e-4)
		}
	})
}

// pairsInOrder looks at each pair of a recalled and a forgotten review.
func pairsInOrder(predictions []prediction) float64 {
	inOrder, pairs := 0.0, 0.0
	for _, a := range predictions {
		for _, b := range predictions {
			if !a.recalled || b.recalled {
				continue
			}
			pairs++
			switch {
			case a.predicted > b.predicted:
				inOrder++
			case a.predicted == b.predicted:
				inOrder += 0.5
			}
		}
	}
	return inOrder / pairs
}

func TestWithoutReviewsNothingIsKnown(t *testing.T) {
	a := NewAccuracy()
	assertUnknown(t, a.LogLoss)
	assertUnknown(t, a.RMSEBins)
	assertUnknown(t, a.AUC)
}
