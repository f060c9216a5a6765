package ports

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// RemoteDecks is deck-management-service, as another service asks it for a person. Who they are is told by their identity token.
// Of each method: CodeNotFound when the person has no such deck, CodeUnavailable when the service does not answer in time.
type RemoteDecks interface {
	// DeckTexts returns the texts of all cards of a deck.
	DeckTexts(ctx context.Context, identity string, deck domain.DeckID) ([]domain.CardText, error)
	// AddCards adds cards to a deck, in order: all, or none. With the same key the same cards are there once, however often they
	// are added. CodeInProgress when that is being done at this moment, CodeInvalid when a text breaks a rule, CodeConflict when
	// some of them were added before and deleted since.
	AddCards(ctx context.Context, identity string, deck domain.DeckID, key string, cards []domain.CardText) ([]domain.Card, error)
}
