package mongo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// noteOf returns a note for a deck.
func noteOf(deck domain.DeckID, id domain.NoteID) domain.Note {
	return domain.Note{
		ID: id, Owner: ada, Deck: deck, Text: "Text of " + string(id), Cards: []domain.NoteCard{{Question: "Q", Answer: "A"}},
		Generator: "extractive", CreatedAt: start, UpdatedAt: start, Rev: 1,
	}
}

// requireNotedOnce stores a note, and checks that the database keeps its id for one deck.
func requireNotedOnce(t *testing.T, s *Store) {
	t.Helper()
	require.NoError(t, s.PutNote(t.Context(), noteOf("deck-1", "note-1")))
	requireCode(t, domain.CodeConflict, s.PutNote(t.Context(), noteOf("deck-2", "note-1")))
	requireStored(t, 1, s.notes)
}

func TestNotes(t *testing.T) {
	t.Run("an update does not change the note that took the place of the one it has read", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		before, after := noteOf("deck-1", "note-1"), noteOf("deck-1", "note-2")
		require.NoError(t, s.PutNote(t.Context(), before))
		_, err := s.UpdateNote(t.Context(), ada, before.ID, func(n *domain.Note) error {
			require.NoError(t, s.PutNote(t.Context(), after))
			n.Text = "Changed"
			return nil
		})
		requireCode(t, domain.CodeNotFound, err)
		got, err := s.Note(t.Context(), ada, after.ID)
		require.NoError(t, err)
		require.Equal(t, after, got)
		requireStored(t, 1, s.notes)
	})

	t.Run("a note on the shelf whose id another deck's note has is a conflict", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		require.NoError(t, s.PutNote(t.Context(), noteOf("deck-1", "note-1")))
		requireCode(t, domain.CodeConflict, s.archive().Notes.Put(t.Context(), ada, []domain.Note{noteOf("deck-2", "note-1")}))
		requireStored(t, 1, s.notes)
	})
}

func TestCountUsage(t *testing.T) {
	t.Run("there is one document for each day, which holds the sum", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		for _, day := range []domain.Day{20_513, 20_514, 20_513} {
			granted, err := s.CountUsage(t.Context(), ada, day, 2, 4)
			require.NoError(t, err)
			require.True(t, granted)
		}
		record, err := findOne[usageRecord](t.Context(), s.usage, "count", ownKey(ada, dayID(20_513)))
		require.NoError(t, err)
		require.Equal(t, usageRecord{key(ada, "0000020513"), ada, 20_513, 4}, record)
		requireStored(t, 2, s.usage)
	})
}
