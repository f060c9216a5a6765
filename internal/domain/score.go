package domain

import (
	"cmp"
	"slices"
	"time"
)

// Score says how well the cards of a deck are remembered right now.
type Score struct {
	// Cards is the number of cards that the score rests on: all of the deck, new ones included.
	Cards int
	sum   float64
}

// Add counts one card with its probability of recall, 0 for a new card.
func (s *Score) Add(retrievability float64) {
	s.Cards++
	s.sum += retrievability
}

// Value returns the mean probability of recall, 0..1; 0 for a deck without cards.
func (s Score) Value() float64 {
	if s.Cards == 0 {
		return 0
	}
	return s.sum / float64(s.Cards)
}

// Recall is a card that is to be learned now, with its probability of recall.
type Recall struct {
	Card           CardID
	Retrievability float64
}

// Due returns the cards that are to be asked at the given time, least remembered first, ties by id. Suspended cards are
// left out.
func (s *Scheduler) Due(cards []CardMemory, now time.Time) []Recall {
	due := make([]Recall, 0, len(cards))
	for _, card := range cards {
		if !card.Suspended && card.Memory.DueAt(now) {
			due = append(due, Recall{card.Card, s.Retrievability(card.Memory, now)})
		}
	}
	slices.SortFunc(due, func(a, b Recall) int {
		return cmp.Or(cmp.Compare(a.Retrievability, b.Retrievability), cmp.Compare(a.Card, b.Card))
	})
	return due
}
