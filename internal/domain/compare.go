package domain

import "slices"

// Comparison lets every algorithm predict the answers of one person, each before the answer is known, and measures how
// well it did. All algorithms see the same reviews, with default parameters. Make one with NewComparison.
//
// A review counts when its card is not new and at least a day, by the recorded days, has passed since the answer before.
// First answers and answers on the same day are not predicted, but are learned from. Source: the rules of
// open-spaced-repetition/srs-benchmark, which also leaves out unusual reviews and fits parameters to the earlier ones; here
// no review is left out, and nothing is fitted.
type Comparison struct {
	// Cards is how many cards have a review that counts, Reviews how many reviews count.
	Cards, Reviews int
	contestants    []contestant
	seen           seenAnswers
}

// seenAnswers is what the bins need to know of a card's answers so far: how many came on a day of their own, the first one
// included, and how many of those after the first were wrong.
type seenAnswers struct{ days, lapses int }

// contestant is an algorithm with what it knows of the card at hand.
type contestant struct {
	scheduler *Scheduler
	accuracy  *Accuracy
	memory    Memory
}

// AlgorithmAccuracy is how well an algorithm predicted.
type AlgorithmAccuracy struct {
	Algorithm string
	*Accuracy
}

// NewComparison returns a comparison of all algorithms without reviews.
func NewComparison() *Comparison {
	c := &Comparison{}
	for _, name := range Algorithms() {
		schedule := DefaultSchedule()
		schedule.Algorithm = name
		c.contestants = append(c.contestants, contestant{scheduler: NewScheduler(schedule), accuracy: NewAccuracy()})
	}
	return c
}

// Add compares the algorithms on all events of one card, whatever their order. What was taken back does not count, and a
// reset begins anew. A card with an import is left out: nobody knows the answers before it.
func (c *Comparison) Add(events []Event) {
	ordered := inOrder(events)
	if slices.ContainsFunc(ordered, func(e *Event) bool { return e.Kind == KindImport }) {
		return
	}
	before := c.Reviews
	c.begin()
	for _, e := range ordered {
		switch e.Kind {
		case KindReview:
			c.review(e)
		case KindReset:
			c.begin()
		case KindImport, KindReschedule, KindUndo: // nothing is learned from them
		}
	}
	if c.Reviews > before {
		c.Cards++
	}
}

// begin makes the card new for all algorithms.
func (c *Comparison) begin() {
	c.seen = seenAnswers{}
	for i := range c.contestants {
		c.contestants[i].memory = NewMemory()
	}
}

// review lets each algorithm predict an answer, if it counts, and then learn from it.
func (c *Comparison) review(e *Event) {
	memory := c.contestants[0].memory // days and newness are the same for all
	elapsed := elapsedDays(memory, e)
	counts := !memory.IsNew() && elapsed > 0
	if counts || memory.IsNew() {
		c.seen.days++
	}
	if counts {
		c.Reviews++
		bin := NewRecallBin(elapsed, c.seen.days, c.seen.lapses)
		for _, known := range c.contestants {
			predicted := known.scheduler.algorithm.Retrievability(float64(elapsed), known.memory.Stability)
			known.accuracy.Add(bin, predicted, e.Rating != Again)
		}
		if e.Rating == Again {
			c.seen.lapses++
		}
	}
	for i := range c.contestants {
		known := &c.contestants[i]
		known.memory = known.scheduler.move(known.memory, e)
	}
}

// Accuracies returns how well each algorithm predicted, in the order of Algorithms.
func (c *Comparison) Accuracies() []AlgorithmAccuracy {
	accuracies := make([]AlgorithmAccuracy, len(c.contestants))
	for i, known := range c.contestants {
		accuracies[i] = AlgorithmAccuracy{known.scheduler.schedule.Algorithm, known.accuracy}
	}
	return accuracies
}

// Best returns the name of the algorithm with the least logarithmic loss, the first of those that are alike; "" when no
// review counts.
func (c *Comparison) Best() string {
	best, least := "", 0.0
	for _, a := range c.Accuracies() {
		if loss, known := a.LogLoss(); known && (best == "" || loss < least) {
			best, least = a.Algorithm, loss
		}
	}
	return best
}
