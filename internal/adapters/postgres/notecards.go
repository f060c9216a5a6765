package postgres

import (
	"encoding/json"

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

// noteCardsColumn is a column with the cards of a note.
type noteCardsColumn []domain.NoteCard

var (
	_ json.Marshaler   = noteCardsColumn{}
	_ json.Unmarshaler = (*noteCardsColumn)(nil)
)

// MarshalJSON returns what the column is given.
func (c noteCardsColumn) MarshalJSON() ([]byte, error) {
	records := make([]noteCardRecord, len(c))
	for i, card := range c {
		records[i] = noteCardRecord{
			Question: card.Question, Answer: card.Answer, Start: card.Source.Start, End: card.Source.End,
			Unfounded: card.Unfounded, Long: card.Long,
		}
	}
	return json.Marshal(records)
}

// UnmarshalJSON takes what the column holds.
func (c *noteCardsColumn) UnmarshalJSON(text []byte) error {
	var records []noteCardRecord
	if err := json.Unmarshal(text, &records); err != nil {
		return err
	}
	*c = make(noteCardsColumn, len(records))
	for i, r := range records {
		(*c)[i] = domain.NoteCard{
			Question: r.Question, Answer: r.Answer, Source: domain.Span{Start: r.Start, End: r.End}, Unfounded: r.Unfounded, Long: r.Long,
		}
	}
	return nil
}

// storedNoteCards returns the cards of a note as they come back from storage.
func storedNoteCards(cards []domain.NoteCard) []domain.NoteCard {
	return append([]domain.NoteCard{}, cards...)
}
