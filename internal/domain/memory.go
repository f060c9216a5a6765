package domain

import "time"

// Phase is where a card stands in its life.
type Phase string

// The phases of a card. The zero Phase is invalid in storage.
const (
	PhaseNew        Phase = "new"
	PhaseLearning   Phase = "learning"
	PhaseReview     Phase = "review"
	PhaseRelearning Phase = "relearning"
)

// Memory is what is believed of one person's memory of one card. It is a projection of the review log: replaying the
// card's events gives it again.
type Memory struct {
	Phase Phase
	// Step is the index of the learning or relearning step the card is in.
	Step int
	// Stability is S: after S days without a review the probability of recall is 0.9.
	Stability float64
	// Difficulty is D, 1 (easy) to 10 (hard).
	Difficulty float64
	// Due is when the card is to be asked again. Zero for a new card.
	Due time.Time
	// LastReview is when the card was answered last, and LastDay the person's day at that time.
	LastReview time.Time
	LastDay    Day
	// Reps counts the answers; Lapses counts those that failed a card in review.
	Reps   int
	Lapses int
	// Seq is the number of the event that this memory follows from; 0 for a new card.
	Seq int64
}

// NewMemory returns the memory of a card that was never answered.
func NewMemory() Memory { return Memory{Phase: PhaseNew} }

// IsNew reports whether the card was never answered.
func (m Memory) IsNew() bool { return m.Phase == PhaseNew || m.Phase == "" }

// DueAt reports whether the card is to be asked at the given time. A new card always is.
func (m Memory) DueAt(now time.Time) bool { return m.IsNew() || !m.Due.After(now) }

// CardMemory is a card without its content: where it is, and what is believed of its memory.
type CardMemory struct {
	Card   CardID
	Deck   DeckID
	Memory Memory
	// Suspended cards are not asked.
	Suspended bool
}

// StudyCard is a card that is to be studied: its content, and what is believed of its memory.
type StudyCard struct {
	Card   Card
	Memory Memory
}
