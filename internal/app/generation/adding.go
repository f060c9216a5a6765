package generation

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// AddCards adds the cards of a note to its deck, and returns them. CodeNotFound when there is no such note, or no deck any more;
// CodeInvalid when a card breaks a rule, or deck is not the note's; CodeConflict when they were added before.
//
// The cards stay as they are from the first try on, and their ids follow from the note: whatever is cut off, trying again adds them
// once.
func (s *Service) AddCards(ctx context.Context, caller Caller, id domain.NoteID, deck domain.DeckID) ([]domain.Card, error) {
	note, err := s.notes.UpdateNote(ctx, caller.User, id, func(n *domain.Note) error {
		switch {
		case !n.Open():
			return errAdded
		case n.Deck != deck:
			return domain.Invalid("deck_id", "The note belongs to another deck.")
		case n.AddingAt.IsZero():
			n.AddingAt = s.Clock.Now()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	texts := make([]domain.CardText, len(note.Cards))
	for i, card := range note.Cards {
		texts[i] = domain.CardText{Question: card.Question, Answer: card.Answer}
	}
	added, err := s.Decks.AddCards(ctx, caller.Token, deck, "note-"+string(id), texts)
	switch domain.CodeOf(err) {
	case "":
	case domain.CodeNotFound, domain.CodeInvalid, domain.CodeTooLarge:
		return nil, s.release(ctx, note, err)
	default:
		return nil, err
	}
	_, err = s.notes.UpdateNote(ctx, caller.User, id, func(n *domain.Note) error {
		if !n.Open() {
			return errAdded
		}
		n.Close(s.Clock.Now())
		return nil
	})
	return added, err
}

// release lets the cards of a note be changed again, since they cannot be added as they are.
func (s *Service) release(ctx context.Context, note domain.Note, why error) error {
	_, err := s.notes.UpdateNote(ctx, note.Owner, note.ID, func(n *domain.Note) error {
		n.AddingAt = n.AddedAt // zero: it is open
		return nil
	})
	if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
		return err
	}
	return why
}
