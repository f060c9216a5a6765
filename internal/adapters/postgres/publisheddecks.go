package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// PublishedDecks finds the decks that anybody may see.
type PublishedDecks struct{ store *Store }

var _ ports.PublishedDecks = (*PublishedDecks)(nil)

// A deck that was deleted is not published.
const publishedDecks query = "SELECT " + deckColumns + ` FROM decks WHERE published_at IS NOT NULL AND (published_at, id) > ($1, $2)
	ORDER BY published_at, id LIMIT $3`

// PublishedDecks returns a part of all published decks.
func (p *PublishedDecks) PublishedDecks(ctx context.Context, page ports.Page) ([]domain.Deck, error) {
	return list(ctx, p.store, "list published decks", deckFields, publishedDecks, stored(page.After.At), page.After.ID, page.Limit)
}
