package sqlite

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
	putNote     query = "INSERT INTO notes (" + noteColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id, deck_id) DO UPDATE SET id = excluded.id, generator = excluded.generator, adding_at = excluded.adding_at,
		added_at = excluded.added_at, created_at = excluded.created_at, updated_at = excluded.updated_at, rev = excluded.rev,
		text = excluded.text, cards = excluded.cards`
	noteByID   query = "SELECT " + noteColumns + " FROM notes WHERE user_id = ? AND id = ?"
	notesOf    query = "SELECT " + noteColumns + " FROM notes WHERE user_id = ? AND deck_id > ? ORDER BY deck_id LIMIT ?"
	updateNote query = `UPDATE notes SET generator = ?, adding_at = ?, added_at = ?, updated_at = ?, rev = ?, text = ?, cards = ?
		WHERE user_id = ? AND id = ? AND rev = ?`
	removeNotes query = "DELETE FROM notes WHERE user_id = ? AND deck_id IN (SELECT value FROM json_each(?))"
)

// noteFields returns where noteColumns go.
func noteFields(n *domain.Note) []any {
	return []any{
		(*string)(&n.Owner), (*string)(&n.Deck), (*string)(&n.ID), &n.Generator, instant{&n.AddingAt}, instant{&n.AddedAt},
		instant{&n.CreatedAt}, instant{&n.UpdatedAt}, &n.Rev, &n.Text, noteCardsColumn{&n.Cards},
	}
}

// noteValues returns the noteColumns of a note of the owner.
func noteValues(owner domain.UserID, n *domain.Note) []any {
	return []any{
		owner, n.Deck, n.ID, n.Generator, millis(n.AddingAt), millis(n.AddedAt), millis(n.CreatedAt), millis(n.UpdatedAt), n.Rev,
		n.Text, noteCardsColumn{&n.Cards},
	}
}

// PutNote adds a note, in place of the one of the same owner and deck when there is one.
func (n *Notes) PutNote(ctx context.Context, note domain.Note) error {
	thing := findableNote(&note)
	return n.store.transact(ctx, "put a note", func(t *transaction) error {
		if _, err := t.exec(putNote, noteValues(note.Owner, &note)...); err != nil {
			return err
		}
		return t.find(note.Owner, domain.SearchNotes, thing)
	})
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
	return list(ctx, n.store, "list notes", noteFields, notesOf, owner, after, limit)
}

// UpdateNote changes a note and returns it as stored.
func (n *Notes) UpdateNote(
	ctx context.Context, owner domain.UserID, id domain.NoteID, edit func(*domain.Note) error,
) (domain.Note, error) {
	read := func() (domain.Note, error) { return n.Note(ctx, owner, id) }
	return ports.Update(ctx, "note", read, edit, func(before, note *domain.Note) (done bool, err error) {
		note.ID, note.Owner, note.Deck, note.CreatedAt, note.Rev = before.ID, before.Owner, before.Deck, before.CreatedAt, before.Rev+1
		note.AddingAt, note.AddedAt, note.UpdatedAt = stored(note.AddingAt), stored(note.AddedAt), stored(note.UpdatedAt)
		note.Cards = storedNoteCards(note.Cards)
		var things []findable
		if note.Text != before.Text {
			things = append(things, findableNote(note))
		}
		err = n.store.transact(ctx, "update a note", func(t *transaction) error {
			rows, err := t.exec(updateNote, note.Generator, millis(note.AddingAt), millis(note.AddedAt),
				millis(note.UpdatedAt), note.Rev, note.Text, noteCardsColumn{&note.Cards}, owner, id, before.Rev)
			if done = rows == 1; err != nil || !done {
				return err
			}
			return t.find(owner, domain.SearchNotes, things...)
		})
		return done && err == nil, err
	})
}
