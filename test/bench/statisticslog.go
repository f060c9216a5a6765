package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// logDecks is how many decks answers are spread over.
const logDecks = 5

// studyHours are the hours at which a person studies. A day has one of the mornings, or one of the evenings, or both.
var studyHours = []int{7, 8, 12, 18, 19, 20, 21, 22}

// filledLog is a log of answers over some years up to yesterday.
type filledLog struct {
	events, years int
	// today is the person's day, lastYear how many answers are of the statisticsDays up to it.
	today    domain.Day
	lastYear int
}

const (
	insertLogEvent = `INSERT INTO review_events (user_id, seq, id, kind, card_id, deck_id, session_id, rating, started_at, finished_at,
		recorded_at, answered_at, day, zone, rollover, buttons, schedule_version, fuzz, asked_phase, asked_interval, asked_recall,
		latest, after_phase, after_step, after_stability, after_difficulty, after_due, after_last_review, after_last_day, after_reps,
		after_lapses, after_seq)
		VALUES (?, ?, ?, 'review', ?, ?, ?, ?, ?, ?, ?, ?, ?, 'Europe/Berlin', 4, 4, 1, 0.618, ?, ?, ?,
		?, 'review', 0, 12.34, 5.43, ?, ?, ?, 3, 0, ?)`
	readLogFacts = `SELECT seq, kind, deck_id, rating, started_at, finished_at, answered_at, day, zone, undoes,
		asked_phase, asked_interval, asked_recall FROM review_events WHERE user_id = ? AND seq > ? ORDER BY seq`
)

// fill gives a person the log, by the driver, and learns what the log has.
func (f *filledLog) fill(ctx context.Context, path string, p *person, now time.Time) error {
	began := time.Now()
	f.today = domain.DefaultCalendar().DayOf(now)
	db, err := openToFill(path)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(17, uint64(f.events)))
	days := f.studyDays(random)
	for from := 0; from < f.events && err == nil; from += insertBatch {
		err = f.insert(ctx, db, p, days, random, from)
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	fmt.Fprintf(os.Stderr, "%d events of %d years in %.1f s\n", f.events, f.years, time.Since(began).Seconds())
	return errors.Join(err, db.Close())
}

// studyDays returns the days on which there are answers: six of seven.
func (f *filledLog) studyDays(random *rand.Rand) []domain.Day {
	var days []domain.Day
	for day := f.today - domain.Day(f.years*statisticsDays) + 1; day < f.today; day++ {
		if random.IntN(7) > 0 {
			days = append(days, day)
		}
	}
	return days
}

// insert inserts the events from a number on, at most insertBatch, in one transaction.
func (f *filledLog) insert(ctx context.Context, db *sql.DB, p *person, days []domain.Day, random *rand.Rand, from int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, insertLogEvent)
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	ids := system.IDs{}
	for i := from; i < min(from+insertBatch, f.events); i++ {
		day := days[i*len(days)/f.events]
		if day > f.today-statisticsDays {
			f.lastYear++
		}
		at := day.Date().Add(time.Duration(studyHours[random.IntN(len(studyHours))])*time.Hour + time.Duration(random.IntN(3600))*time.Second)
		deck, card := random.IntN(logDecks), random.IntN(fewCards)
		rating, asked := domain.Good, askedAt(i, f.events, random)
		if random.IntN(10) == 0 {
			rating = domain.Again
		}
		end := at.UnixMilli()
		_, err := insert.ExecContext(ctx, p.ID, i+1, ids.NewID(), domain.NameID("log card", fmt.Sprint(card)),
			domain.NameID("log deck", fmt.Sprint(deck)), string(sitting(0)), int(rating), end-1000*int64(2+random.IntN(20)), end, end, end,
			int(day), string(asked.Phase), asked.Interval, asked.Recall, end, end, end, int(day), i+1)
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// askedAt returns what is known of a card at an answer: few are new, some in learning steps, most in review.
func askedAt(event, events int, random *rand.Rand) domain.Asked {
	switch n := random.IntN(100); {
	case n < 5:
		return domain.Asked{Phase: domain.PhaseNew}
	case n < 20:
		return domain.Asked{Phase: domain.PhaseLearning, Recall: 0.95}
	default:
		interval := 1 + random.IntN(10+100*event/events)
		return domain.Asked{Phase: domain.PhaseReview, Interval: interval, Recall: 0.7 + 0.3*random.Float64()}
	}
}
