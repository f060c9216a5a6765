package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Suspensions says which cards are not to be asked.
type Suspensions struct{ store *Store }

var _ ports.Suspensions = (*Suspensions)(nil)

const suspendCard query = "UPDATE cards SET suspended = ? WHERE user_id = ? AND id = ?"

// Suspend suspends a card of the owner, or lets it be asked again.
func (s *Suspensions) Suspend(ctx context.Context, owner domain.UserID, card domain.CardID, suspended bool) error {
	rows, err := s.store.exec(ctx, "suspend a card", suspendCard, suspended, owner, card)
	if err == nil && rows == 0 {
		return domain.NotFound("card")
	}
	return err
}
