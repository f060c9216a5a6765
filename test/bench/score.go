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

// readMemories reads what a score rests on. SQLite answers it from the index that covers it, as it does for spacey.
const readMemories = `SELECT id, deck_id, suspended, phase, step, stability, difficulty, due, last_review, last_day, reps, lapses, seq
	FROM cards WHERE user_id = ? AND deck_id IN (SELECT value FROM json_each(?))`

// compareScore asks for the score of a deck, and reads the memories of its cards by the driver.
func compareScore(ctx context.Context, l *lab) ([]comparison, error) {
	q, err := l.newQueueStand(ctx, []collectionSize{{scoredCards, fewSteps}})
	if err != nil {
		return nil, err
	}
	defer q.close()
	p := q.people[0]
	if err := q.moveAll(ctx, p); err != nil {
		return nil, err
	}
	floor, err := openReadFloor(ctx, q.path, readMemories, p.ID, fmt.Sprintf("[%q]", p.Deck))
	if err != nil {
		return nil, err
	}
	route := get(q.processes[0].address, "/learning/decks/"+p.Deck+"/score", p.Token)
	route.check = hasCards
	found, err := q.against(ctx, target{atMost: 2},
		column{"the memories of 10,000 cards of a deck, read by the driver", func(ctx context.Context, d time.Duration) (float64, error) {
			read := floor.reading(ctx, scoredCards)
			return inParallel(ctx, d, func(int) error { return read() })
		}},
		column{"score of the deck, use case on SQLite", q.score(p)}, column{"GET /learning/decks/{id}/score", route.work})
	return found, errors.Join(err, floor.close())
}

// moveAll moves all cards of a person to the first deck.
func (q *queueStand) moveAll(ctx context.Context, p *person) error {
	db, err := openToFill(q.path)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "UPDATE cards SET deck_id = ? WHERE user_id = ?", p.Deck, p.ID)
	return errors.Join(err, db.Close())
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
