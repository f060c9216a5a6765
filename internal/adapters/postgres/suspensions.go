package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Suspensions says which cards are not to be asked.
type Suspensions struct{ store *Store }

var _ ports.Suspensions = (*Suspensions)(nil)

const suspendCard query = "UPDATE cards SET suspended = $3 WHERE user_id = $1 AND id = $2"

// Suspend suspends a card of the owner, or lets it be asked again.
func (s *Suspensions) Suspend(ctx context.Context, owner domain.UserID, card domain.CardID, suspended bool) error {
	rows, err := s.store.exec(ctx, "suspend a card", suspendCard, string(owner), string(card), suspended)
	if err == nil && rows == 0 {
		return domain.NotFound("card")
	}
	return err
}
