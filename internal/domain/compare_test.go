package domain

import (
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// compared returns a comparison on the events of some cards.
func compared(cards ...[]Event) *Comparison {
	c := NewComparison()
	for _, events := range cards {
		c.Add(events)
	}
	return c
}

// answers returns answers to a card, each given some days after the one before, with seconds between those of one day.
func answers(days []int, ratings []Rating) []Event {
	at := noon
	events := make([]Event, len(days))
	for i := range days {
		at = at.AddDate(0, 0, days[i]).Add(10 * time.Second)
		events[i] = answered(at, ratings[i], 2)
		events[i].Seq = int64(i + 1)
	}
	return events
}

func accuracy(t *testing.T, c *Comparison, algorithm string) *Accuracy {
	t.Helper()
	for _, a := range c.Accuracies() {
		if a.Algorithm == algorithm {
			return a.Accuracy
		}
	}
	require.Fail(t, "not compared", algorithm)
	return nil
}

func binsOf(t *testing.T, c *Comparison) []RecallBin {
	t.Helper()
	return slices.Collect(maps.Keys(accuracy(t, c, AlgorithmFSRS6).bins))
}

// predictions returns all that was predicted, whatever came of it.
func predictions(a *Accuracy) (sums map[RecallBin]float64, counts []uint32) {
	sums, counts = map[RecallBin]float64{}, slices.Clone(a.forgotten)
	for bin, place := range a.bins {
		sums[bin] = a.sums[place].predicted
	}
	for i := range counts {
		counts[i] += a.recalled[i]
	}
	return sums, counts
}

func TestAllAlgorithmsAreComparedTheDefaultFirst(t *testing.T) {
	var names []string
	for _, a := range compared().Accuracies() {
		names = append(names, a.Algorithm)
	}
	assert.Equal(t, Algorithms(), names)
}

func TestEachAlgorithmPredictsWhatItWouldHaveThought(t *testing.T) {
	c := compared(answers([]int{0, 1, 2, 1}, []Rating{Good, Good, Again, Good}))
	assert.Equal(t, 3, c.Reviews)
	assert.Equal(t, 1, c.Cards)
	t.Run("a half-life of 1, 2 and 1 days, each waited for", func(t *testing.T) {
		a := accuracy(t, c, AlgorithmHalfLife)
		assertMeasured(t, math.Ln2, a.LogLoss, 1e-12)
		assertMeasured(t, math.Sqrt((2*0+0.25)/3), a.RMSEBins, 1e-9) // one half each; the lapse parts the last review from the others
		assertMeasured(t, 0.5, a.AUC, 1e-15)
	})
	t.Run("intervals of 1, 6 and 1 days for SM-2", func(t *testing.T) {
		third := math.Pow(0.9, 2.0/6)
		assertMeasured(t, -(math.Log(0.9)+math.Log(1-third)+math.Log(0.9))/3, accuracy(t, c, AlgorithmSM2).LogLoss, 1e-12)
		assertMeasured(t, 0, accuracy(t, c, AlgorithmSM2).AUC, 1e-15)
	})
	t.Run("the golden vector of FSRS-6", func(t *testing.T) {
		golden := compared(answers([]int{0, 0, 1, 3, 8, 21}, []Rating{Again, Good, Good, Good, Good, Good}))
		assert.Equal(t, 4, golden.Reviews)
		loss, factor := 0.0, math.Pow(0.9, -1/0.1542)-1
		for _, known := range [][2]float64{{1, 0.246689}, {3, 2.021477}, {8, 7.863699}, {21, 21.917713}} { // days, stability before
			loss += 0.1542 * math.Log(1+factor*known[0]/known[1])
		}
		assertMeasured(t, loss/4, accuracy(t, golden, AlgorithmFSRS6).LogLoss, 1e-5)
		assertUnknown(t, accuracy(t, golden, AlgorithmFSRS6).AUC)
	})
}

func TestWhichReviewsCount(t *testing.T) {
	for _, c := range []struct {
		name           string
		days           []int
		ratings        []Rating
		reviews, cards int
	}{
		{"no answer is none", nil, nil, 0, 0},
		{"the first answer to a card does not", []int{0}, []Rating{Good}, 0, 0},
		{"an answer on the same day does not", []int{0, 0, 0}, []Rating{Again, Good, Good}, 0, 0},
		{"an answer on a later day does", []int{0, 1, 0, 3}, []Rating{Good, Again, Good, Easy}, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			comparison := compared(answers(c.days, c.ratings))
			assert.Equal(t, c.reviews, comparison.Reviews)
			assert.Equal(t, c.cards, comparison.Cards)
		})
	}
	t.Run("those of a bin of their own kind", func(t *testing.T) {
		c := compared(answers([]int{0, 0, 5, 0, 20, 40}, []Rating{Again, Again, Again, Again, Good, Again}))
		// Only days of their own number a review, and only a wrong answer on one is a lapse.
		assert.ElementsMatch(t, []RecallBin{NewRecallBin(5, 2, 0), NewRecallBin(20, 3, 1), NewRecallBin(40, 4, 1)}, binsOf(t, c))
	})
}

func TestOnlyAgainIsForgotten(t *testing.T) {
	loss := map[Rating]float64{}
	for rating := Again; rating <= Easy; rating++ {
		loss[rating], _ = accuracy(t, compared(answers([]int{0, 2}, []Rating{Good, rating})), AlgorithmHalfLife).LogLoss()
	}
	assert.InDelta(t, -math.Log(0.75), loss[Again], 1e-9, "after two half-lives")
	for rating := Hard; rating <= Easy; rating++ {
		assert.InDelta(t, -math.Log(0.25), loss[rating], 1e-9)
	}
}

func TestAnswersOfTheSameDayAreLearnedFrom(t *testing.T) {
	once := compared(answers([]int{0, 4}, []Rating{Again, Good}))
	twice := compared(answers([]int{0, 0, 4}, []Rating{Again, Good, Good}))
	assert.Equal(t, once.Reviews, twice.Reviews)
	for _, algorithm := range []string{AlgorithmFSRS6, AlgorithmHalfLife} { // for SM-2 a day of its own is needed
		before, _ := accuracy(t, once, algorithm).LogLoss()
		after, _ := accuracy(t, twice, algorithm).LogLoss()
		assert.Less(t, after, before, algorithm)
	}
}

func TestAnAnswerIsPredictedBeforeItIsKnown(t *testing.T) {
	days := []int{0, 1, 3, 0, 9, 14, 30}
	ratings := []Rating{Good, Hard, Again, Good, Easy, Good, Good}
	right := compared(answers(days, ratings))
	for last := Again; last <= Easy; last++ {
		ratings[len(ratings)-1] = last
		other := compared(answers(days, ratings))
		for _, algorithm := range Algorithms() {
			sums, counts := predictions(accuracy(t, right, algorithm))
			otherSums, otherCounts := predictions(accuracy(t, other, algorithm))
			assert.Equal(t, sums, otherSums, algorithm)
			assert.Equal(t, counts, otherCounts, algorithm)
		}
	}
}

func TestWhatTheLogSaysOfACardIsHeeded(t *testing.T) {
	plain := answers([]int{0, 2, 5, 9}, []Rating{Good, Again, Good, Good})
	sameAs := func(t *testing.T, want, got *Comparison) {
		t.Helper()
		assert.Equal(t, want.Reviews, got.Reviews)
		assert.Equal(t, want.Cards, got.Cards)
		assert.Equal(t, want.Accuracies(), got.Accuracies())
	}
	at := plain[3].AnsweredAt.Add(time.Hour)
	other := func(kind Kind, at time.Time, target *Event) Event {
		return eventOf(Entry{Kind: kind, Card: someCard, StartedAt: at, FinishedAt: at}, target, at)
	}
	t.Run("the order of arrival does not matter", func(t *testing.T) {
		sameAs(t, compared(plain), compared([]Event{plain[2], plain[0], plain[3], plain[1]}))
	})
	t.Run("what was taken back does not count", func(t *testing.T) {
		undone := append(slices.Clone(plain), other(KindUndo, at, &plain[3]))
		undone[4].Undoes = plain[3].ID
		sameAs(t, compared(plain[:3]), compared(undone))
	})
	t.Run("a change of the schedule changes nothing", func(t *testing.T) {
		sameAs(t, compared(plain), compared(append(slices.Clone(plain), other(KindReschedule, plain[1].AnsweredAt.Add(time.Hour), nil))))
	})
	t.Run("a reset is as good as another card, but one", func(t *testing.T) {
		reset := append(slices.Clone(plain), other(KindReset, plain[1].AnsweredAt.Add(time.Hour), nil))
		apart := compared(plain[:2], plain[2:])
		got := compared(reset)
		assert.Equal(t, 2, got.Reviews)
		assert.Equal(t, 1, got.Cards)
		assert.Equal(t, apart.Accuracies(), got.Accuracies())
		assert.ElementsMatch(t, []RecallBin{NewRecallBin(2, 2, 0), NewRecallBin(9, 2, 0)}, binsOf(t, got))
	})
	t.Run("a card with an import is left out", func(t *testing.T) {
		imported := append(slices.Clone(plain), other(KindImport, plain[0].AnsweredAt.Add(time.Hour), nil))
		sameAs(t, compared(), compared(imported))
		sameAs(t, compared(plain), compared(imported, plain))
	})
}

func TestTheBestHasTheLeastLogLoss(t *testing.T) {
	assert.Empty(t, compared().Best(), "nobody without reviews")
	assert.Empty(t, compared(answers([]int{0}, []Rating{Good})).Best())
	// A half-life of a day expects little after ten days; SM-2 expects more, FSRS-6 most.
	assert.Equal(t, AlgorithmFSRS6, compared(answers([]int{0, 10}, []Rating{Good, Good})).Best())
	assert.Equal(t, AlgorithmHalfLife, compared(answers([]int{0, 10}, []Rating{Good, Again})).Best())
	assert.Equal(t, AlgorithmSM2, compared(answers([]int{0, 1, 4}, []Rating{Again, Good, Good})).Best())
}
