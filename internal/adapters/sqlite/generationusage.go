package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// GenerationUsage counts what people have language models do.
type GenerationUsage struct{ store *Store }

var _ ports.GenerationUsage = (*GenerationUsage)(nil)

// countUsage writes nothing when the sum would be above the limit. One statement reads and writes, so that of many at once each
// sees what the others have counted.
const countUsage query = `INSERT INTO generation_usage (user_id, day, used) SELECT ?1, ?2, ?3 WHERE ?3 <= ?4
	ON CONFLICT (user_id, day) DO UPDATE SET used = used + excluded.used WHERE used <= ?4 - excluded.used`

// CountUsage adds an amount to what a person has used on a day, unless the sum would be above the limit.
func (g *GenerationUsage) CountUsage(
	ctx context.Context, owner domain.UserID, day domain.Day, amount, limit int,
) (granted bool, err error) {
	rows, err := g.store.exec(ctx, "count the use of language models", countUsage, owner, day, amount, limit)
	return rows == 1 && err == nil, err
}
