package decks

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// ExportedItem is something that is stored of a person: one of its fields is set.
type ExportedItem struct {
	Deck *domain.Deck
	Card *domain.Card
}

// Export tells everything that is stored of the caller's decks, page by page: first the decks, then the cards, each in order
// of creation. It ends with the first error of tell.
func (s *Service) Export(ctx context.Context, caller domain.Identity, tell func(ExportedItem) error) error {
	err := s.eachDeck(ctx, caller.User, func(deck domain.Deck) error { return tell(ExportedItem{Deck: &deck}) })
	if err != nil {
		return err
	}
	return s.eachCard(ctx, caller.User, "", func(card domain.Card) error { return tell(ExportedItem{Card: &card}) })
}
