package postgres

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

// storeWith opens a store on a new database with some migrations only.
func storeWith(t *testing.T, names ...string) *Store {
	t.Helper()
	store := openStore(t, engines.PostgresDatabase(t))
	files := fstest.MapFS{}
	for _, name := range names {
		content, err := migrations.ReadFile("migrations/" + name)
		require.NoError(t, err)
		files[name] = &fstest.MapFile{Data: content}
	}
	require.NoError(t, store.apply(t.Context(), files))
	return store
}

func TestUpgradeFromVersion1(t *testing.T) {
	store := storeWith(t, "00001_schema.sql")
	for _, fill := range []string{
		"INSERT INTO users VALUES ('a', 'a@x.org', 'Ada', 'A@x.org', 'hash', true, false, $1, $1, 7)",
		"INSERT INTO users VALUES ('old', 'b@x.org', 'Bob', 'b@x.org', 'hash', false, true, NULL, $1, 1)",
		"INSERT INTO sessions VALUES ('a', 's', $1, $1)",
		"INSERT INTO sessions VALUES ('a', 'old', NULL, $1)",
		"INSERT INTO one_time_tokens VALUES ('h', 'a', 'verify_email', $1, $1)",
		"INSERT INTO configs VALUES ('frontend', true, '{}', $1, 1)",
		"INSERT INTO decks VALUES ('a', 'd', 'Deck', '', 'red', NULL, $1, $1, 1, NULL)",
	} {
		command(t, store, fill, start)
	}
	t.Run("a database of version 1 is refused, untouched, until it is migrated", func(t *testing.T) {
		before := dump(t, store)
		requireRefused(t, store.CheckSchema(t.Context()), "schema version 1", "needs 4", "spacey migrate")
		require.Equal(t, before, dump(t, store))
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.CheckSchema(t.Context()))
	})
	s, page := store.Ports(), ports.Page{Limit: 10}
	t.Run("accounts are kept and none of them is disabled", func(t *testing.T) {
		users, err := s.Users.ListUsers(t.Context(), page)
		require.NoError(t, err)
		require.Equal(t, []domain.User{
			{ID: "old", Name: "Bob", Email: "b@x.org", PasswordHash: "hash", Beta: true, UpdatedAt: start, Rev: 1},
			{ID: "a", Name: "Ada", Email: "A@x.org", PasswordHash: "hash", EmailVerified: true, CreatedAt: start, UpdatedAt: start, Rev: 7},
		}, users, "what has no time of creation comes first")
	})
	t.Run("sign-ins are kept, and where they come from is not known", func(t *testing.T) {
		sessions, err := s.Sessions.SessionsOf(t.Context(), "a", page)
		require.NoError(t, err)
		require.Equal(t, []domain.Session{
			{ID: "old", Owner: "a", ExpiresAt: start}, {ID: "s", Owner: "a", CreatedAt: start, ExpiresAt: start},
		}, sessions)
	})
	t.Run("mailed links work", func(t *testing.T) {
		_, err := s.OneTimeTokens.ConsumeToken(t.Context(), "a", "h", domain.PurposeVerifyEmail, start)
		require.NoError(t, err)
	})
	t.Run("decks and configuration are kept", func(t *testing.T) {
		_, err := s.Decks.Deck(t.Context(), "a", "d")
		require.NoError(t, err)
		_, err = s.Configs.Config(t.Context(), "frontend")
		require.NoError(t, err)
	})
	t.Run("what the earlier program writes while it ends has a value in each new column", func(t *testing.T) {
		command(t, store, `INSERT INTO users (id, email_key, name, email, password_hash, email_verified, beta, created_at, updated_at, rev)
			VALUES ('late', 'late@x.org', 'Late', 'late@x.org', 'hash', false, false, $1, $1, 1)`, start)
		command(t, store, "INSERT INTO sessions (user_id, id, created_at, expires_at) VALUES ('late', 's', $1, $1)", start)
		user, err := s.Users.User(t.Context(), "late")
		require.NoError(t, err)
		require.False(t, user.Disabled)
		session, err := s.Sessions.Session(t.Context(), "late", "s")
		require.NoError(t, err)
		require.Equal(t, domain.Session{ID: "s", Owner: "late", CreatedAt: start, ExpiresAt: start}, session)
	})
	t.Run("the new tables are there, and empty", func(t *testing.T) {
		audits, err := s.Audits.Audits(t.Context(), page)
		require.NoError(t, err)
		require.Empty(t, audits)
		require.NoError(t, s.APITokens.PutAPIToken(t.Context(), domain.APIToken{
			ID: "t", Owner: "a", Scopes: []domain.Scope{domain.ScopeDecksRead}, CreatedAt: start.Add(time.Hour),
		}))
	})
}

func TestUpgradeFromVersion2(t *testing.T) {
	store := storeWith(t, "00001_schema.sql", "00002_accounts.sql")
	for _, fill := range []string{
		`INSERT INTO users (id, email_key, name, email, password_hash, email_verified, beta, disabled, created_at, updated_at, rev)
			VALUES ('a', 'a@x.org', 'Ada', 'A@x.org', 'hash', true, true, false, $1, $1, 7)`,
		"INSERT INTO decks VALUES ('a', 'd', 'Deck', '', 'red', NULL, $1, $1, 1, NULL)",
		"INSERT INTO deletions VALUES ('b', $1, '{account,decks,learning}', '{account}', 4)",
	} {
		command(t, store, fill, start)
	}
	requireRefused(t, store.CheckSchema(t.Context()), "schema version 2", "needs 4", "spacey migrate")
	require.NoError(t, store.Migrate(t.Context()))
	require.NoError(t, store.CheckSchema(t.Context()))
	s := store.Ports()
	t.Run("accounts and decks are as they were", func(t *testing.T) {
		user, err := s.Users.User(t.Context(), "a")
		require.NoError(t, err)
		require.Equal(t, domain.User{
			ID: "a", Name: "Ada", Email: "A@x.org", PasswordHash: "hash", EmailVerified: true, Beta: true, CreatedAt: start, UpdatedAt: start, Rev: 7,
		}, user)
		_, err = s.Decks.Deck(t.Context(), "a", "d")
		require.NoError(t, err)
	})
	t.Run("of who is being removed the notes are yet to be", func(t *testing.T) {
		deletions, err := s.Deletions.Deletions(t.Context(), ports.Page{Limit: 9})
		require.NoError(t, err)
		require.Len(t, deletions, 1)
		require.True(t, deletions[0].Due(domain.PartGeneration, start))
		require.False(t, deletions[0].Due(domain.PartAccount, start))
	})
	t.Run("nobody has a note, and one can be written", func(t *testing.T) {
		notes, err := s.Notes.NotesOf(t.Context(), "a", "", 9)
		require.NoError(t, err)
		require.Empty(t, notes)
		note := domain.Note{ID: "n", Owner: "a", Deck: "d", Text: "Text", Cards: []domain.NoteCard{}, CreatedAt: start, UpdatedAt: start, Rev: 1}
		require.NoError(t, s.Notes.PutNote(t.Context(), note))
		stored, err := s.Notes.Note(t.Context(), "a", "n")
		require.NoError(t, err)
		require.Equal(t, note, stored)
	})
}

func TestUpgradeFromVersion3(t *testing.T) {
	store := storeWith(t, "00001_schema.sql", "00002_accounts.sql", "00003_generation.sql")
	for _, fill := range []string{
		"INSERT INTO decks VALUES ($2, 'd', 'Deck', '', 'red', NULL, $1, $1, 1, NULL)",
		"INSERT INTO notes VALUES ($2, 'd', 'open', 'extractive', NULL, NULL, $1, $1, 1, 'A river in a note', '[]')",
		"INSERT INTO notes VALUES ($2, 'e', 'closed', 'extractive', $1, $1, $1, $1, 2, '', '[]')",
		`INSERT INTO cards (user_id, id, deck_id, created_at, rev, suspended, phase, step, stability, difficulty, last_day, reps, lapses, seq,
			question, answer) SELECT $2, 'c' || n, 'd', $1, 1, false, 'new', 0, 0, 0, 0, 0, 0, 0, 'Question ' || n, CASE WHEN n % 500 = 7 THEN 'Rivers' ELSE '' END
			FROM generate_series(1, 1200) AS n`,
	} {
		command(t, store, fill, start, string(owner))
	}
	requireRefused(t, store.CheckSchema(t.Context()), "schema version 3", "needs 4", "spacey migrate")
	t.Run("a migration that stopped halfway is not done, and another one goes on", func(t *testing.T) {
		command(t, store, contentSchema)
		command(t, store, "INSERT INTO card_terms SELECT user_id, id, '' FROM cards WHERE id = 'c7'")
		requireRefused(t, store.CheckSchema(t.Context()), "schema version 3")
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.CheckSchema(t.Context()))
		require.Equal(t, []string{""}, texts(t, store, "SELECT terms::text FROM card_terms WHERE card_id = 'c7'"), "it was written before")
	})
	s := store.Ports()
	sought, err := domain.ParseSearch("river")
	require.NoError(t, err)
	t.Run("all cards that were there are found by their words", func(t *testing.T) {
		require.Equal(t, []string{"1200"}, texts(t, store, "SELECT count(*)::text FROM card_terms"))
		require.ElementsMatch(t, []string{"c507", "c1007"}, strings.Fields(seek(t, s, sought, 9)))
		require.Equal(t, "c1200", seek(t, s, all("1200"), 9))
	})
	t.Run("notes that were there are found too", func(t *testing.T) {
		notes, err := s.Search.SearchNotes(t.Context(), owner, sought, 9)
		require.NoError(t, err)
		require.Equal(t, []domain.NoteID{"open"}, notes)
		require.Equal(t, []string{"0"}, texts(t, store, "SELECT count(*)::text FROM notes WHERE terms IS NULL"))
	})
}
