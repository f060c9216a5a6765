package sqlite

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/ports"
)

// Sweeper removes what has expired. Nothing is ever left half done here, so there is nothing to complete.
type Sweeper struct{ store *Store }

var _ ports.Sweeper = (*Sweeper)(nil)

// sweepLimit is how many rows of a table one call removes, so that writers do not wait for it.
const sweepLimit = 500

// buriedFor is how long the id of a deleted deck stays taken: longer than anybody tries a call again.
const buriedFor = 24 * time.Hour

const (
	sweepSessions query = `DELETE FROM sessions WHERE rowid IN
		(SELECT rowid FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`
	sweepTokens query = `DELETE FROM one_time_tokens WHERE rowid IN
		(SELECT rowid FROM one_time_tokens WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`
	sweepDecks query = `DELETE FROM decks WHERE rowid IN
		(SELECT rowid FROM decks WHERE deleted_at IS NOT NULL AND deleted_at < ? ORDER BY deleted_at LIMIT ?)`
)

// Sweep removes a bounded number of expired sessions and tokens, and of decks deleted a day ago.
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
		rows, err := s.store.exec(ctx, sweep.doing, sweep.delete, sweep.before.UnixMilli(), sweepLimit)
		if err != nil {
			return false, err
		}
		done = done && rows < sweepLimit
	}
	return done, nil
}
