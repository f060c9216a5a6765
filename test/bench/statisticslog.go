package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
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

// fill gives a person the log, and learns what the log has.
func (f *filledLog) fill(ctx context.Context, archive ports.Archive, p *person, now time.Time) error {
	began := time.Now()
	f.today = domain.DefaultCalendar().DayOf(now)
	random := rand.New(rand.NewPCG(17, uint64(f.events)))
	days := f.studyDays(random)
	for from := 0; from < f.events; from += fillBatch {
		events := make([]domain.Event, min(fillBatch, f.events-from))
		for i := range events {
			events[i] = f.event(from+i, domain.UserID(p.ID), days, random)
		}
		if err := archive.Events.PutEvents(ctx, domain.UserID(p.ID), events); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "%d events of %d years in %.1f s\n", f.events, f.years, time.Since(began).Seconds())
	return nil
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

// event returns an answer to one of the cards on one of the days, and counts it.
func (f *filledLog) event(n int, owner domain.UserID, days []domain.Day, random *rand.Rand) domain.Event {
	day := days[n*len(days)/f.events]
	if day > f.today-statisticsDays {
		f.lastYear++
	}
	at := day.Date().Add(time.Duration(studyHours[random.IntN(len(studyHours))])*time.Hour + time.Duration(random.IntN(3600))*time.Second)
	deck, card := random.IntN(logDecks), random.IntN(fewCards)
	asked, rating := askedAt(n, f.events, random), domain.Good
	if random.IntN(10) == 0 {
		rating = domain.Again
	}
	seq := int64(n + 1)
	return domain.Event{
		ID: domain.EventID(system.IDs{}.NewID()), User: owner, Seq: seq, Kind: domain.KindReview,
		Card: domain.CardID(domain.NameID("log card", fmt.Sprint(card))), Deck: domain.DeckID(domain.NameID("log deck", fmt.Sprint(deck))),
		Session: sitting(0), Rating: rating, Buttons: 4,
		StartedAt: at.Add(-time.Duration(2+random.IntN(20)) * time.Second), FinishedAt: at, RecordedAt: at, AnsweredAt: at,
		Day: day, Zone: "Europe/Berlin", Rollover: 4, ScheduleVersion: 1, Fuzz: 0.618, Asked: asked, Latest: at,
		After: domain.Memory{
			Phase: domain.PhaseReview, Stability: 12.34, Difficulty: 5.43, Due: at, LastReview: at, LastDay: day, Reps: 3, Seq: seq,
		},
	}
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
