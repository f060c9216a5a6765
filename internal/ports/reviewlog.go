package ports

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Head is the newest that a review log knows.
type Head struct {
	// Seq is the number of the person's newest event, 0 for an empty log.
	Seq int64
	// Newest is, for each card asked for that has events, its event with the highest number.
	Newest map[domain.CardID]domain.Event
}

// ReviewLog stores each person's events, numbered 1, 2, 3 ... without gaps. Whoever sees number n has seen all before it.
// Events are never changed and never removed.
type ReviewLog interface {
	// Head returns the newest of the owner's log, and of each of the cards. The log is read before the cards.
	Head(ctx context.Context, owner domain.UserID, cards ...domain.CardID) (Head, error)
	// Append adds events of one owner with consecutive numbers, then gives each of their cards the memory After of its
	// last event, where the card's memory is of a lower number. The card may be gone.
	// CodeSeqTaken when a number is taken or the one before the first is not, CodeConflict when the owner has an event
	// of one of the ids (either may be reported when both hold). On these errors nothing is stored.
	// An engine without transactions may be stopped between the events and the memories, or after some of the events of
	// a batch: the events are then a gapless prefix, and Settle completes the memories.
	Append(ctx context.Context, owner domain.UserID, events []domain.Event) error
	// EventsByID returns those of the events that are in the owner's log, in no particular order, at most
	// domain.MaxEntries of them.
	EventsByID(ctx context.Context, owner domain.UserID, ids ...domain.EventID) ([]domain.Event, error)
	// CardEvents returns all events of some cards, at most domain.MaxEntries cards; those of one card are in order of number.
	CardEvents(ctx context.Context, owner domain.UserID, cards ...domain.CardID) ([]domain.Event, error)
	// Events returns the owner's events with a number above after, by number, at most limit.
	Events(ctx context.Context, owner domain.UserID, after int64, limit int) ([]domain.Event, error)
}

// DayEvents finds the events of a day.
type DayEvents interface {
	// DayEvents returns the owner's events of a day, by number.
	DayEvents(ctx context.Context, owner domain.UserID, day domain.Day) ([]domain.Event, error)
}

// RecentEvents finds the events that a crash may have left without their memories.
type RecentEvents interface {
	// LastRecorded returns the RecordedAt of the newest event of all, zero when there is none.
	LastRecorded(ctx context.Context) (time.Time, error)
	// RecordedSince returns events of all people with RecordedAt at or after since, by RecordedAt, then id, behind the
	// cursor (whose At is RecordedAt).
	RecordedSince(ctx context.Context, since time.Time, page Page) ([]domain.Event, error)
}
