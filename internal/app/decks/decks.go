// Package decks is what people do with their decks and cards.
package decks

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Service is the use cases of decks and cards. Make one with New.
type Service struct {
	decks     ports.Decks
	published ports.PublishedDecks
	cards     ports.Cards
	search    ports.CardSearch
	clock     ports.Clock
	ids       ports.IDs
}

// New returns the use cases of decks and cards.
func New(storage ports.Storage, clock ports.Clock, ids ports.IDs) *Service {
	return &Service{storage.Decks, storage.PublishedDecks, storage.Cards, storage.CardSearch, clock, ids}
}

// DeckWithCards is a deck and all of its cards, in order of creation.
type DeckWithCards struct {
	domain.Deck
	Cards []domain.Card
}

// readPage is how many rows are read at once where a whole list is answered.
const readPage = 500

// PublishedLimit is how many published decks one call lists.
const PublishedLimit = 50

// List returns all decks of the caller with all their cards, in order of creation. What it costs grows with the number
// of the caller's cards: older clients expect the whole.
func (s *Service) List(ctx context.Context, caller domain.Identity) ([]DeckWithCards, error) {
	list := []DeckWithCards{}
	index := map[domain.DeckID]int{}
	err := s.eachDeck(ctx, caller.User, func(deck domain.Deck) error {
		index[deck.ID] = len(list)
		list = append(list, DeckWithCards{deck, []domain.Card{}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = s.eachCard(ctx, caller.User, "", func(card domain.Card) error {
		if i, known := index[card.Deck]; known {
			list[i].Cards = append(list[i].Cards, card)
		}
		return nil
	})
	return list, err
}

// Get returns a deck of the caller with all its cards, or CodeNotFound.
func (s *Service) Get(ctx context.Context, caller domain.Identity, id domain.DeckID) (DeckWithCards, error) {
	deck, err := s.decks.Deck(ctx, caller.User, id)
	if err != nil {
		return DeckWithCards{}, err
	}
	return s.withCards(ctx, deck)
}

func (s *Service) withCards(ctx context.Context, deck domain.Deck) (DeckWithCards, error) {
	whole := DeckWithCards{deck, []domain.Card{}}
	err := s.eachCard(ctx, deck.Owner, deck.ID, func(card domain.Card) error {
		whole.Cards = append(whole.Cards, card)
		return nil
	})
	return whole, err
}

// eachDeck visits the owner's decks, until an error.
func (s *Service) eachDeck(ctx context.Context, owner domain.UserID, visit func(domain.Deck) error) error {
	for page := (ports.Page{Limit: readPage}); ; {
		decks, err := s.decks.Decks(ctx, owner, page)
		if err != nil {
			return err
		}
		for _, deck := range decks {
			if err := visit(deck); err != nil {
				return err
			}
		}
		if len(decks) < page.Limit {
			return nil
		}
		last := decks[len(decks)-1]
		page.After = ports.Cursor{At: last.CreatedAt, ID: string(last.ID)}
	}
}

// eachCard visits the owner's cards of a deck, or of all decks when deck is empty, until an error.
func (s *Service) eachCard(ctx context.Context, owner domain.UserID, deck domain.DeckID, visit func(domain.Card) error) error {
	for page := (ports.Page{Limit: readPage}); ; {
		cards, err := s.cards.Cards(ctx, owner, deck, page)
		if err != nil {
			return err
		}
		for _, card := range cards {
			if err := visit(card); err != nil {
				return err
			}
		}
		if len(cards) < page.Limit {
			return nil
		}
		last := cards[len(cards)-1]
		page.After = ports.Cursor{At: last.CreatedAt, ID: string(last.ID)}
	}
}

// Create adds a deck. CodeInvalid when the text breaks a rule.
func (s *Service) Create(ctx context.Context, caller domain.Identity, text domain.DeckText) (domain.Deck, error) {
	deck, err := domain.NewDeck(domain.DeckID(s.ids.NewID()), caller.User, text, s.clock.Now())
	if err != nil {
		return domain.Deck{}, err
	}
	return deck, s.decks.InsertDeck(ctx, deck)
}

// Rewrite replaces the text of a deck and returns it with its cards. CodeNotFound, CodeInvalid.
func (s *Service) Rewrite(ctx context.Context, caller domain.Identity, id domain.DeckID, text domain.DeckText) (DeckWithCards, error) {
	deck, err := s.decks.UpdateDeck(ctx, caller.User, id, func(d *domain.Deck) error {
		return d.Rewrite(text, s.clock.Now())
	})
	if err != nil {
		return DeckWithCards{}, err
	}
	return s.withCards(ctx, deck)
}

// Publish makes a deck public, or private again. CodeNotFound.
func (s *Service) Publish(ctx context.Context, caller domain.Identity, id domain.DeckID, public bool) (domain.Deck, error) {
	return s.decks.UpdateDeck(ctx, caller.User, id, func(d *domain.Deck) error {
		d.Publish(public, s.clock.Now())
		return nil
	})
}

// Published returns the first PublishedLimit published decks of all people, without their cards.
func (s *Service) Published(ctx context.Context) ([]domain.Deck, error) {
	return s.published.PublishedDecks(ctx, ports.Page{Limit: PublishedLimit})
}

// Delete removes a deck and its cards. CodeNotFound.
func (s *Service) Delete(ctx context.Context, caller domain.Identity, id domain.DeckID) error {
	return s.decks.DeleteDeck(ctx, caller.User, id)
}
