package ports

import (
	"context"
	"iter"
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
	// Event returns an event of the owner, or CodeNotFound.
	Event(ctx context.Context, owner domain.UserID, id domain.EventID) (domain.Event, error)
	// CardEvents returns all events of one card, by number.
	CardEvents(ctx context.Context, owner domain.UserID, card domain.CardID) ([]domain.Event, error)
	// Events returns the owner's events with a number above after, by number, at most limit.
	Events(ctx context.Context, owner domain.UserID, after int64, limit int) ([]domain.Event, error)
}

// RecentEvents finds the events that a crash may have left without their memories.
type RecentEvents interface {
	// LastRecorded returns the RecordedAt of the newest event of all, zero when there is none.
	LastRecorded(ctx context.Context) (time.Time, error)
	// RecordedSince returns events of all people with RecordedAt at or after since, by RecordedAt, then id, behind the
	// cursor (whose At is RecordedAt).
	RecordedSince(ctx context.Context, since time.Time, page Page) ([]domain.Event, error)
}

// Memories stores what is believed of the memory of each card. It never touches the cards' content.
type Memories interface {
	// Memory returns the memory of a card of the owner, or CodeNotFound.
	Memory(ctx context.Context, owner domain.UserID, card domain.CardID) (domain.CardMemory, error)
	// DeckMemories yields the memories of all cards of the owner's given decks, in no particular order. Decks that are
	// not there yield nothing. It ends after the first error.
	DeckMemories(ctx context.Context, owner domain.UserID, decks []domain.DeckID) iter.Seq2[domain.CardMemory, error]
	// Settle gives a card this memory where the stored one is of a lower number. It reports whether it did; a card that
	// is gone, or has a memory of the same or a higher number, is no error.
	Settle(ctx context.Context, owner domain.UserID, card domain.CardID, memory domain.Memory) (bool, error)
}

// LearningSessions stores sittings.
type LearningSessions interface {
	// InsertLearningSession adds a sitting. CodeConflict when the owner has one of this id.
	InsertLearningSession(ctx context.Context, session domain.LearningSession) error
	// LearningSession returns a sitting of the owner, or CodeNotFound.
	LearningSession(ctx context.Context, owner domain.UserID, id domain.LearningSessionID) (domain.LearningSession, error)
	// FinishLearningSession notes the end of a sitting, or CodeNotFound. A later call overwrites.
	FinishLearningSession(ctx context.Context, owner domain.UserID, id domain.LearningSessionID, at time.Time) error
}
