package domain

import (
	"slices"
	"time"
)

// Part is a part of what is stored of a person: what one service owns.
type Part string

// The parts. The one of accounts is removed first, and last again.
const (
	PartAccount  Part = "account"
	PartDecks    Part = "decks"
	PartLearning Part = "learning"
	// PartGeneration are notes, and what was made of them.
	PartGeneration Part = "generation"
)

// Parts returns all parts.
func Parts() []Part { return []Part{PartAccount, PartDecks, PartLearning, PartGeneration} }

// DeletionGrace is how long after a request a part is removed once more: until then a call may still be under way, or made
// with an identity that was given out before.
const DeletionGrace = IdentityLifetime + time.Minute

// Deletion is that everything of a person is to be removed. It is kept until each part is known to be gone.
type Deletion struct {
	Owner       UserID
	RequestedAt time.Time
	// Cleared are the parts that were removed for the first time, Finished those that were again after DeletionGrace.
	Cleared, Finished []Part
	Rev               int64
}

// NewDeletion returns a deletion of which nothing is done.
func NewDeletion(owner UserID, now time.Time) Deletion {
	return Deletion{Owner: owner, RequestedAt: now, Cleared: []Part{}, Finished: []Part{}, Rev: 1}
}

// Due reports whether there is something to do about a part now.
func (d *Deletion) Due(part Part, now time.Time) bool {
	if slices.Contains(d.Finished, part) {
		return false
	}
	return !slices.Contains(d.Cleared, part) || d.graceOver(now)
}

// Removed notes that a part was removed by work that began at a time.
func (d *Deletion) Removed(part Part, began time.Time) {
	if !slices.Contains(d.Cleared, part) {
		d.Cleared = append(d.Cleared, part)
	}
	if d.graceOver(began) && !slices.Contains(d.Finished, part) {
		d.Finished = append(d.Finished, part)
	}
}

// Done reports whether nothing is left to do.
func (d *Deletion) Done() bool {
	return !slices.ContainsFunc(Parts(), func(part Part) bool { return !slices.Contains(d.Finished, part) })
}

func (d *Deletion) graceOver(now time.Time) bool {
	return !now.Before(d.RequestedAt.Add(DeletionGrace))
}
