package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// GenerationUsage counts what people have language models do.
type GenerationUsage struct{ store *Store }

var _ ports.GenerationUsage = (*GenerationUsage)(nil)

// countUsage writes nothing when the sum would be above the limit. Of many at once each waits for those before it, and then sees
// what they have counted.
const countUsage query = `INSERT INTO generation_usage AS u (user_id, day, used) SELECT $1, $2, $3::bigint WHERE $3::bigint <= $4::bigint
	ON CONFLICT (user_id, day) DO UPDATE SET used = u.used + excluded.used WHERE u.used <= $4::bigint - excluded.used`

// CountUsage adds an amount to what a person has used on a day, unless the sum would be above the limit.
func (g *GenerationUsage) CountUsage(
	ctx context.Context, owner domain.UserID, day domain.Day, amount, limit int,
) (granted bool, err error) {
	rows, err := g.store.exec(ctx, "count the use of language models", countUsage, string(owner), int32(day), amount, limit)
	return rows == 1 && err == nil, err
}
