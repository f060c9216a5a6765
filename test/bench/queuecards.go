package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// studyDecks is how many decks a person has who studies. The first one has studyDeckShare percent of the cards, so that
	// the limits of the day keep cards out of its queue too; the others share the rest.
	studyDecks     = 20
	studyDeckShare = 60
	// Of 100 cards so many are in review; so many of these are overdue, the others fall due over the next year. What is
	// neither in review nor in learning steps is new.
	reviewShare  = 60
	overdueShare = 67
	// fillBatch is how many rows are put in one call, fillers how many calls there are at once.
	fillBatch = 10_000
	fillers   = 4
)

// collection is how many cards a person has, and how many of them are in learning steps.
type collection struct {
	cards, steps int
	// first says which cards are all in the first deck; of the others it has studyDeckShare percent. It may be nil.
	first func(domain.Memory) bool
}

// fill gives a person decks and cards with memories, without a log, and says how long that took. The person's deck is then
// the first one.
func (c collection) fill(ctx context.Context, archive ports.Archive, p *person) error {
	began := time.Now()
	owner, ids, now := domain.UserID(p.ID), system.IDs{}, system.Clock{}.Now()
	decks := make([]ports.ArchivedDeck, studyDecks)
	for i := range decks {
		deck, err := domain.NewDeck(domain.DeckID(ids.NewID()), owner, domain.DeckText{Name: fmt.Sprint("Deck ", i), Color: "#FFEC87"}, now)
		if err != nil {
			return err
		}
		decks[i].Deck = deck
	}
	p.Deck = string(decks[0].ID)
	if err := archive.Decks.Put(ctx, owner, decks); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(13, uint64(c.cards)))
	group, put := errgroup.WithContext(ctx)
	group.SetLimit(fillers)
	for from := 0; from < c.cards; from += fillBatch {
		cards := make([]ports.ArchivedCard, min(fillBatch, c.cards-from))
		for i := range cards {
			cards[i] = c.card(from+i, decks, random, now)
		}
		group.Go(func() error { return archive.Cards.Put(put, owner, cards) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d cards to study in %.1f s\n", c.cards, time.Since(began).Seconds())
	return nil
}

// card returns a card of one of the decks.
func (c collection) card(n int, decks []ports.ArchivedDeck, random *rand.Rand, now time.Time) ports.ArchivedCard {
	memory, deck := memoryToStudy(n, c.steps, random, now), &decks[0]
	if random.IntN(100) >= studyDeckShare && (c.first == nil || !c.first(memory)) {
		deck = &decks[1+random.IntN(studyDecks-1)]
	}
	text := domain.CardText{Question: fmt.Sprint("What is number ", n, "?"), Answer: fmt.Sprint("The answer is ", n, ".")}
	created := now.Add(-time.Duration(c.cards-n) * time.Minute)
	return ports.ArchivedCard{
		Card: domain.NewCard(domain.CardID(system.IDs{}.NewID()), deck.Owner, deck.ID, text, created), Memory: memory,
	}
}

// memoryToStudy returns the memory of a card of a collection: the first ones are in learning steps and due, of the others a
// share is in review, and the rest new. Reviews fall due when a day begins, as they do in use.
func memoryToStudy(card, steps int, random *rand.Rand, now time.Time) domain.Memory {
	calendar, seq := domain.DefaultCalendar(), int64(card+1)
	today := calendar.DayOf(now)
	if card < steps {
		asked := now.Add(-time.Duration(10+random.IntN(10)) * time.Minute)
		return domain.Memory{
			Phase: domain.PhaseLearning, Step: 1, Stability: 2.3, Difficulty: 5, Due: asked.Add(10 * time.Minute), LastReview: asked,
			LastDay: calendar.DayOf(asked), Reps: 1, Seq: seq,
		}
	}
	if random.IntN(100) >= reviewShare {
		return domain.NewMemory()
	}
	due := today + 1 + domain.Day(random.IntN(365))
	if random.IntN(100) < overdueShare {
		due = today - domain.Day(random.IntN(60))
	}
	interval := domain.Day(1 + random.IntN(200))
	return domain.Memory{
		Phase: domain.PhaseReview, Stability: float64(interval), Difficulty: 1 + 9*random.Float64(), Due: calendar.Start(due),
		LastReview: calendar.Start(due - interval), LastDay: due - interval, Reps: 3 + random.IntN(20), Lapses: random.IntN(3), Seq: seq,
	}
}
