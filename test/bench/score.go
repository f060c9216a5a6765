package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// scoredCards is how many cards are in the deck whose score is asked for.
const scoredCards = 10_000

// compareScore asks for the score of a deck, and reads the memories of its cards by the driver.
func compareScore(ctx context.Context, l *lab, e engine) ([]comparison, error) {
	all := func(domain.Memory) bool { return true }
	q, err := l.newQueueStand(ctx, e, collection{scoredCards, fewSteps, all})
	if err != nil {
		return nil, err
	}
	defer q.close()
	p := q.people[0]
	floor, err := q.database.drive(ctx)
	if err != nil {
		return nil, err
	}
	route := get(q.spacey.address, "/learning/decks/"+p.Deck+"/score", p.Token)
	route.check = hasCards
	found, err := q.against(ctx, target{atMost: 2},
		column{"the memories of 10,000 cards of a deck (" + e.name + "), read by the driver", func(ctx context.Context, d time.Duration) (float64, error) {
			return inParallel(ctx, d, func(int) error { return allRead(scoredCards)(floor.readMemories(ctx, p)) })
		}},
		column{"score of the deck, use case on " + e.name, q.score(p)}, column{"GET /learning/decks/{id}/score", route.work})
	return found, errors.Join(err, floor.close())
}

// allRead makes sure that so many rows were read.
func allRead(want int) func(int, error) error {
	return func(rows int, err error) error {
		if err == nil && rows != want {
			err = fmt.Errorf("%d rows were read where there are %d", rows, want)
		}
		return err
	}
}

// score asks for the score of a person's deck.
func (q *queueStand) score(p *person) func(context.Context, time.Duration) (float64, error) {
	return func(ctx context.Context, d time.Duration) (float64, error) {
		unwatched := context.WithoutCancel(ctx) // the driver starts a goroutine a call for a context that may end
		return inParallel(ctx, d, func(int) error {
			score, err := q.learning.DeckScore(unwatched, callerOf(p), domain.DeckID(p.Deck))
			if err == nil && (score.Cards != scoredCards || score.Value() <= 0) {
				err = fmt.Errorf("the score is %v of %d cards", score.Value(), score.Cards)
			}
			return err
		})
	}
}

// hasCards makes sure that an answer is about all cards of the deck.
func hasCards(body []byte) error {
	if !bytes.Contains(body, fmt.Appendf(nil, `"cards":%d}`, scoredCards)) {
		return fmt.Errorf("the score is of other cards: %.300s", body)
	}
	return nil
}
