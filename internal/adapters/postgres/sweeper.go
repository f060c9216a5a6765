package postgres

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Sweeper removes what has expired. Nothing is ever left half done here, so there is nothing to complete.
type Sweeper struct{ store *Store }

var _ ports.Sweeper = (*Sweeper)(nil)

// sweepLimit is how many rows of a table one call removes, so that nobody waits for it for long.
const sweepLimit = 500

const (
	// buriedFor is how long the id of a deleted deck stays taken: longer than anybody tries a call again.
	buriedFor = 24 * time.Hour
	// endedTokenFor is how long an API token is still shown to its owner after it has ended.
	endedTokenFor = 30 * 24 * time.Hour
	// usageFor is how long it is kept what people had language models do on a day.
	usageFor = 2 * 24 * time.Hour
)

const (
	sweepSessions query = `DELETE FROM sessions WHERE (user_id, id) IN
		(SELECT user_id, id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`
	sweepTokens query = `DELETE FROM one_time_tokens WHERE hash IN
		(SELECT hash FROM one_time_tokens WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`
	sweepDecks query = `DELETE FROM decks WHERE (user_id, id) IN
		(SELECT user_id, id FROM decks WHERE deleted_at IS NOT NULL AND deleted_at < $1 ORDER BY deleted_at LIMIT $2)`
	// What is renewed in the meantime stays, since the time is looked at again in a row that somebody else was writing.
	sweepAPITokens query = `DELETE FROM api_tokens WHERE expires_at <= $1 AND (user_id, id) IN
		(SELECT user_id, id FROM api_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`
	sweepPlaces query = `DELETE FROM sign_in_places WHERE last_seen < $1 AND (user_id, network) IN
		(SELECT user_id, network FROM sign_in_places WHERE last_seen < $1 ORDER BY last_seen LIMIT $2)`
	sweepAttempts query = `DELETE FROM sign_in_attempts WHERE expires_at <= $1 AND key IN
		(SELECT key FROM sign_in_attempts WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`
	sweepRequests query = `DELETE FROM idempotent_requests WHERE expires_at <= $1 AND (user_id, key) IN
		(SELECT user_id, key FROM idempotent_requests WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`
	sweepAudits query = `DELETE FROM audit_entries WHERE (user_id, id) IN
		(SELECT user_id, id FROM audit_entries WHERE at < $1 ORDER BY at LIMIT $2)`
	// A day is counted from 1970-01-01.
	sweepUsage query = `DELETE FROM generation_usage WHERE (user_id, day) IN
		(SELECT user_id, day FROM generation_usage WHERE day < ($1::timestamptz AT TIME ZONE 'UTC')::date - date '1970-01-01'
		ORDER BY day LIMIT $2)`
)

// Sweep removes a bounded number of what has expired, of decks deleted a day ago, and of what is not remembered any longer. Of two
// that sweep at the same time the second may remove less, and then leaves it to the first to go on.
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
		{"sweep API tokens", sweepAPITokens, now.Add(-endedTokenFor)},
		{"sweep places", sweepPlaces, now.Add(-domain.SignInPlaceLifetime)},
		{"sweep failed sign-ins", sweepAttempts, now},
		{"sweep requests with a key", sweepRequests, now},
		{"sweep audit entries", sweepAudits, now.Add(-domain.AuditLifetime)},
		{"sweep the use of language models", sweepUsage, now.Add(-usageFor)},
	} {
		rows, err := s.store.exec(ctx, sweep.doing, sweep.delete, stored(sweep.before), sweepLimit)
		if err != nil {
			return false, err
		}
		done = done && rows < sweepLimit
	}
	return done, nil
}
