package sqlite

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// rowsAtVersion2 are of each kind something that version 3 gives more columns or indexes, and what was learned.
const rowsAtVersion2 = `
INSERT INTO users (id, email_key, name, email, password_hash, email_verified, beta, created_at, updated_at, rev) VALUES
	('u', 'ada@example.com', 'Ada', 'Ada@example.com', 'hash', 1, 1, 10, 11, 4),
	('v', 'bob@example.com', 'Bob', 'bob@example.com', 'hash', 0, 0, 9, 9, 1);
INSERT INTO sessions (user_id, id, created_at, expires_at) VALUES ('u', 's2', 21, 90), ('u', 's1', 20, 90), ('v', 's1', 22, 90);
INSERT INTO one_time_tokens (hash, user_id, purpose, created_at, expires_at) VALUES
	('h1', 'u', 'verify_email', 30, 90), ('h2', 'v', 'verify_email', 31, 90);
INSERT INTO configs (name, public, value, updated_at, rev) VALUES ('frontend', 1, CAST('{"a":1}' AS BLOB), 40, 2);
INSERT INTO decks (user_id, id, name, description, color, created_at, rev) VALUES ('u', 'd', 'Deck', '', '', 5, 1);
INSERT INTO cards (user_id, id, deck_id, created_at, updated_at, rev, suspended, phase, step, stability, difficulty, due, last_review,
	last_day, reps, lapses, seq, question, answer) VALUES
	('u', 'c1', 'd', 10, 11, 3, 1, 'review', 0, 2.5, 2.25, 5000, 2000, 20000, 2, 1, 2, 'Question', 'Answer');`

func TestMigrationToVersion3(t *testing.T) {
	store := storeAt(t, 2)
	_, err := store.writer.db.Exec(rowsAtVersion2)
	require.NoError(t, err)
	requireRefused(t, store.CheckSchema(t.Context()), "spacey migrate")
	require.NoError(t, store.Migrate(t.Context()))
	require.NoError(t, store.CheckSchema(t.Context()))
	s := store.Ports()
	ada := domain.User{
		ID: "u", Name: "Ada", Email: "Ada@example.com", PasswordHash: "hash", EmailVerified: true, Beta: true,
		CreatedAt: instantAt(10), UpdatedAt: instantAt(11), Rev: 4,
	}
	bob := domain.User{
		ID: "v", Name: "Bob", Email: "bob@example.com", PasswordHash: "hash", CreatedAt: instantAt(9), UpdatedAt: instantAt(9), Rev: 1,
	}

	t.Run("accounts are as they were, none is disabled, and all are listed", func(t *testing.T) {
		users, err := s.Users.ListUsers(t.Context(), ports.Page{Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []domain.User{bob, ada}, users)
		user, err := s.Users.UserByEmail(t.Context(), "ada@example.com")
		require.NoError(t, err)
		require.Equal(t, ada, user)
	})
	t.Run("sign-ins go on, from a place that is not known", func(t *testing.T) {
		sessions, err := s.Sessions.SessionsOf(t.Context(), "u", ports.Page{Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []domain.Session{
			{ID: "s1", Owner: "u", CreatedAt: instantAt(20), ExpiresAt: instantAt(90)},
			{ID: "s2", Owner: "u", CreatedAt: instantAt(21), ExpiresAt: instantAt(90)},
		}, sessions)
	})
	t.Run("links that were mailed work", func(t *testing.T) {
		_, err := s.OneTimeTokens.ConsumeToken(t.Context(), "u", "h1", domain.PurposeVerifyEmail, instantAt(50))
		require.NoError(t, err)
	})
	t.Run("documents, decks, cards and memories are as they were", func(t *testing.T) {
		documents, err := s.Configs.ListConfigs(t.Context(), "", 9)
		require.NoError(t, err)
		require.Equal(t, []domain.ConfigDocument{
			{Name: "frontend", Public: true, Value: json.RawMessage(`{"a":1}`), UpdatedAt: instantAt(40), Rev: 2},
		}, documents)
		deck, err := s.Decks.Deck(t.Context(), "u", "d")
		require.NoError(t, err)
		require.Equal(t, "Deck", deck.Name)
		memory, err := s.Memories.Memory(t.Context(), "u", "c1")
		require.NoError(t, err)
		require.True(t, memory.Suspended)
		require.Equal(t, int64(2), memory.Memory.Seq)
	})
	t.Run("what is new can be stored", func(t *testing.T) {
		token := domain.APIToken{ID: "t", Owner: "u", Name: "Token", Hash: "h", Scopes: domain.Scopes(), CreatedAt: instantAt(60)}
		require.NoError(t, s.APITokens.PutAPIToken(t.Context(), token))
		stored, err := s.APITokens.APIToken(t.Context(), "u", "t")
		require.NoError(t, err)
		require.Equal(t, token, stored)
	})
	t.Run("a person can be removed, and the others stay", func(t *testing.T) {
		for _, erase := range []func() (bool, error){
			func() (bool, error) { return s.Erasure.EraseAccount(t.Context(), "u") },
			func() (bool, error) { return s.Erasure.EraseDecks(t.Context(), "u") },
			func() (bool, error) { return s.Erasure.EraseLearning(t.Context(), "u") },
		} {
			done, err := erase()
			require.NoError(t, err)
			require.True(t, done)
		}
		left, err := s.Archive.Owners.Owners(t.Context(), "", 9)
		require.NoError(t, err)
		require.Equal(t, []domain.UserID{"v"}, left)
		_, err = s.OneTimeTokens.ConsumeToken(t.Context(), "v", "h2", domain.PurposeVerifyEmail, time.UnixMilli(50))
		require.NoError(t, err)
	})
}
