package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// collectionDecks is how many decks a person has: one from signing up, which is empty, and the filledDecks. deckCards
	// is how many cards are in the first one of these, the one asked about.
	collectionDecks = 200
	filledDecks     = collectionDecks - 1
	deckCards       = 20
	fewCards        = 1_000
	manyCards       = 100_000
	// rareWord is in the cards of the first deck only, commonWord in all cards.
	rareWord, commonWord = "peculiar", "number"
)

// compareDue asks what is due in a deck of 20 cards of a person with few cards, and of one with many.
func compareDue(ctx context.Context, l *lab, e engine) ([]comparison, error) {
	s, people, err := l.collections(ctx, e)
	if err != nil {
		return nil, err
	}
	defer s.close()
	ask := func(p *person) *load {
		return get(s.spacey.address, "/learning/events?deckID="+p.Deck+"&ids="+strings.Join(p.Cards, "&ids="), p.Token)
	}
	return s.against(ctx, target{atMost: 1.5},
		column{"GET /learning/events of a deck of 20 cards (" + e.name + "), 1,000 cards in all", ask(people[0]).work},
		column{"the same, 100,000 cards in all", ask(people[1]).work})
}

// compareDecks reads the 200 decks of a person with few cards, and of one with many. The route for it reads the cards too,
// so the storage port is asked.
func compareDecks(ctx context.Context, l *lab, e engine) ([]comparison, error) {
	s, people, err := l.collections(ctx, e)
	if err != nil {
		return nil, err
	}
	defer s.close()
	list := func(p *person) func(context.Context, time.Duration) (float64, error) {
		return func(ctx context.Context, d time.Duration) (float64, error) {
			return inParallel(ctx, d, func(int) error {
				decks, err := s.storage.Decks.Decks(ctx, domain.UserID(p.ID), ports.Page{Limit: 500})
				if err == nil && len(decks) != collectionDecks {
					err = fmt.Errorf("%d decks were read", len(decks))
				}
				return err
			})
		}
	}
	return s.against(ctx, target{atMost: 1.2},
		column{"200 decks read by the storage port (" + e.name + "), 1,000 cards", list(people[0])},
		column{"the same, 100,000 cards", list(people[1])})
}

// collections makes people who have few cards, and many.
func (l *lab) collections(ctx context.Context, e engine) (_ *engineStand, people []*person, err error) {
	s, err := l.newEngineStand(ctx, e)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if people, err = signUpMany(ctx, s.spacey.address, 2, 0); err != nil {
		return nil, nil, err
	}
	for i, cards := range []int{fewCards, manyCards} {
		if err = fill(ctx, s.storage.Archive, people[i], cards); err != nil {
			return nil, nil, err
		}
	}
	return s, people, s.database.filled(ctx)
}

// fill gives a person decks and cards, of which half were answered once. The person's deck and cards are then the first
// deck and those in it.
func fill(ctx context.Context, archive ports.Archive, p *person, cards int) error {
	owner, ids, now := domain.UserID(p.ID), system.IDs{}, system.Clock{}.Now()
	seq, have := int64(0), 0
	for n := range filledDecks {
		deck, err := domain.NewDeck(domain.DeckID(ids.NewID()), owner, domain.DeckText{Name: fmt.Sprint("Deck ", n), Color: "#FFEC87"}, now)
		if err != nil {
			return err
		}
		size := (cards - deckCards) / (filledDecks - 1)
		switch n {
		case 0:
			p.Deck, p.Cards, size = string(deck.ID), nil, deckCards
		case filledDecks - 1:
			size = cards - have
		}
		have += size
		batch := make([]ports.ArchivedCard, size)
		for i := range batch {
			text := domain.CardText{Question: fmt.Sprint("What is number ", i, "?"), Answer: fmt.Sprint("The answer is ", i, ".")}
			if n == 0 {
				text.Answer += " It is " + rareWord + "."
			}
			batch[i] = ports.ArchivedCard{Card: domain.NewCard(domain.CardID(ids.NewID()), owner, deck.ID, text, now), Memory: domain.NewMemory()}
			if n == 0 {
				p.Cards = append(p.Cards, string(batch[i].ID))
			}
		}
		events, err := answerHalf(batch, seq, now.Add(-time.Hour))
		if err != nil {
			return err
		}
		seq += int64(len(events))
		if err := archive.Decks.Put(ctx, owner, []ports.ArchivedDeck{{Deck: deck}}); err != nil {
			return err
		}
		if err := archive.Cards.Put(ctx, owner, batch); err != nil {
			return err
		}
		if err := archive.Events.PutEvents(ctx, owner, events); err != nil {
			return err
		}
	}
	return nil
}

// answerHalf answers every other card once, wrongly, an hour ago, so that it is due. It returns the events, whose numbers
// follow the one given.
func answerHalf(cards []ports.ArchivedCard, seq int64, at time.Time) ([]domain.Event, error) {
	var events []domain.Event
	for i := 0; i < len(cards); i += 2 {
		card := &cards[i]
		settings := domain.DefaultSettings(card.Owner)
		event := domain.NewEvent(card.Owner, domain.Entry{
			Kind: domain.KindReview, Card: card.ID, Session: sitting(0), StartedAt: at.Add(-answerTime), FinishedAt: at, Rating: domain.Again, Buttons: 2,
		}, card.Deck, nil, settings, at)
		event, err := settings.Projector().Append(event, domain.Place{Seq: seq + 1 + int64(len(events))})
		if err != nil {
			return nil, err
		}
		card.Memory = event.After
		events = append(events, event)
	}
	return events, nil
}
