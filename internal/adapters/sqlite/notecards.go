package sqlite

import (
	"database/sql/driver"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// noteCardRecord is how a card of a note is stored. The source is in UTF-16 code units of the note's text; none is 0 and 0.
type noteCardRecord struct {
	Question  string `json:"question"`
	Answer    string `json:"answer"`
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Unfounded bool   `json:"unfounded,omitempty"`
	Long      bool   `json:"long,omitempty"`
}

// noteCardsColumn is a column with the cards of a note, as JSON. No cards are an empty list.
type noteCardsColumn struct{ cards *[]domain.NoteCard }

// Value returns JSON.
func (c noteCardsColumn) Value() (driver.Value, error) {
	records := make([]noteCardRecord, len(*c.cards))
	for i, card := range *c.cards {
		records[i] = noteCardRecord{
			Question: card.Question, Answer: card.Answer, Start: card.Source.Start, End: card.Source.End,
			Unfounded: card.Unfounded, Long: card.Long,
		}
	}
	return asJSON(records)
}

// Scan takes JSON.
func (c noteCardsColumn) Scan(value any) error {
	var records []noteCardRecord
	if err := fromJSON(value, &records); err != nil {
		return err
	}
	*c.cards = make([]domain.NoteCard, len(records))
	for i, r := range records {
		(*c.cards)[i] = domain.NoteCard{
			Question: r.Question, Answer: r.Answer, Source: domain.Span{Start: r.Start, End: r.End}, Unfounded: r.Unfounded, Long: r.Long,
		}
	}
	return nil
}

// storedNoteCards returns the cards of a note as they come back from storage.
func storedNoteCards(cards []domain.NoteCard) []domain.NoteCard {
	return append([]domain.NoteCard{}, cards...)
}
