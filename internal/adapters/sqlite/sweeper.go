package sqlite

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Sweeper removes what has expired. Nothing is ever left half done here, so there is nothing to complete.
type Sweeper struct{ store *Store }

var _ ports.Sweeper = (*Sweeper)(nil)

// sweepLimit is how many rows of a table one call removes, so that writers do not wait for it.
const sweepLimit = 500

// buriedFor is how long the id of a deleted deck stays taken: longer than anybody tries a call again.
const buriedFor = 24 * time.Hour

// expiredTokensFor is how long an expired API token is kept, so that its owner sees why a program does not work any more.
const expiredTokensFor = 30 * 24 * time.Hour

// usageFor is how long it is kept what people had language models do on a day.
const usageFor = 2 * 24 * time.Hour

const (
	sweepSessions query = `DELETE FROM sessions WHERE rowid IN
		(SELECT rowid FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`
	sweepTokens query = `DELETE FROM one_time_tokens WHERE rowid IN
		(SELECT rowid FROM one_time_tokens WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`
	sweepDecks query = `DELETE FROM decks WHERE rowid IN
		(SELECT rowid FROM decks WHERE deleted_at IS NOT NULL AND deleted_at < ? ORDER BY deleted_at LIMIT ?)`
	sweepAPITokens query = `DELETE FROM api_tokens WHERE rowid IN
		(SELECT rowid FROM api_tokens WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`
	sweepPlaces query = `DELETE FROM sign_in_places WHERE rowid IN
		(SELECT rowid FROM sign_in_places WHERE last_seen < ? ORDER BY last_seen LIMIT ?)`
	sweepAttempts query = `DELETE FROM sign_in_attempts WHERE rowid IN
		(SELECT rowid FROM sign_in_attempts WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`
	sweepAudits query = `DELETE FROM audit_entries WHERE rowid IN
		(SELECT rowid FROM audit_entries WHERE at < ? ORDER BY at LIMIT ?)`
	sweepRequests query = `DELETE FROM idempotent_requests WHERE rowid IN
		(SELECT rowid FROM idempotent_requests WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`
	// A day is counted from 1970-01-01, and has 86,400,000 milliseconds.
	sweepUsage query = `DELETE FROM generation_usage WHERE rowid IN
		(SELECT rowid FROM generation_usage WHERE day < ? / 86400000 ORDER BY day LIMIT ?)`
)

// Sweep removes a bounded number of each kind of what has expired, and of decks deleted a day ago.
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
		{"sweep API tokens", sweepAPITokens, now.Add(-expiredTokensFor)},
		{"sweep places", sweepPlaces, now.Add(-domain.SignInPlaceLifetime)},
		{"sweep failed sign-ins", sweepAttempts, now},
		{"sweep audit entries", sweepAudits, now.Add(-domain.AuditLifetime)},
		{"sweep answered requests", sweepRequests, now},
		{"sweep the use of language models", sweepUsage, now.Add(-usageFor)},
	} {
		rows, err := s.store.exec(ctx, sweep.doing, sweep.delete, sweep.before.UnixMilli(), sweepLimit)
		if err != nil {
			return false, err
		}
		done = done && rows < sweepLimit
	}
	return done, nil
}
