package ports

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// StudyQuery asks for cards of one phase that are to be studied. Suspended cards never are.
type StudyQuery struct {
	// Deck is the deck of the cards; empty stands for all decks of the owner but Except.
	Deck   domain.DeckID
	Except []domain.DeckID
	Phase  domain.Phase
	// DueBy is when the cards must be due at the latest. New cards are due at any time.
	DueBy time.Time
	// Limit is how many cards there are at most, at least 1.
	Limit int
}

// StudyQueue finds what is to be studied, in order of the due time, then of creation, then id. What it costs grows with
// the limit, not with the number of cards; an engine may also read, and pass over, those cards of the Except decks that
// come before the last one found.
type StudyQueue interface {
	// StudyCards returns the first of the owner's cards with their content.
	StudyCards(ctx context.Context, owner domain.UserID, query StudyQuery) ([]domain.StudyCard, error)
	// StudyIDs returns the ids of the same cards. It reads no content.
	StudyIDs(ctx context.Context, owner domain.UserID, query StudyQuery) ([]domain.CardID, error)
	// DueTimes returns when cards in review fall due that are not suspended, from the first time on and before the second,
	// in order, at most limit.
	DueTimes(ctx context.Context, owner domain.UserID, from, before time.Time, limit int) ([]time.Time, error)
}
