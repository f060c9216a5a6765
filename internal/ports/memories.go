package ports

import (
	"context"
	"iter"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Memories stores what is believed of the memory of each card. It never touches the cards' content.
type Memories interface {
	// Memory returns the memory of a card of the owner, or CodeNotFound.
	Memory(ctx context.Context, owner domain.UserID, card domain.CardID) (domain.CardMemory, error)
	// MemoriesOf returns the memories of those of the cards that are there, in no particular order, at most
	// domain.MaxEntries of them.
	MemoriesOf(ctx context.Context, owner domain.UserID, cards ...domain.CardID) ([]domain.CardMemory, error)
	// DeckMemories yields the memories of all cards of the owner's given decks, in no particular order. Decks that are
	// not there yield nothing. It ends after the first error.
	DeckMemories(ctx context.Context, owner domain.UserID, decks []domain.DeckID) iter.Seq2[domain.CardMemory, error]
	// Settle gives a card this memory where the stored one is of a lower number. It reports whether it did; a card that
	// is gone, or has a memory of the same or a higher number, is no error.
	Settle(ctx context.Context, owner domain.UserID, card domain.CardID, memory domain.Memory) (bool, error)
}

// Suspensions says which cards are not to be asked.
type Suspensions interface {
	// Suspend suspends a card of the owner, or lets it be asked again. CodeNotFound when there is no such card.
	Suspend(ctx context.Context, owner domain.UserID, card domain.CardID, suspended bool) error
}

// Projections finds what is needed to hold the memories against the log, and mends them.
type Projections interface {
	// Learners returns the ids of the people who have cards or events, in order, behind after, at most limit.
	Learners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error)
	// CountEvents returns how many events the owner's log has.
	CountEvents(ctx context.Context, owner domain.UserID) (int64, error)
	// MemoriesByCard returns the memories of the owner's cards of all decks in order of the cards' ids, behind after, at most
	// limit. Fewer than limit is the end.
	MemoriesByCard(ctx context.Context, owner domain.UserID, after domain.CardID, limit int) ([]domain.CardMemory, error)
	// Restore gives a card this memory where the stored one has the number was, which may be higher. It reports whether it
	// did; a card that is gone, or has a memory of another number, is no error.
	Restore(ctx context.Context, owner domain.UserID, card domain.CardID, was int64, memory domain.Memory) (bool, error)
}
