package sqlite

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestNotesInTheArchive(t *testing.T) {
	s := freshStore(t).Ports()
	require.NoError(t, s.Archive.Notes.Put(t.Context(), owner, []domain.Note{{ID: "n", Deck: "d1", Rev: 1}}))
	t.Run("an id that another deck's note has is a conflict, and has nothing to do with e-mail addresses", func(t *testing.T) {
		err := s.Archive.Notes.Put(t.Context(), owner, []domain.Note{{ID: "m", Deck: "d0", Rev: 1}, {ID: "n", Deck: "d2", Rev: 1}})
		require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
	})
	t.Run("then none of the notes is stored", func(t *testing.T) {
		left, err := s.Notes.NotesOf(t.Context(), owner, "", 9)
		require.NoError(t, err)
		require.Len(t, left, 1)
		require.Equal(t, domain.DeckID("d1"), left[0].Deck)
	})
}

func TestMigrationToVersion4(t *testing.T) {
	store := storeAt(t, 3)
	_, err := store.writer.db.Exec(`
		INSERT INTO users (id, email_key, name, email, password_hash, email_verified, beta, disabled, created_at, updated_at, rev) VALUES
			('u', 'ada@example.com', 'Ada', 'Ada@example.com', 'hash', 1, 1, 0, 10, 11, 4);
		INSERT INTO decks (user_id, id, name, description, color, created_at, rev) VALUES ('u', 'd', 'Deck', '', '', 5, 1);
		INSERT INTO deletions (user_id, requested_at, cleared, finished, rev) VALUES ('v', 5, '["account","decks","learning"]', '["account"]', 4);`)
	require.NoError(t, err)
	requireRefused(t, store.CheckSchema(t.Context()), "spacey migrate")
	require.NoError(t, store.Migrate(t.Context()))
	require.NoError(t, store.CheckSchema(t.Context()))
	s := store.Ports()

	t.Run("accounts and decks are as they were", func(t *testing.T) {
		user, err := s.Users.User(t.Context(), "u")
		require.NoError(t, err)
		require.Equal(t, domain.User{
			ID: "u", Name: "Ada", Email: "Ada@example.com", PasswordHash: "hash", EmailVerified: true, Beta: true,
			CreatedAt: instantAt(10), UpdatedAt: instantAt(11), Rev: 4,
		}, user)
		deck, err := s.Decks.Deck(t.Context(), "u", "d")
		require.NoError(t, err)
		require.Equal(t, "Deck", deck.Name)
	})
	t.Run("of who is being removed the notes are yet to be", func(t *testing.T) {
		deletions, err := s.Deletions.Deletions(t.Context(), ports.Page{Limit: 9})
		require.NoError(t, err)
		require.Len(t, deletions, 1)
		require.True(t, deletions[0].Due(domain.PartGeneration, instantAt(6)))
		require.False(t, deletions[0].Due(domain.PartAccount, instantAt(6)))
	})
	t.Run("nobody has a note, and one can be written", func(t *testing.T) {
		notes, err := s.Notes.NotesOf(t.Context(), "u", "", 9)
		require.NoError(t, err)
		require.Equal(t, []domain.Note{}, notes)
		note := domain.Note{
			ID: "n", Owner: "u", Deck: "d", Text: "Text", Generator: "extractive", CreatedAt: instantAt(20), UpdatedAt: instantAt(20), Rev: 1,
			Cards: []domain.NoteCard{{Question: "Q", Answer: "A", Source: domain.Span{Start: 0, End: 4}, Unfounded: true, Long: true}},
		}
		require.NoError(t, s.Notes.PutNote(t.Context(), note))
		stored, err := s.Notes.Note(t.Context(), "u", "n")
		require.NoError(t, err)
		require.Equal(t, note, stored)
	})
}
