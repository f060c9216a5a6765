package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func noteUpdateCases() []testCase {
	return []testCase{
		{"an update of a note is stored and counted", noteUpdate},
		{"an update of a note returns it as it is stored", noteUpdateStored},
		{"an update cannot change ids, owner, deck, creation and revision of a note", noteFixed},
		{"an update of a note that its function refuses stores nothing", noteRefused},
		{"a note that was replaced is not found by an update, and the other one stays", noteUpdateGone},
		{"concurrent updates of a note lose nothing", noteUpdateRace},
	}
}

func noteUpdate(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want, other := putNote(t, s, openNote(ada, 1)), putNote(t, s, newNote(ada, 2))
	theirs := putNote(t, s, newNote(bob, 1))
	for n := 3; n <= 5; n++ {
		want.Text, want.Cards, want.Generator = "Text again", newNoteCards(n, n-3), "extractive"
		want.AddingAt, want.AddedAt, want.UpdatedAt = at(n), at(n+1), at(n+2)
		if n == 5 {
			want.AddingAt, want.AddedAt, want.UpdatedAt, want.Text = time.Time{}, time.Time{}, time.Time{}, ""
		}
		got, err := s.Notes.UpdateNote(t.Context(), ada, want.ID, func(note *domain.Note) error {
			rev := note.Rev
			*note = want
			note.Rev = rev
			return nil
		})
		require.NoError(t, err)
		want.Rev++
		require.Equal(t, want, got)
		requireNotes(t, s, ada, want, other)
	}
	requireNotes(t, s, bob, theirs)
}

func noteUpdateStored(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := putNote(t, s, newNote(ada, 1))
	zone := time.FixedZone("Kathmandu", 5*3600+45*60)
	got, err := s.Notes.UpdateNote(t.Context(), ada, want.ID, func(note *domain.Note) error {
		note.Cards = nil
		note.AddingAt, note.AddedAt, note.UpdatedAt = at(1).In(zone), at(2).In(zone), at(3).In(zone)
		return nil
	})
	require.NoError(t, err)
	want.Cards, want.AddingAt, want.AddedAt, want.UpdatedAt, want.Rev = []domain.NoteCard{}, at(1), at(2), at(3), 2
	require.Equal(t, want, got)
	requireNote(t, s, want)
}

func noteFixed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := putNote(t, s, newNote(ada, 1))
	got, err := s.Notes.UpdateNote(t.Context(), ada, want.ID, func(note *domain.Note) error {
		note.ID, note.Owner, note.Deck, note.CreatedAt, note.Rev, note.Text = noteID(9), bob, deckID(9), at(99), 77, "New"
		return nil
	})
	require.NoError(t, err)
	want.Text, want.Rev = "New", 2
	require.Equal(t, want, got)
	requireNotes(t, s, ada, want)
	requireNotes(t, s, bob)
}

func noteRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := putNote(t, s, newNote(ada, 1))
	_, err := s.Notes.UpdateNote(t.Context(), ada, want.ID, func(note *domain.Note) error {
		note.Text, note.Cards[0].Question = "New", "New"
		return errEdit
	})
	require.Same(t, errEdit, err, "the error is returned as it is")
	requireNotes(t, s, ada, want)
}

func noteUpdateGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	before, after := putNote(t, s, newNote(ada, 1)), newNote(ada, 2)
	after.Deck = before.Deck
	putNote(t, s, after)
	_, err := s.Notes.UpdateNote(t.Context(), ada, before.ID, func(note *domain.Note) error { note.Text = "New"; return nil })
	requireNotFound(t, err)
	requireNotes(t, s, ada, after)
}

func noteUpdateRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	note := openNote(ada, 1)
	note.Cards = []domain.NoteCard{}
	putNote(t, s, note)
	got := race(racers, func(i int) error {
		_, err := s.Notes.UpdateNote(t.Context(), ada, note.ID, func(n *domain.Note) error {
			n.Cards = append(n.Cards, domain.NoteCard{Question: uuid(1, i)})
			return nil
		})
		return err
	})
	done := requireMostDone(t, got)
	stored, err := s.Notes.Note(t.Context(), ada, note.ID)
	require.NoError(t, err)
	require.Equal(t, note.Rev+int64(done), stored.Rev)
	require.Len(t, stored.Cards, done)
	for i, err := range got {
		if err == nil {
			require.Contains(t, stored.Cards, domain.NoteCard{Question: uuid(1, i)})
		}
	}
}
