package porttest

import (
	"fmt"
	"testing"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func noteKind() kind[domain.Note] {
	return kind[domain.Note]{
		name: "notes", owner: ada, other: bob,
		shelf: func(a ports.Archive) ports.Shelf[domain.Note] { return a.Notes },
		item: func(owner domain.UserID, key string, version int) domain.Note {
			return domain.Note{
				ID: domain.NoteID(fmt.Sprint("note ", version, " ", key)), Owner: owner, Deck: domain.DeckID(key),
				Text: fmt.Sprint(" Täxt ", version, "\n"), Cards: newNoteCards(version, version%3), Generator: fmt.Sprint("model ", version),
				AddingAt: optional(version), AddedAt: optional(version), CreatedAt: optional(version), UpdatedAt: at(version),
				Rev: int64(version * 10),
			}
		},
		key:    func(n domain.Note) string { return string(n.Deck) },
		stored: requireNote,
		gone: func(t *testing.T, s ports.Storage, n domain.Note) {
			_, err := s.Notes.Note(t.Context(), n.Owner, n.ID)
			requireNotFound(t, err)
		},
	}
}
