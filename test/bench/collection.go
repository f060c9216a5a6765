package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// collectionDecks is how many decks a person has, deckCards how many cards are in the first one, the one asked about.
	collectionDecks = 200
	deckCards       = 20
	fewCards        = 1_000
	manyCards       = 100_000
)

// compareDue asks what is due in a deck of 20 cards of a person with few cards, and of one with many.
func compareDue(ctx context.Context, l *lab) ([]comparison, error) {
	s, store, people, err := l.collections(ctx, true)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := store.Close(); err != nil {
		return nil, err
	}
	spacey := s.processes[0]
	ask := func(p *person) *load {
		return get(spacey.address, "/learning/events?deckID="+p.Deck+"&ids="+strings.Join(p.Cards, "&ids="), p.Token)
	}
	return s.against(ctx, target{atMost: 1.5},
		column{"GET /learning/events of a deck of 20 cards, 1,000 cards in all", ask(people[0]).work},
		column{"the same, 100,000 cards in all", ask(people[1]).work})
}

// compareDecks reads the 200 decks of a person with few cards, and of one with many. There is no route for it yet, so the
// storage port is asked.
func compareDecks(ctx context.Context, l *lab) ([]comparison, error) {
	s, store, people, err := l.collections(ctx, false)
	if err != nil {
		return nil, err
	}
	defer s.close()
	defer store.Close()
	list := func(p *person) func(context.Context, time.Duration) (float64, error) {
		return func(ctx context.Context, d time.Duration) (float64, error) {
			return inParallel(ctx, d, func(int) error {
				decks, err := store.Ports().Decks.Decks(ctx, domain.UserID(p.ID), ports.Page{Limit: 500})
				if err == nil && len(decks) != collectionDecks {
					err = fmt.Errorf("%d decks were read", len(decks))
				}
				return err
			})
		}
	}
	return s.against(ctx, target{atMost: 1.2},
		column{"200 decks read by the storage port (SQLite), 1,000 cards", list(people[0])},
		column{"the same, 100,000 cards", list(people[1])})
}

// collections makes one SQLite file with a person who has few cards, and one who has many, and returns it open. With
// serve, spacey runs on it too; the people then have accounts.
func (l *lab) collections(ctx context.Context, serve bool) (s *stand, store *sqlite.Store, people []*person, err error) {
	if s, err = l.newStand(); err != nil {
		return nil, nil, nil, err
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	people = []*person{{ID: domain.NameID("few")}, {ID: domain.NameID("many")}}
	if serve {
		spacey, err := s.service(ctx, []string{"STORAGE=sqlite"}, "spacey", "serve")
		if err != nil {
			return nil, nil, nil, err
		}
		if people, err = signUpMany(ctx, spacey.address, 2, 0); err != nil {
			return nil, nil, nil, err
		}
	}
	if store, err = sqlite.Open(ctx, filepath.Join(s.data, "spacey.db"), nil); err != nil {
		return nil, nil, nil, err
	}
	if err = store.Migrate(ctx); err != nil {
		return nil, nil, nil, err
	}
	for i, cards := range []int{fewCards, manyCards} {
		if err = fill(ctx, store.Ports(), people[i], cards); err != nil {
			return nil, nil, nil, err
		}
	}
	return s, store, people, nil
}

// fill gives a person decks and cards, of which half were answered once. The person's deck and cards are then the first
// deck and those in it.
func fill(ctx context.Context, storage ports.Storage, p *person, cards int) error {
	owner, ids := domain.UserID(p.ID), system.IDs{}
	seq, now := int64(0), system.Clock{}.Now()
	others := (cards - deckCards) / (collectionDecks - 1)
	have := 0
	p.Cards = nil
	for n := range collectionDecks {
		deck, err := domain.NewDeck(domain.DeckID(ids.NewID()), owner, domain.DeckText{Name: fmt.Sprint("Deck ", n), Color: "#FFEC87"}, now)
		if err != nil {
			return err
		}
		if err := storage.Decks.InsertDeck(ctx, deck); err != nil {
			return err
		}
		size := others
		if n == 0 {
			p.Deck, size = string(deck.ID), deckCards
		} else if n == collectionDecks-1 {
			size = cards - have
		}
		have += size
		batch := make([]domain.Card, size)
		for i := range batch {
			text := domain.CardText{Question: fmt.Sprint("What is number ", i, "?"), Answer: fmt.Sprint("The answer is ", i, ".")}
			batch[i] = domain.NewCard(domain.CardID(ids.NewID()), owner, deck.ID, text, now)
			if n == 0 {
				p.Cards = append(p.Cards, string(batch[i].ID))
			}
		}
		if err := storage.Cards.InsertCards(ctx, owner, deck.ID, batch); err != nil {
			return err
		}
		if seq, err = answerHalf(ctx, storage.ReviewLog, batch, seq, now.Add(-time.Hour)); err != nil {
			return err
		}
	}
	return nil
}

// answerHalf answers every other card once, wrongly, an hour ago, so that it is due. It returns the last number of the log.
func answerHalf(ctx context.Context, log ports.ReviewLog, cards []domain.Card, seq int64, at time.Time) (int64, error) {
	settings := domain.DefaultSettings(cards[0].Owner)
	projector := settings.Projector()
	var events []domain.Event
	for i := 0; i < len(cards); i += 2 {
		answer := domain.Entry{
			Kind: domain.KindReview, Card: cards[i].ID, Session: sitting(0), StartedAt: at.Add(-answerTime), FinishedAt: at, Rating: domain.Again, Buttons: 2,
		}
		seq++
		event := domain.NewEvent(cards[i].Owner, answer, cards[i].Deck, nil, settings, at)
		event, err := projector.Append(event, domain.Place{Seq: seq})
		if err != nil {
			return 0, err
		}
		events = append(events, event)
	}
	if len(events) == 0 {
		return seq, nil
	}
	return seq, log.Append(ctx, cards[0].Owner, events)
}
