package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// queueCards is how many cards are asked for.
	queueCards = 20
	// mostCards is how many cards the largest collection has.
	mostCards = 1_000_000
	// fewSteps is how many cards are in learning steps where their number is not what is measured.
	fewSteps = 10
)

// compareQueue asks for the study queue of people with few, many and most cards: of all decks and of one deck, by the use
// case and by the route.
func compareQueue(ctx context.Context, l *lab, e engine) ([]comparison, error) {
	q, err := l.newQueueStand(ctx, e, collection{cards: fewCards, steps: fewSteps}, collection{cards: manyCards, steps: fewSteps},
		collection{cards: mostCards, steps: fewSteps})
	if err != nil {
		return nil, err
	}
	defer q.close()
	var comparisons []comparison
	for _, ask := range []struct {
		what string
		work func(p *person) func(context.Context, time.Duration) (float64, error)
	}{
		{"study queue, all decks, use case on " + e.name, q.useCase},
		{"study queue, one deck, use case on " + e.name, q.useCaseOfDeck},
		{"GET /learning/queue, all decks, on " + e.name, q.route},
	} {
		found, err := q.against(ctx, target{atMost: 2},
			column{ask.what + ": 20 of 1,000 cards", ask.work(q.people[0])},
			column{"the same, 100,000 cards", ask.work(q.people[1])}, column{"the same, 1,000,000 cards", ask.work(q.people[2])})
		if err != nil {
			return nil, err
		}
		found[0].target = target{atMost: 1.5}
		comparisons = append(comparisons, found...)
	}
	return comparisons, nil
}

// compareQueueSteps asks for the study queue of people of whose cards a hundredth are in learning steps and due: as many as
// are counted at most, where there are many cards.
func compareQueueSteps(ctx context.Context, l *lab, e engine) ([]comparison, error) {
	q, err := l.newQueueStand(ctx, e, collection{cards: fewCards, steps: fewCards / 100}, collection{cards: manyCards, steps: manyCards / 100})
	if err != nil {
		return nil, err
	}
	defer q.close()
	return q.against(ctx, target{},
		column{"study queue, all decks, use case on " + e.name + ": 10 due in learning steps of 1,000 cards", q.useCase(q.people[0])},
		column{"the same, 1,000 of 100,000 cards", q.useCase(q.people[1])})
}

// compareQueueLimits asks for the study queue of people who gave one deck limits of its own, in which all of their new cards
// are: nothing that is new is left for the limits of the others.
func compareQueueLimits(ctx context.Context, l *lab, e engine) ([]comparison, error) {
	isNew := func(m domain.Memory) bool { return m.Phase == domain.PhaseNew }
	q, err := l.newQueueStand(ctx, e, collection{fewCards, fewSteps, isNew}, collection{manyCards, fewSteps, isNew})
	if err != nil {
		return nil, err
	}
	defer q.close()
	for _, p := range q.people {
		if err := q.limitDeck(ctx, p); err != nil {
			return nil, err
		}
	}
	return q.against(ctx, target{atMost: 1.5},
		column{"study queue, all decks, one with all new cards and limits of its own, use case on " + e.name + ": 20 of 1,000 cards",
			q.useCase(q.people[0])},
		column{"the same, 100,000 cards", q.useCase(q.people[1])})
}

// limitDeck gives a person's first deck limits of its own.
func (q *queueStand) limitDeck(ctx context.Context, p *person) error {
	half := domain.DefaultReviewsPerDay / 2 // so that both parts of the queue have as many as they may, and both together the default
	_, err := q.storage.LearningSettings.UpdateLearningSettings(ctx, domain.UserID(p.ID), func(s *domain.Settings) error {
		s.Limits.Reviews = &half
		s.Decks[domain.DeckID(p.Deck)] = domain.Limits{Reviews: &half}
		return nil
	})
	return err
}

// queueStand is spacey, people with cards to study, and the use cases on the same database.
type queueStand struct {
	*engineStand
	learning *learning.Service
	people   []*person
}

// newQueueStand makes a person for each collection.
func (l *lab) newQueueStand(ctx context.Context, e engine, collections ...collection) (_ *queueStand, err error) {
	q := &queueStand{}
	if q.engineStand, err = l.newEngineStand(ctx, e); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			q.close()
		}
	}()
	if q.people, err = signUpMany(ctx, q.spacey.address, len(collections), 0); err != nil {
		return nil, err
	}
	for i, c := range collections {
		if err = c.fill(ctx, q.storage.Archive, q.people[i]); err != nil {
			return nil, err
		}
	}
	q.learning = learning.New(q.storage, system.Clock{}, system.IDs{})
	return q, q.database.filled(ctx)
}

// useCase asks for the queue of all decks.
func (q *queueStand) useCase(p *person) func(context.Context, time.Duration) (float64, error) {
	return q.asking(p, "")
}

// useCaseOfDeck asks for the queue of one deck.
func (q *queueStand) useCaseOfDeck(p *person) func(context.Context, time.Duration) (float64, error) {
	return q.asking(p, domain.DeckID(p.Deck))
}

func (q *queueStand) asking(p *person, deck domain.DeckID) func(context.Context, time.Duration) (float64, error) {
	caller := callerOf(p)
	return func(ctx context.Context, d time.Duration) (float64, error) {
		unwatched := context.WithoutCancel(ctx) // the driver starts a goroutine a call for a context that may end
		return inParallel(ctx, d, func(int) error {
			queue, err := q.learning.Queue(unwatched, caller, deck, queueCards)
			if err != nil {
				return err
			}
			return checkQueue(len(queue.Cards), queue.Counts)
		})
	}
}

// checkQueue makes sure that a queue is as long as was asked for, and that the limits of the day keep cards out of it: only
// then does the number of cards not show in what is read.
func checkQueue(cards int, counts learning.Counts) error {
	if cards != queueCards || counts.New != domain.DefaultNewPerDay || counts.Review != domain.DefaultReviewsPerDay {
		return fmt.Errorf("the queue has %d cards and counts %+v", cards, counts)
	}
	return nil
}

// route asks spacey for the queue of all decks.
func (q *queueStand) route(p *person) func(context.Context, time.Duration) (float64, error) {
	ask := get(q.spacey.address, fmt.Sprint("/learning/queue?limit=", queueCards), p.Token)
	ask.check = func(body []byte) error {
		if n := bytes.Count(body, []byte(`"question":`)); n != queueCards {
			return fmt.Errorf("the queue has %d cards: %.500s", n, body)
		}
		return nil
	}
	return ask.work
}
