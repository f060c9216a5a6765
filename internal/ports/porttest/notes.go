package porttest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testNotes(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a note comes back as given, whether its cards wait or not", noteRoundTrip},
		{"times of a note come back in UTC to the millisecond, zero as zero", noteTimes},
		{"texts of a note and its cards come back byte for byte", noteTexts},
		{"the longest text and the most cards fit", noteLong},
		{"an unknown note is not found", noteUnknown},
		{"another person's note is not found, and ids are free for others", noteForeign},
		{"a note takes the place of the one of its deck, which is gone", noteReplaced},
		{"a note of an id that another deck's note has is a conflict and changes nothing", noteConflict},
		{"of many notes of one id for several decks one is stored", noteIDRace},
		{"of many notes for one deck the last one is stored, and no other", noteDeckRace},
		{"what callers do to their copy of a note changes nothing", noteCopies},
		{"notes of a person are listed in order of the bytes of their decks' ids, in parts", noteList},
		{"without notes their list is empty", noteListEmpty},
		{"a cancelled context stores, lists and changes no note", noteCancelled},
	})
	runCases(t, engine, noteUpdateCases())
}

func putNote(t *testing.T, s ports.Storage, note domain.Note) domain.Note {
	t.Helper()
	require.NoError(t, s.Notes.PutNote(t.Context(), note))
	return note
}

// requireNote checks that a note is stored as given.
func requireNote(t *testing.T, s ports.Storage, want domain.Note) {
	t.Helper()
	got, err := s.Notes.Note(t.Context(), want.Owner, want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// requireNotes checks all notes of a person.
func requireNotes(t *testing.T, s ports.Storage, owner domain.UserID, want ...domain.Note) {
	t.Helper()
	got, err := s.Notes.NotesOf(t.Context(), owner, "", 1000)
	require.NoError(t, err)
	require.Equal(t, append([]domain.Note{}, want...), got)
}

func noteRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	notes := []domain.Note{newNote(ada, 0), openNote(ada, 1), newNote(ada, 2), openNote(ada, 3)}
	notes[1].Cards, notes[1].Text, notes[1].Generator = []domain.NoteCard{}, "", ""
	notes[2].Cards, notes[2].Rev = []domain.NoteCard{{}, {Source: domain.Span{Start: 0, End: 1}}, {Long: true}, {Unfounded: true}}, 8
	for _, note := range notes {
		putNote(t, s, note)
	}
	for _, note := range notes {
		requireNote(t, s, note)
	}
	none := openNote(ada, 4)
	none.Cards = nil
	putNote(t, s, none)
	none.Cards = []domain.NoteCard{}
	requireNote(t, s, none)
	requireNotes(t, s, ada, append(notes, none)...)
}

func noteTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range append(instants(), time.Time{}) {
		note := newNote(ada, i)
		note.AddingAt, note.AddedAt, note.CreatedAt, note.UpdatedAt = instant, instant, instant, instant
		putNote(t, s, note)
		note.AddingAt, note.AddedAt, note.CreatedAt, note.UpdatedAt = instant.UTC(), instant.UTC(), instant.UTC(), instant.UTC()
		requireNote(t, s, note)
	}
}

func noteTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, text := range append(texts(), "", longText()) {
		note := newNote(ada, i)
		note.Text, note.Generator = text, text
		note.Cards[0].Question, note.Cards[1].Answer = text, text
		putNote(t, s, note)
		requireNote(t, s, note)
	}
}

func noteLong(t *testing.T, engine Engine) {
	s := engine.Open(t)
	note := openNote(ada, 1)
	note.Text, note.Cards = strings.Repeat("\U0001f600", domain.MaxNoteText), newNoteCards(1, domain.MaxNoteCards)
	putNote(t, s, note)
	got, err := s.Notes.Note(t.Context(), ada, note.ID)
	require.NoError(t, err)
	require.True(t, note.Text == got.Text, "the text comes back")
	require.Len(t, got.Cards, len(note.Cards))
	require.True(t, slices.Equal(note.Cards, got.Cards), "the cards come back")
}

func noteUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	note := putNote(t, s, newNote(ada, 1))
	for _, id := range []domain.NoteID{noteID(2), "", "%", note.ID[:20], note.ID + "0", domain.NoteID(note.Deck)} {
		_, err := s.Notes.Note(t.Context(), ada, id)
		requireNotFound(t, err)
		_, err = s.Notes.UpdateNote(t.Context(), ada, id, func(n *domain.Note) error { n.Text = "Other"; return nil })
		requireNotFound(t, err)
	}
	requireNotes(t, s, ada, note)
}

func noteForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine := putNote(t, s, newNote(ada, 1))
	_, err := s.Notes.Note(t.Context(), bob, mine.ID)
	requireNotFound(t, err)
	_, err = s.Notes.UpdateNote(t.Context(), bob, mine.ID, func(n *domain.Note) error { n.Text = "Other"; return nil })
	requireNotFound(t, err)
	requireNotes(t, s, bob)
	theirs := newNote(bob, 1)
	theirs.Text = "Another person's text"
	putNote(t, s, theirs)
	moved := newNote(bob, 3)
	putNote(t, s, moved)
	requireNotes(t, s, ada, mine)
	requireNotes(t, s, bob, theirs, moved)
}

func noteReplaced(t *testing.T, engine Engine) {
	s := engine.Open(t)
	before, other := putNote(t, s, newNote(ada, 1)), putNote(t, s, newNote(ada, 2))
	theirs := putNote(t, s, newNote(bob, 1))
	_, err := s.Notes.UpdateNote(t.Context(), ada, before.ID, func(*domain.Note) error { return nil })
	require.NoError(t, err)
	after := openNote(ada, 3)
	after.Deck, after.CreatedAt = before.Deck, at(500)
	putNote(t, s, after)
	requireNotes(t, s, ada, after, other)
	_, err = s.Notes.Note(t.Context(), ada, before.ID)
	requireNotFound(t, err)

	again := after // the same id once more
	again.Text, again.Cards, again.Rev = "Again", newNoteCards(9, 1), 4
	putNote(t, s, again)
	requireNotes(t, s, ada, again, other)
	elsewhere := newNote(ada, 4) // the id that is free again
	elsewhere.ID = before.ID
	putNote(t, s, elsewhere)
	requireNotes(t, s, ada, again, other, elsewhere)
	requireNotes(t, s, bob, theirs)
}

func noteConflict(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second := putNote(t, s, newNote(ada, 1)), putNote(t, s, newNote(ada, 2))
	for _, deck := range []domain.DeckID{deckID(3), second.Deck} {
		note := openNote(ada, 1)
		note.Deck, note.Text = deck, "Another text"
		requireCode(t, domain.CodeConflict, s.Notes.PutNote(t.Context(), note))
		requireNotes(t, s, ada, first, second)
	}
}

func noteIDRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	note := func(i int) domain.Note {
		note := newNote(ada, i)
		note.ID = noteID(1)
		return note
	}
	got := race(racers, func(i int) error { return s.Notes.PutNote(t.Context(), note(i)) })
	requireNotes(t, s, ada, note(requireOneWinner(t, got, domain.CodeConflict)))
}

func noteDeckRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	note := func(i int) domain.Note {
		note := newNote(ada, i)
		note.Deck = deckID(1)
		return note
	}
	got := race(racers, func(i int) error { return s.Notes.PutNote(t.Context(), note(i)) })
	requireMostDone(t, got)
	list, err := s.Notes.NotesOf(t.Context(), ada, "", 1000)
	require.NoError(t, err)
	require.Len(t, list, 1, "a deck has one note")
	found := 0
	for i := range got {
		if _, err = s.Notes.Note(t.Context(), ada, noteID(i)); err == nil {
			found++
			require.Equal(t, note(i), list[0])
			require.NoError(t, got[i])
		}
	}
	require.Equal(t, 1, found)
}

func noteCopies(t *testing.T, engine Engine) {
	s := engine.Open(t)
	given, want := newNote(ada, 1), newNote(ada, 1)
	putNote(t, s, given)
	given.Cards[0].Question = "changed"
	got, err := s.Notes.Note(t.Context(), ada, want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
	got.Cards[0].Answer = "changed"
	list, err := s.Notes.NotesOf(t.Context(), ada, "", 10)
	require.NoError(t, err)
	require.Equal(t, []domain.Note{want}, list)
	list[0].Cards[1].Question = "changed"
	requireNote(t, s, want)
}

func noteList(t *testing.T, engine Engine) {
	s := engine.Open(t)
	keys := archiveKeys()
	want := make([]domain.Note, len(keys))
	for i, deck := range keys {
		want[i] = []domain.Note{newNote(ada, i), openNote(ada, i)}[i%2]
		want[i].Deck, want[i].ID = domain.DeckID(deck), domain.NoteID(fmt.Sprint("note", (i*7+3)%len(keys)))
		want[i].CreatedAt = at((i * 11) % len(keys))
	}
	for i := range want {
		putNote(t, s, want[(i*7+3)%len(want)])
	}
	putNote(t, s, newNote(bob, 1))
	place := func(n domain.Note) ports.Cursor { return ports.Cursor{ID: string(n.Deck)} }
	requirePages(t, want, place, func(page ports.Page) ([]domain.Note, error) {
		return s.Notes.NotesOf(t.Context(), ada, domain.DeckID(page.After.ID), page.Limit)
	})
	for _, after := range []string{" ", "C", "aA", "a!!", "\u00e5", "\U0001f601"} {
		got, err := s.Notes.NotesOf(t.Context(), ada, domain.DeckID(after), 100)
		require.NoError(t, err)
		from, _ := slices.BinarySearch(keys, after)
		require.Equalf(t, append([]domain.Note{}, want[from:]...), got, "behind %q, which is not there", after)
	}
}

func noteListEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	putNote(t, s, newNote(bob, 1))
	list, err := s.Notes.NotesOf(t.Context(), ada, "", 10)
	requireEmpty(t, list, err)
	list, err = s.Notes.NotesOf(t.Context(), bob, deckID(1), 10)
	requireEmpty(t, list, err)
}

func noteCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := putNote(t, s, newNote(ada, 1))
	ctx, changed := cancelled(t), want
	changed.Text = "Other"
	_, read := s.Notes.Note(ctx, ada, want.ID)
	_, list := s.Notes.NotesOf(ctx, ada, "", 10)
	_, update := s.Notes.UpdateNote(ctx, ada, want.ID, func(n *domain.Note) error { n.Text = "Other"; return nil })
	requireCancelled(t, map[string]error{
		"PutNote": s.Notes.PutNote(ctx, changed), "PutNote of another deck": s.Notes.PutNote(ctx, newNote(ada, 2)),
		"Note": read, "NotesOf": list, "UpdateNote": update,
	})
	requireNotes(t, s, ada, want)
}
