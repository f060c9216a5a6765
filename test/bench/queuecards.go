package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"time"

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
	insertBatch  = 10_000
)

const insertStudyCard = `INSERT INTO cards (user_id, id, deck_id, created_at, updated_at, rev, suspended, phase, step, stability,
	difficulty, due, last_review, last_day, reps, lapses, seq, question, answer)
	VALUES (?, ?, ?, ?, ?, 1, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// fillToStudy gives a person decks and cards with memories, without a log, and says how long that took. The person's deck
// is then the first one.
func fillToStudy(ctx context.Context, decks ports.Decks, path string, p *person, size collectionSize) error {
	began := time.Now()
	ids, now := system.IDs{}, system.Clock{}.Now()
	names := make([]domain.DeckID, studyDecks)
	for i := range names {
		deck, err := domain.NewDeck(domain.DeckID(ids.NewID()), domain.UserID(p.ID), domain.DeckText{Name: fmt.Sprint("Deck ", i), Color: "#FFEC87"}, now)
		if err != nil {
			return err
		}
		if err := decks.InsertDeck(ctx, deck); err != nil {
			return err
		}
		names[i] = deck.ID
	}
	p.Deck = string(names[0])
	db, err := openToFill(path)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(13, uint64(size.cards)))
	for from := 0; from < size.cards && err == nil; from += insertBatch {
		err = insertToStudy(ctx, db, p, names, size, random, from)
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	fmt.Fprintf(os.Stderr, "%d cards to study in %.1f s\n", size.cards, time.Since(began).Seconds())
	return errors.Join(err, db.Close())
}

// openToFill opens a database by the driver for fast writes that need not last.
func openToFill(path string) (*sql.DB, error) {
	options := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(60000)", "journal_mode(WAL)", "synchronous(OFF)", "cache_size(-500000)",
	}}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?"+options.Encode())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// insertToStudy inserts the cards from a number on, at most insertBatch, in one transaction.
func insertToStudy(
	ctx context.Context, db *sql.DB, p *person, decks []domain.DeckID, size collectionSize, random *rand.Rand, from int,
) error {
	ids, now := system.IDs{}, system.Clock{}.Now()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, insertStudyCard)
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	for i := from; i < min(from+insertBatch, size.cards); i++ {
		deck := decks[0]
		if random.IntN(100) >= studyDeckShare {
			deck = decks[1+random.IntN(studyDecks-1)]
		}
		created := now.Add(-time.Duration(size.cards-i) * time.Minute).UnixMilli()
		m := memoryToStudy(i, size.steps, random, now)
		_, err := insert.ExecContext(ctx, p.ID, ids.NewID(), string(deck), created, created, string(m.Phase), m.Step, m.Stability,
			m.Difficulty, milliseconds(m.Due), milliseconds(m.LastReview), int64(m.LastDay), m.Reps, m.Lapses, m.Seq,
			fmt.Sprint("What is number ", i, "?"), fmt.Sprint("The answer is ", i, "."))
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// milliseconds returns a time as it is stored.
func milliseconds(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UnixMilli()
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
