package postgres

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// fillCards stores cards that were answered.
const fillCards = `INSERT INTO cards (user_id, id, deck_id, created_at, rev, suspended, phase, step, stability, difficulty, last_day, reps, lapses, seq,
		question, answer) SELECT $1, n::text, '1', now(), 1, false, 'review', 0, 1, 5, 0, 1, 0, n + 1, 'Q', 'A' FROM generate_series(0, $2) AS n`

// fillContents stores a tenth of so many contents.
const fillContents = `INSERT INTO contents (user_id, id, created_at, rev, source_type, status, file_size, pages, read, source, failure, title, summary,
		image, annotations) SELECT $1, n::text, now(), 1, 'url', 'processed', 0, 0, false, '', '', '', '', '', '[]' FROM generate_series(0, $2 / 10) AS n`

// fillAll stores as many rows of each kind that a person has more than one of.
var fillAll = []string{
	"INSERT INTO sessions (user_id, id) SELECT $1, n::text FROM generate_series(0, $2) AS n",
	"INSERT INTO one_time_tokens (hash, user_id, purpose) SELECT $1 || n::text, $1, 'p' FROM generate_series(0, $2) AS n",
	`INSERT INTO api_tokens (user_id, id, name, hash, scopes, created_at)
		SELECT $1, n::text, '', '', '{}', now() FROM generate_series(0, $2) AS n`,
	"INSERT INTO sign_in_places (user_id, network, first_seen, last_seen) SELECT $1, n::text, now(), now() FROM generate_series(0, $2) AS n",
	`INSERT INTO audit_entries (user_id, id, at, actor, action, object, address)
		SELECT $1, n::text, now(), '', '', '', '' FROM generate_series(0, $2) AS n`,
	`INSERT INTO idempotent_requests (user_id, key, fingerprint, status, created_at, lease_ends, expires_at)
		SELECT $1, n::text, '', 0, now(), now(), now() FROM generate_series(0, $2) AS n`,
	`INSERT INTO decks (user_id, id, name, description, color, created_at, rev, deleted_at)
		SELECT $1, n::text, '', '', '', now(), 1, CASE WHEN n % 2 = 0 THEN now() END FROM generate_series(0, $2) AS n`,
	fillCards,
	`INSERT INTO review_events (` + eventColumns + `)
		SELECT $1, n + 1, n::text, 'review', 'c', 'd', 's', 3, now(), now(), now(), now(), 20000, 'UTC', 4, 4, 1, 0, '', 0, 0, 0, NULL, 0, 0, 'new', 0, 0,
		now(), 'review', 0, 1, 5, now(), now(), 20000, 1, 0, 1 FROM generate_series(0, $2) AS n`,
	"INSERT INTO learning_sessions (user_id, id, deck_id) SELECT $1, n::text, 'd' FROM generate_series(0, $2) AS n",
	`INSERT INTO notes (user_id, deck_id, id, generator, rev, text, cards)
		SELECT $1, n::text, n::text, '', 1, '', '[]' FROM generate_series(0, $2) AS n`,
	`INSERT INTO jobs (user_id, kind, subject, due_at, takes, failures, last_error, rev)
		SELECT $1, 'content', n::text, now(), 0, 0, '', 1 FROM generate_series(0, $2) AS n`,
	fillContents,
	`INSERT INTO content_texts (user_id, content_id, view, raw, terms)
		SELECT $1, n::text, 'View', 'Raw', 'raw' FROM generate_series(0, $2 / 10) AS n`,
	"INSERT INTO blob_parts (user_id, key, data) SELECT $1, n || '/000000', 'a' FROM generate_series(0, $2 / 10) AS n",
	"INSERT INTO generation_usage (user_id, day, used) SELECT $1, n, 1 FROM generate_series(0, $2) AS n",
	"INSERT INTO cached_months (user_id, month, seq, data) SELECT $1, n, 1, '' FROM generate_series(0, $2) AS n",
}

// leftOf says for each kind how many rows a person has.
const leftOf = `SELECT 'sessions ' || count(*) FROM sessions WHERE user_id = $1
	UNION ALL SELECT 'one-time tokens ' || count(*) FROM one_time_tokens WHERE user_id = $1
	UNION ALL SELECT 'API tokens ' || count(*) FROM api_tokens WHERE user_id = $1
	UNION ALL SELECT 'places ' || count(*) FROM sign_in_places WHERE user_id = $1
	UNION ALL SELECT 'audit entries ' || count(*) FROM audit_entries WHERE user_id = $1
	UNION ALL SELECT 'requests ' || count(*) FROM idempotent_requests WHERE user_id = $1
	UNION ALL SELECT 'decks ' || count(*) FROM decks WHERE user_id = $1
	UNION ALL SELECT 'cards ' || count(*) FROM cards WHERE user_id = $1
	UNION ALL SELECT 'events ' || count(*) FROM review_events WHERE user_id = $1
	UNION ALL SELECT 'sittings ' || count(*) FROM learning_sessions WHERE user_id = $1
	UNION ALL SELECT 'notes ' || count(*) FROM notes WHERE user_id = $1
	UNION ALL SELECT 'jobs ' || count(*) FROM jobs WHERE user_id = $1
	UNION ALL SELECT 'contents ' || count(*) FROM contents WHERE user_id = $1
	UNION ALL SELECT 'texts ' || count(*) FROM content_texts WHERE user_id = $1
	UNION ALL SELECT 'files ' || count(*) FROM blob_parts WHERE user_id = $1
	UNION ALL SELECT 'usage ' || count(*) FROM generation_usage WHERE user_id = $1
	UNION ALL SELECT 'months ' || count(*) FROM cached_months WHERE user_id = $1`

// memoriesLeft says how many cards of a person are not as those that were never answered.
const memoriesLeft = `SELECT count(*)::text FROM cards WHERE user_id = $1 AND (suspended OR phase <> 'new' OR step > 0 OR stability > 0
	OR difficulty > 0 OR due IS NOT NULL OR last_review IS NOT NULL OR last_day <> 0 OR reps > 0 OR lapses > 0 OR seq > 0)`

func TestErasureIsBounded(t *testing.T) {
	store := freshStore(t)
	for _, fill := range fillAll {
		for _, person := range []domain.UserID{owner, "another"} {
			command(t, store, fill, string(person), eraseLimit)
		}
	}
	theirs := texts(t, store, leftOf, "another")
	erasure := store.Ports().Erasure
	for _, part := range []struct {
		name  string
		erase func(context.Context, domain.UserID) (bool, error)
		left  []string
	}{
		// Learning comes first here, so that there are cards whose memories are to be erased.
		{"learning", erasure.EraseLearning, []string{"events", "sittings", "months"}},
		{"the account", erasure.EraseAccount, []string{"sessions", "one-time tokens", "API tokens", "places", "audit entries", "requests"}},
		{"decks", erasure.EraseDecks, []string{"decks", "cards"}},
		{"what was made from texts", erasure.EraseGeneration, []string{"jobs", "contents", "texts", "files", "notes", "usage"}},
	} {
		t.Run("a call removes 500 of each kind of "+part.name+", 50 of what is large, and the next one knows that it is done", func(t *testing.T) {
			for _, want := range []struct {
				done bool
				left string
			}{{false, " 1"}, {true, " 0"}} {
				done, err := part.erase(t.Context(), owner)
				require.NoError(t, err)
				require.Equal(t, want.done, done)
				for _, kind := range part.left {
					require.Contains(t, texts(t, store, leftOf, owner), kind+want.left)
				}
				if part.name == "learning" {
					require.Equal(t, []string{want.left[1:]}, texts(t, store, memoriesLeft, owner))
				}
			}
		})
	}
	t.Run("nothing of other people is touched", func(t *testing.T) {
		require.Equal(t, theirs, texts(t, store, leftOf, "another"))
		require.Equal(t, []string{"501"}, texts(t, store, memoriesLeft, "another"))
	})
}

func TestErasuresThatMeet(t *testing.T) {
	store := freshStore(t)
	command(t, store, fillCards, string(owner), eraseLimit+99)
	t.Run("who waited for another who removed the same rows knows that there may be more", func(t *testing.T) {
		erased := make(chan bool, 1)
		require.NoError(t, meeting(t, store, run(t.Context(), eraseCards, owner, eraseLimit), func() error {
			done, err := store.Ports().Erasure.EraseDecks(t.Context(), owner)
			erased <- done
			return err
		}))
		require.False(t, <-erased)
		require.Equal(t, []string{"100"}, texts(t, store, "SELECT count(*)::text FROM cards"))
	})
}

func TestEraseMemories(t *testing.T) {
	store := freshStore(t)
	for _, state := range [][]any{
		{"learning", "learning", false, 1}, {"review", "review", false, 2}, {"relearning", "relearning", false, 3},
		{"undone", "new", false, 4}, {"suspended", "new", true, 0}, {"never", "new", false, 0},
	} {
		command(t, store, `INSERT INTO cards (user_id, id, deck_id, created_at, rev, suspended, phase, step, stability, difficulty, due, last_review,
			last_day, reps, lapses, seq, question, answer)
			VALUES ($5, $1, 'd', now(), 7, $3, $2, 1, 2, 3, now(), now(), 20000, 1, 1, $4, 'Q', 'A')`, append(state, string(owner))...)
	}
	// What was never answered has nothing to erase.
	command(t, store, `UPDATE cards SET step = 0, stability = 0, difficulty = 0, due = NULL, last_review = NULL, last_day = 0, reps = 0, lapses = 0
		WHERE id IN ('never')`)
	done, err := store.Ports().Erasure.EraseLearning(t.Context(), owner)
	require.NoError(t, err)
	require.True(t, done)
	t.Run("no card has a memory, or is suspended", func(t *testing.T) {
		require.Equal(t, []string{"0"}, texts(t, store, memoriesLeft, owner))
	})
	t.Run("the content of cards is left to who owns it", func(t *testing.T) {
		require.Equal(t, []string{"6"}, texts(t, store, "SELECT count(*)::text FROM cards WHERE question = 'Q' AND answer = 'A' AND rev = 7"))
	})
}

func TestWhatBelongsToNobodyIsNotErased(t *testing.T) {
	store := freshStore(t)
	for _, fill := range fillAll {
		command(t, store, fill, "", 0)
	}
	before := texts(t, store, leftOf, "")
	erasure := store.Ports().Erasure
	for _, erase := range []func(context.Context, domain.UserID) (bool, error){
		erasure.EraseAccount, erasure.EraseDecks, erasure.EraseLearning, erasure.EraseGeneration,
	} {
		done, err := erase(t.Context(), "")
		require.NoError(t, err)
		require.True(t, done)
	}
	require.Equal(t, before, texts(t, store, leftOf, ""))
}
