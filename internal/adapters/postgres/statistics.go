package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Statistics keeps what was counted of each month of a person's days.
type Statistics struct{ store *Store }

var _ ports.Statistics = (*Statistics)(nil)

const (
	cachedMonths query = `SELECT month, seq, data FROM cached_months WHERE user_id = $1 AND month BETWEEN $2 AND $3
		ORDER BY month`
	insertCachedMonth  query = "INSERT INTO cached_months (user_id, month, seq, data) VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, month) DO NOTHING"
	updateCachedMonth  query = "UPDATE cached_months SET seq = $3, data = $4 WHERE user_id = $1 AND month = $2 AND seq = $5"
	forgetCachedMonths query = "DELETE FROM cached_months WHERE user_id = $1"
)

// CachedMonths returns the owner's months from one to another, in order.
func (s *Statistics) CachedMonths(ctx context.Context, owner domain.UserID, from, to int) ([]ports.CachedMonth, error) {
	fields := func(m *ports.CachedMonth) []any { return []any{&m.Month, &m.Seq, &m.Data} }
	return list(ctx, s.store, "list cached months", fields, cachedMonths, string(owner), from, to)
}

// PutCachedMonth stores a month where the stored one has the number was, 0 for none. It reports whether it did.
func (s *Statistics) PutCachedMonth(ctx context.Context, owner domain.UserID, was int64, month ports.CachedMonth) (bool, error) {
	statement, args := insertCachedMonth, []any{string(owner), month.Month, month.Seq, append([]byte{}, month.Data...)}
	if was != 0 {
		statement, args = updateCachedMonth, append(args, was)
	}
	rows, err := s.store.exec(ctx, "put a cached month", statement, args...)
	return rows == 1, err
}

// ForgetCachedMonths removes all that was counted of the owner.
func (s *Statistics) ForgetCachedMonths(ctx context.Context, owner domain.UserID) error {
	_, err := s.store.exec(ctx, "forget cached months", forgetCachedMonths, string(owner))
	return err
}
