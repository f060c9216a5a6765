package postgres

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/ports"
)

// Sweeper removes what has expired. Nothing is ever left half done here, so there is nothing to complete.
type Sweeper struct{ store *Store }

var _ ports.Sweeper = (*Sweeper)(nil)

// sweepLimit is how many rows of a table one call removes, so that nobody waits for it for long.
const sweepLimit = 500

// buriedFor is how long the id of a deleted deck stays taken: longer than anybody tries a call again.
const buriedFor = 24 * time.Hour

const (
	sweepSessions query = `DELETE FROM sessions WHERE (user_id, id) IN
		(SELECT user_id, id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`
	sweepTokens query = `DELETE FROM one_time_tokens WHERE hash IN
		(SELECT hash FROM one_time_tokens WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`
	sweepDecks query = `DELETE FROM decks WHERE (user_id, id) IN
		(SELECT user_id, id FROM decks WHERE deleted_at IS NOT NULL AND deleted_at < $1 ORDER BY deleted_at LIMIT $2)`
)

// Sweep removes a bounded number of expired sessions and tokens, and of decks deleted a day ago. Of two that sweep at the
// same time the second may remove less, and then leaves it to the first to go on.
func (s *Sweeper) Sweep(ctx context.Context, now time.Time) (done bool, err error) {
	done = true
	for _, sweep := range []struct {
		doing  string
		delete query
		before time.Time
	}{
		{"sweep sessions", sweepSessions, now},
		{"sweep one-time tokens", sweepTokens, now},
		{"sweep deleted decks", sweepDecks, now.Add(-buriedFor)},
	} {
		rows, err := s.store.exec(ctx, sweep.doing, sweep.delete, stored(sweep.before), sweepLimit)
		if err != nil {
			return false, err
		}
		done = done && rows < sweepLimit
	}
	return done, nil
}
