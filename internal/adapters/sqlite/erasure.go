package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Erasure removes everything of a person, by parts.
type Erasure struct{ store *Store }

var _ ports.Erasure = (*Erasure)(nil)

// eraseLimit is how many rows of a table one call removes, so that writers do not wait for it.
const eraseLimit = 500

// eraseLargeLimit is how many it removes where a row has up to some megabytes: contents with their texts, and parts of files.
const eraseLargeLimit = 25

const (
	eraseUser     query = "DELETE FROM users WHERE rowid IN (SELECT rowid FROM users WHERE id = ? LIMIT ?)"
	eraseSessions query = "DELETE FROM sessions WHERE rowid IN (SELECT rowid FROM sessions WHERE user_id = ? LIMIT ?)"
	eraseTokens   query = "DELETE FROM api_tokens WHERE rowid IN (SELECT rowid FROM api_tokens WHERE user_id = ? LIMIT ?)"
	eraseMailed   query = "DELETE FROM one_time_tokens WHERE rowid IN (SELECT rowid FROM one_time_tokens WHERE user_id = ? LIMIT ?)"
	erasePlaces   query = "DELETE FROM sign_in_places WHERE rowid IN (SELECT rowid FROM sign_in_places WHERE user_id = ? LIMIT ?)"
	eraseAudits   query = "DELETE FROM audit_entries WHERE rowid IN (SELECT rowid FROM audit_entries WHERE user_id = ? LIMIT ?)"
	eraseRequests query = `DELETE FROM idempotent_requests WHERE rowid IN
		(SELECT rowid FROM idempotent_requests WHERE user_id = ? LIMIT ?)`

	eraseDecks query = "DELETE FROM decks WHERE rowid IN (SELECT rowid FROM decks WHERE user_id = ? LIMIT ?)"
	eraseCards query = "DELETE FROM cards WHERE rowid IN (SELECT rowid FROM cards WHERE user_id = ? LIMIT ?)"

	// The newest events go first: what is left of the log has no gaps.
	eraseEvents query = `DELETE FROM review_events WHERE user_id = ?1 AND seq IN
		(SELECT seq FROM review_events WHERE user_id = ?1 ORDER BY seq DESC LIMIT ?2)`
	eraseSittings query = "DELETE FROM learning_sessions WHERE rowid IN (SELECT rowid FROM learning_sessions WHERE user_id = ? LIMIT ?)"
	eraseSettings query = "DELETE FROM learning_settings WHERE rowid IN (SELECT rowid FROM learning_settings WHERE user_id = ? LIMIT ?)"
	eraseMonths   query = "DELETE FROM cached_months WHERE rowid IN (SELECT rowid FROM cached_months WHERE user_id = ? LIMIT ?)"
	// A card that is there yet is as it was when it was new. The index holds all that is asked of it.
	eraseMemories query = `UPDATE cards SET suspended = 0, phase = 'new', step = 0, stability = 0, difficulty = 0, due = NULL,
		last_review = NULL, last_day = 0, reps = 0, lapses = 0, seq = 0 WHERE rowid IN
		(SELECT rowid FROM cards INDEXED BY cards_deck_due WHERE user_id = ? AND (seq > 0 OR suspended = 1) LIMIT ?)`

	eraseJobs     query = "DELETE FROM jobs WHERE rowid IN (SELECT rowid FROM jobs WHERE user_id = ? LIMIT ?)"
	eraseContents query = "DELETE FROM contents WHERE rowid IN (SELECT rowid FROM contents WHERE user_id = ? LIMIT ?)"
	eraseBlobs    query = "DELETE FROM blob_parts WHERE rowid IN (SELECT rowid FROM blob_parts WHERE user_id = ? LIMIT ?)"
	eraseNotes    query = "DELETE FROM notes WHERE rowid IN (SELECT rowid FROM notes WHERE user_id = ? LIMIT ?)"
	eraseUsage    query = "DELETE FROM generation_usage WHERE rowid IN (SELECT rowid FROM generation_usage WHERE user_id = ? LIMIT ?)"
)

// EraseAccount removes the account, and whatever shows who somebody is or was.
func (e *Erasure) EraseAccount(ctx context.Context, owner domain.UserID) (done bool, err error) {
	return e.erase(ctx, "erase an account", owner,
		eraseUser, eraseSessions, eraseTokens, eraseMailed, erasePlaces, eraseAudits, eraseRequests)
}

// EraseDecks removes decks, and cards with their memories. Without its deck no card can be added.
func (e *Erasure) EraseDecks(ctx context.Context, owner domain.UserID) (done bool, err error) {
	return e.erase(ctx, "erase decks", owner, eraseDecks, eraseCards)
}

// EraseLearning removes the review log, sittings, learning settings, memories and what was counted. Memories and counts could be
// made from the log again, so they come last.
func (e *Erasure) EraseLearning(ctx context.Context, owner domain.UserID) (done bool, err error) {
	return e.erase(ctx, "erase what was learned", owner, eraseEvents, eraseSittings, eraseSettings, eraseMonths, eraseMemories)
}

// EraseGeneration removes jobs, contents, files, notes, and what was counted of the use of language models.
func (e *Erasure) EraseGeneration(ctx context.Context, owner domain.UserID) (done bool, err error) {
	return e.erase(ctx, "erase notes", owner, eraseJobs, eraseContents, eraseBlobs, eraseNotes, eraseUsage)
}

// erase runs statements in order as far as each leaves nothing of the owner. What is about nobody stays.
func (e *Erasure) erase(ctx context.Context, doing string, owner domain.UserID, statements ...query) (done bool, err error) {
	if owner == "" {
		return true, nil
	}
	for _, statement := range statements {
		limit := int64(eraseLimit)
		if statement == eraseContents || statement == eraseBlobs {
			limit = eraseLargeLimit
		}
		rows, err := e.store.exec(ctx, doing, statement, owner, limit)
		if err != nil || rows == limit {
			return false, err
		}
	}
	return true, nil
}
