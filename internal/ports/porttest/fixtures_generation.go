package porttest

import (
	"fmt"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func noteID(n int) domain.NoteID { return domain.NoteID(uuid(0x201e, n)) }

// newNote returns the nth note of a person, for the nth deck, in which every field is set.
func newNote(owner domain.UserID, n int) domain.Note {
	return domain.Note{
		ID: noteID(n), Owner: owner, Deck: deckID(n), Text: fmt.Sprintf("The text of note %d.", n), Cards: newNoteCards(n, 2),
		Generator: fmt.Sprintf("model-%d", n), AddingAt: at(n + 20), AddedAt: at(n + 30), CreatedAt: at(n), UpdatedAt: at(n + 10), Rev: 1,
	}
}

// openNote returns the nth note of a person, whose cards wait.
func openNote(owner domain.UserID, n int) domain.Note {
	note := newNote(owner, n)
	note.AddingAt, note.AddedAt = time.Time{}, time.Time{}
	return note
}

// newNoteCards returns cards of which no two are alike.
func newNoteCards(n, count int) []domain.NoteCard {
	cards := make([]domain.NoteCard, count)
	for i := range cards {
		cards[i] = domain.NoteCard{
			Question: fmt.Sprintf("Question %d of %d", i, n), Answer: fmt.Sprintf("Answer %d of %d", i, n),
			Source: domain.Span{Start: 7*i + n, End: 7*i + n + 5}, Unfounded: i%2 == 0, Long: i%3 == 0,
		}
	}
	return cards
}

// usageDay is a day on which language models are used.
const usageDay = domain.Day(20_513)
