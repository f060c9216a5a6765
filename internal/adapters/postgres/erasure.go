package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Erasure removes everything of a person.
type Erasure struct{ store *Store }

var _ ports.Erasure = (*Erasure)(nil)

// eraseLimit is how many rows of a table one call removes.
const eraseLimit = 500

// Each statement removes some rows and returns how many it has found. They are gone afterwards, whoever removed them: of two
// calls that find the same rows both know that there may be more. They are the first rows of a person (the last ones of
// the log): removed up to the last of them, they are read from that end of the key, whatever the server believes of how many there are.
const (
	erased = " SELECT count(*) FROM found"

	eraseUser query = `WITH found AS (SELECT id FROM users WHERE id = $1 LIMIT $2),
		gone AS (DELETE FROM users WHERE id = $1)` + erased
	eraseSessions query = `WITH found AS (SELECT id FROM sessions WHERE user_id = $1 ORDER BY id LIMIT $2),
		gone AS (DELETE FROM sessions WHERE user_id = $1 AND id <= (SELECT max(id) FROM found))` + erased
	eraseAPITokens query = `WITH found AS (SELECT id FROM api_tokens WHERE user_id = $1 ORDER BY id LIMIT $2),
		gone AS (DELETE FROM api_tokens WHERE user_id = $1 AND id <= (SELECT max(id) FROM found))` + erased
	eraseTokens query = `WITH found AS (SELECT hash FROM one_time_tokens WHERE user_id = $1 ORDER BY hash LIMIT $2),
		gone AS (DELETE FROM one_time_tokens WHERE user_id = $1 AND hash <= (SELECT max(hash) FROM found))` + erased
	erasePlaces query = `WITH found AS (SELECT network FROM sign_in_places WHERE user_id = $1 ORDER BY network LIMIT $2),
		gone AS (DELETE FROM sign_in_places WHERE user_id = $1 AND network <= (SELECT max(network) FROM found))` + erased
	eraseAudits query = `WITH found AS (SELECT id FROM audit_entries WHERE user_id = $1 ORDER BY id LIMIT $2),
		gone AS (DELETE FROM audit_entries WHERE user_id = $1 AND id <= (SELECT max(id) FROM found))` + erased
	eraseRequests query = `WITH found AS (SELECT key FROM idempotent_requests WHERE user_id = $1 ORDER BY key LIMIT $2),
		gone AS (DELETE FROM idempotent_requests WHERE user_id = $1 AND key <= (SELECT max(key) FROM found))` + erased
	eraseDecks query = `WITH found AS (SELECT id FROM decks WHERE user_id = $1 ORDER BY id LIMIT $2),
		gone AS (DELETE FROM decks WHERE user_id = $1 AND id <= (SELECT max(id) FROM found))` + erased
	eraseCards query = `WITH found AS (SELECT id FROM cards WHERE user_id = $1 ORDER BY id LIMIT $2),
		gone AS (DELETE FROM cards WHERE user_id = $1 AND id <= (SELECT max(id) FROM found))` + erased
	// The newest events go first: what is left of the log has no gaps.
	eraseEvents query = `WITH found AS (SELECT seq FROM review_events WHERE user_id = $1 ORDER BY seq DESC LIMIT $2),
		gone AS (DELETE FROM review_events WHERE user_id = $1 AND seq >= (SELECT min(seq) FROM found))` + erased
	eraseLearningSessions query = `WITH found AS (SELECT id FROM learning_sessions WHERE user_id = $1 ORDER BY id LIMIT $2),
		gone AS (DELETE FROM learning_sessions WHERE user_id = $1 AND id <= (SELECT max(id) FROM found))` + erased
	eraseSettings query = `WITH found AS (SELECT user_id FROM learning_settings WHERE user_id = $1 LIMIT $2),
		gone AS (DELETE FROM learning_settings WHERE user_id = $1)` + erased
	eraseCachedMonths query = `WITH found AS (SELECT month FROM cached_months WHERE user_id = $1 ORDER BY month LIMIT $2),
		gone AS (DELETE FROM cached_months WHERE user_id = $1 AND month <= (SELECT max(month) FROM found))` + erased
	// A card without its memory is one that was never answered. What was answered is found in the study queue; what was answered
	// and undone is looked for last, when all other cards are new.
	eraseMemories query = `WITH found AS (SELECT id FROM (
			(SELECT id FROM cards WHERE user_id = $1 AND suspended = true LIMIT $2)
			UNION ALL (SELECT id FROM cards WHERE user_id = $1 AND suspended = false AND phase < 'new' LIMIT $2)
			UNION ALL (SELECT id FROM cards WHERE user_id = $1 AND suspended = false AND phase > 'new' LIMIT $2)
			UNION ALL (SELECT id FROM cards WHERE user_id = $1 AND suspended = false AND phase = 'new' AND seq > 0 LIMIT $2)
		) AS remembered LIMIT $2),
		gone AS (UPDATE cards SET suspended = false, phase = 'new', step = 0, stability = 0, difficulty = 0, due = NULL,
			last_review = NULL, last_day = 0, reps = 0, lapses = 0, seq = 0
			WHERE user_id = $1 AND id = ANY(ARRAY(SELECT id FROM found)))` + erased
	eraseNotes query = `WITH found AS (SELECT deck_id FROM notes WHERE user_id = $1 ORDER BY deck_id LIMIT $2),
		gone AS (DELETE FROM notes WHERE user_id = $1 AND deck_id <= (SELECT max(deck_id) FROM found))` + erased
	// A file has parts of up to 256 KiB, a content texts of megabytes: of these one call removes a tenth.
	eraseContents query = `WITH found AS (SELECT id FROM contents WHERE user_id = $1 ORDER BY id LIMIT $2 / 10),
		gone AS (DELETE FROM contents WHERE user_id = $1 AND id <= (SELECT max(id) FROM found)) SELECT count(*) * 10 FROM found`
	eraseBlobs query = `WITH found AS (SELECT key FROM blob_parts WHERE user_id = $1 ORDER BY key LIMIT $2 / 10),
		gone AS (DELETE FROM blob_parts WHERE user_id = $1 AND key <= (SELECT max(key) FROM found)) SELECT count(*) * 10 FROM found`
	eraseJobs query = `WITH found AS (SELECT kind, subject FROM jobs WHERE user_id = $1 ORDER BY kind, subject LIMIT $2),
		gone AS (DELETE FROM jobs WHERE user_id = $1
			AND (kind, subject) <= (SELECT kind, subject FROM found ORDER BY kind DESC, subject DESC LIMIT 1))` + erased
	eraseUsage query = `WITH found AS (SELECT day FROM generation_usage WHERE user_id = $1 ORDER BY day LIMIT $2),
		gone AS (DELETE FROM generation_usage WHERE user_id = $1 AND day <= (SELECT max(day) FROM found))` + erased
)

// EraseAccount removes the account and what belongs to it. Who has no account cannot sign in again meanwhile.
func (e *Erasure) EraseAccount(ctx context.Context, owner domain.UserID) (done bool, err error) {
	return e.erase(ctx, "erase an account", owner,
		eraseUser, eraseSessions, eraseAPITokens, eraseTokens, erasePlaces, eraseAudits, eraseRequests)
}

// EraseDecks removes decks, and cards with their memories. No cards are put into a deck that is gone.
func (e *Erasure) EraseDecks(ctx context.Context, owner domain.UserID) (done bool, err error) {
	return e.erase(ctx, "erase decks", owner, eraseDecks, eraseCards)
}

// EraseLearning removes the review log, what it led to, and how a person wants to learn.
func (e *Erasure) EraseLearning(ctx context.Context, owner domain.UserID) (done bool, err error) {
	return e.erase(ctx, "erase learning", owner, eraseEvents, eraseLearningSessions, eraseSettings, eraseCachedMonths, eraseMemories)
}

// EraseGeneration removes jobs, contents with their texts, files, notes, and what was counted of the use of language models.
func (e *Erasure) EraseGeneration(ctx context.Context, owner domain.UserID) (done bool, err error) {
	return e.erase(ctx, "erase notes", owner, eraseJobs, eraseContents, eraseBlobs, eraseNotes, eraseUsage)
}

// erase runs statements that remove something, in one transaction. It is done when none of them has found as much as it may
// remove.
func (e *Erasure) erase(ctx context.Context, doing string, owner domain.UserID, statements ...query) (done bool, err error) {
	if owner == "" {
		return true, nil // what belongs to nobody stays
	}
	err = e.store.atOnce(ctx, func(batch *pgx.Batch) {
		done = true
		for _, statement := range statements {
			batch.Queue(string(statement), string(owner), eraseLimit).QueryRow(func(row pgx.Row) error {
				var found int
				err := row.Scan(&found)
				done = done && found < eraseLimit
				return err
			})
		}
	})
	return done && err == nil, e.store.failure(ctx, doing, err)
}
