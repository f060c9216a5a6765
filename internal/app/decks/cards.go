package decks

import (
	"context"
	"errors"
	"strconv"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// AddCard adds a card to a deck of the caller. CodeNotFound, CodeInvalid.
func (s *Service) AddCard(ctx context.Context, caller domain.Identity, deck domain.DeckID, text domain.CardText) (domain.Card, error) {
	if err := text.Check(""); err != nil {
		return domain.Card{}, err
	}
	cards, err := s.insert(ctx, caller, deck, []domain.CardText{text}, "")
	if err != nil {
		return domain.Card{}, err
	}
	return cards[0], nil
}

// AddCards adds cards to a deck of the caller, in order: all of them, or none. CodeNotFound, CodeInvalid, CodeTooLarge. A key, if
// it is not empty, makes their ids: the same cards with the same key are there once, however often they are added.
func (s *Service) AddCards(
	ctx context.Context, caller domain.Identity, deck domain.DeckID, texts []domain.CardText, key string,
) ([]domain.Card, error) {
	if err := domain.CheckCards(texts); err != nil {
		return nil, err
	}
	if len(texts) == 0 {
		_, err := s.decks.Deck(ctx, caller.User, deck)
		return []domain.Card{}, err
	}
	return s.insert(ctx, caller, deck, texts, key)
}

func (s *Service) insert(
	ctx context.Context, caller domain.Identity, deck domain.DeckID, texts []domain.CardText, key string,
) ([]domain.Card, error) {
	now := s.clock.Now()
	cards := make([]domain.Card, len(texts))
	for i, text := range texts {
		id := s.ids.NewID
		if key != "" {
			id = func() string { return domain.NameID("card of a key", string(caller.User), key, strconv.Itoa(i)) }
		}
		cards[i] = domain.NewCard(domain.CardID(id()), caller.User, deck, text, now)
	}
	err := s.cards.InsertCards(ctx, caller.User, deck, cards)
	if key != "" && domain.CodeOf(err) == domain.CodeConflict {
		return s.addedBefore(ctx, cards, err)
	}
	return cards, err
}

// addedBefore returns the cards as they are stored, if a call before this one has added them: its answer was lost. The
// conflict stays when one of them is gone by now.
func (s *Service) addedBefore(ctx context.Context, cards []domain.Card, conflict error) ([]domain.Card, error) {
	stored := make([]domain.Card, len(cards))
	for i, card := range cards {
		var err error
		if stored[i], err = s.cards.Card(ctx, card.Owner, card.ID); err != nil {
			return nil, errors.Join(conflict, err)
		}
	}
	return stored, nil
}

// RewriteCard replaces the text of a card in a deck, and moves it when target is another deck of the caller.
// CodeNotFound when there is no such card in the deck, or no such target; CodeInvalid.
func (s *Service) RewriteCard(ctx context.Context, caller domain.Identity, deck domain.DeckID, id domain.CardID,
	text domain.CardText, target domain.DeckID) (domain.Card, error) {
	return s.cards.UpdateCard(ctx, caller.User, id, func(card *domain.Card) error {
		if card.Deck != deck {
			return domain.NotFound("card")
		}
		if target != "" {
			card.Deck = target
		}
		return card.Rewrite(text, s.clock.Now())
	})
}

// DeleteCard removes a card of a deck with its memory. CodeNotFound when there is no such card in the deck.
func (s *Service) DeleteCard(ctx context.Context, caller domain.Identity, deck domain.DeckID, id domain.CardID) error {
	card, err := s.cards.Card(ctx, caller.User, id)
	if err != nil {
		return err
	}
	if card.Deck != deck {
		return domain.NotFound("card")
	}
	return s.cards.DeleteCard(ctx, caller.User, id)
}
