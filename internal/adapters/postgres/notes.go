package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Notes stores notes.
type Notes struct{ store *Store }

var _ ports.Notes = (*Notes)(nil)

const (
	noteColumns       = "user_id, deck_id, id, generator, adding_at, added_at, created_at, updated_at, rev, text, cards"
	putNote     query = "INSERT INTO notes (" + noteColumns + `, terms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, array_to_tsvector(string_to_array($12, ' ')))
		ON CONFLICT (user_id, deck_id) DO UPDATE SET id = excluded.id, generator = excluded.generator, adding_at = excluded.adding_at,
		added_at = excluded.added_at, created_at = excluded.created_at, updated_at = excluded.updated_at, rev = excluded.rev,
		text = excluded.text, cards = excluded.cards, terms = excluded.terms`
	noteByID query = "SELECT " + noteColumns + " FROM notes WHERE user_id = $1 AND id = $2"
	notesOf  query = "SELECT " + noteColumns + " FROM notes WHERE user_id = $1 AND deck_id > $2 ORDER BY deck_id LIMIT $3"
	// Without terms it leaves those that are there.
	updateNote query = `UPDATE notes SET generator = $4, adding_at = $5, added_at = $6, updated_at = $7, text = $8, cards = $9,
		terms = coalesce(array_to_tsvector(string_to_array($10, ' ')), terms), rev = $3 + 1 WHERE user_id = $1 AND id = $2 AND rev = $3`
	removeNotes query = "DELETE FROM notes WHERE user_id = $1 AND deck_id = ANY($2)"
)

// noteFields returns where noteColumns go.
func noteFields(n *domain.Note) []any {
	return []any{
		(*string)(&n.Owner), (*string)(&n.Deck), (*string)(&n.ID), &n.Generator, instant{&n.AddingAt}, instant{&n.AddedAt},
		instant{&n.CreatedAt}, instant{&n.UpdatedAt}, &n.Rev, &n.Text, (*noteCardsColumn)(&n.Cards),
	}
}

// noteValues returns the parameters of putNote.
func noteValues(owner domain.UserID, n *domain.Note) []any {
	return []any{
		string(owner), string(n.Deck), string(n.ID), n.Generator, moment(n.AddingAt), moment(n.AddedAt), moment(n.CreatedAt),
		moment(n.UpdatedAt), n.Rev, n.Text, noteCardsColumn(storedNoteCards(n.Cards)), noteTerms(owner, n.Text),
	}
}

// PutNote adds a note, in place of the one of the same owner and deck when there is one.
func (n *Notes) PutNote(ctx context.Context, note domain.Note) error {
	_, err := n.store.exec(ctx, "put a note", putNote, noteValues(note.Owner, &note)...)
	return err
}

// Note returns a note.
func (n *Notes) Note(ctx context.Context, owner domain.UserID, id domain.NoteID) (domain.Note, error) {
	var note domain.Note
	found, err := n.store.row(ctx, "read a note", noteByID, []any{string(owner), string(id)}, noteFields(&note)...)
	if err == nil && !found {
		err = domain.NotFound("note")
	}
	if err != nil {
		return domain.Note{}, err
	}
	return note, nil
}

// NotesOf returns notes of a person in order of the bytes of their decks' ids.
func (n *Notes) NotesOf(ctx context.Context, owner domain.UserID, after domain.DeckID, limit int) ([]domain.Note, error) {
	return list(ctx, n.store, "list notes", noteFields, notesOf, string(owner), string(after), limit)
}

// UpdateNote changes a note and returns it as stored.
func (n *Notes) UpdateNote(
	ctx context.Context, owner domain.UserID, id domain.NoteID, edit func(*domain.Note) error,
) (domain.Note, error) {
	read := func() (domain.Note, error) { return n.Note(ctx, owner, id) }
	return ports.Update(ctx, "note", read, edit, func(before, note *domain.Note) (bool, error) {
		note.ID, note.Owner, note.Deck, note.CreatedAt, note.Rev = before.ID, before.Owner, before.Deck, before.CreatedAt, before.Rev+1
		note.AddingAt, note.AddedAt, note.UpdatedAt = stored(note.AddingAt), stored(note.AddedAt), stored(note.UpdatedAt)
		note.Cards = storedNoteCards(note.Cards)
		var terms any
		if note.Text != before.Text {
			terms = noteTerms(owner, note.Text)
		}
		rows, err := n.store.exec(ctx, "update a note", updateNote, string(owner), string(id), before.Rev, note.Generator,
			moment(note.AddingAt), moment(note.AddedAt), moment(note.UpdatedAt), note.Text, noteCardsColumn(note.Cards), terms)
		return rows == 1, err
	})
}
