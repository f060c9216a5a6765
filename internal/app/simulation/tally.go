package simulation

import (
	"sync/atomic"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Tally counts what happens in a run. The zero Tally is ready, and may be read while the run goes on.
type Tally struct {
	days      atomic.Int64
	two, four counts
}

type counts struct{ learners, cards, reviews, right atomic.Int64 }

// Counts are how many learners there are, how many cards they have, how many answers they gave, and how many of those
// were right.
type Counts struct{ Learners, Cards, Reviews, Right int64 }

// Share returns the share of right answers, 0 when there was none.
func (c Counts) Share() float64 {
	if c.Reviews == 0 {
		return 0
	}
	return float64(c.Right) / float64(c.Reviews)
}

// Days returns how many days of learners are done: a year of 200 learners has 73,000.
func (t *Tally) Days() int64 { return t.days.Load() }

// TwoButtons returns the counts of people with two buttons.
func (t *Tally) TwoButtons() Counts { return t.two.read() }

// FourButtons returns the counts of people with four buttons.
func (t *Tally) FourButtons() Counts { return t.four.read() }

// All returns the counts of all people.
func (t *Tally) All() Counts {
	two, four := t.two.read(), t.four.read()
	return Counts{two.Learners + four.Learners, two.Cards + four.Cards, two.Reviews + four.Reviews, two.Right + four.Right}
}

func (c *counts) read() Counts {
	right := c.right.Load() // before the reviews, so that a reader never sees more right answers than answers
	return Counts{c.learners.Load(), c.cards.Load(), c.reviews.Load(), right}
}

func (t *Tally) of(person Person) *counts {
	if person.Buttons == 2 {
		return &t.two
	}
	return &t.four
}

func (t *Tally) enrolled(person Person, cards int) {
	c := t.of(person)
	c.learners.Add(1)
	c.cards.Add(int64(cards))
}

func (t *Tally) answer(person Person, rating domain.Rating) {
	c := t.of(person)
	c.reviews.Add(1)
	if rating != domain.Again {
		c.right.Add(1)
	}
}

func (t *Tally) day() { t.days.Add(1) }
