package decks

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// FindCards returns the cards of the caller that a query finds, the best first, at most limit and domain.MaxFound: those with all of its
// words, and where there are none the ones that a wider query finds. CodeInvalid when the query holds no word, or too much.
func (s *Service) FindCards(ctx context.Context, caller domain.Identity, query string, limit int) ([]domain.Card, error) {
	sought, err := domain.ParseSearch(query)
	if err != nil {
		return nil, err
	}
	limit = max(min(limit, domain.MaxFound), 1)
	for more := true; more; sought, more = sought.Wider() {
		cards, err := s.search.SearchCards(ctx, caller.User, sought, limit)
		if err != nil || len(cards) > 0 {
			return cards, err
		}
	}
	return []domain.Card{}, nil
}
