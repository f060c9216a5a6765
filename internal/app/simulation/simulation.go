// Package simulation lets made-up people learn, so that there are review logs of any length to test and measure with.
//
// Their memories follow a forgetting curve of their own, which is not the scheduler's: see mind. They have holidays, skip
// days, run out of time, live in many time zones, and have two buttons or four. All that happens follows from the seed:
// on the same kind of processor, where floating-point numbers are rounded alike, the same options give the same log
// into any storage, whichever order the people take turns in. A person's days do not depend on how many people or
// days are simulated, so a longer run repeats a shorter one and goes on.
package simulation

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Options say who learns, and for how long.
type Options struct {
	// Seed is what everything follows from.
	Seed uint64
	// Learners, Days and Cards (of each learner) are how many there are, each at least 1.
	Learners, Days, Cards int
	// First is the first day, of each learner's own calendar.
	First domain.Day
	// AtOnce is how many learners are simulated at the same time, at least 1.
	AtOnce int
}

// School is where simulated people learn: a storage, or a running spacey.
type School interface {
	// Enrol makes a person's account, decks and cards at a time, and returns the ids of the cards in the order of the texts.
	// CodeConflict or CodeEmailTaken when the person is there already.
	Enrol(ctx context.Context, person Person, cards []domain.CardText, now time.Time) (Desk, []domain.CardID, error)
}

// Desk is where one person learns. Its times never go back, and it is not for concurrent use.
type Desk interface {
	// Due returns the cards to study at a time, in the order in which they are asked, at most limit.
	Due(ctx context.Context, now time.Time, limit int) ([]domain.CardID, error)
	// Record records answers, at most domain.MaxEntries, that were given up to a time. It returns when the card of each of
	// them falls due again.
	Record(ctx context.Context, now time.Time, answers []domain.Entry) ([]time.Time, error)
}

// student is a person at a desk.
type student struct {
	person Person
	desk   Desk
	mind   *mind
	// answers counts what was answered so far: the ids of the events follow from it.
	answers int
}

// Run simulates all days of all learners, and counts in tally what happens. It ends at the first error, or when ctx does.
// Learners who are in the school already are an error before any day has begun: see School.
func Run(ctx context.Context, o Options, school School, tally *Tally) error {
	students := make([]*student, o.Learners)
	for i := range students {
		s, err := enrol(ctx, o, school, NewPerson(o.Seed, i+1))
		if err != nil {
			return fmt.Errorf("enrolling learner %d: %w", i+1, err)
		}
		students[i] = s
		tally.enrolled(s.person, o.Cards)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	waiting := make(chan *student)
	var working sync.WaitGroup
	for range min(o.AtOnce, o.Learners) {
		working.Go(func() {
			for s := range waiting {
				if err := s.learn(ctx, o, tally); err != nil {
					cancel(fmt.Errorf("learner %d: %w", s.person.Number, err))
				}
			}
		})
	}
	for _, s := range students {
		select {
		case waiting <- s:
		case <-ctx.Done():
		}
	}
	close(waiting)
	working.Wait()
	return context.Cause(ctx)
}

func enrol(ctx context.Context, o Options, school School, person Person) (*student, error) {
	texts := make([]domain.CardText, o.Cards)
	for i := range texts {
		texts[i] = domain.CardText{
			Question: fmt.Sprintf("Question %d of learner %d", i+1, person.Number),
			Answer:   fmt.Sprintf("Answer %d of learner %d", i+1, person.Number),
		}
	}
	desk, cards, err := school.Enrol(ctx, person, texts, person.Calendar.Start(o.First))
	if err != nil {
		return nil, err
	}
	if len(cards) != len(texts) {
		return nil, errors.New("the school gave another number of cards than it was asked for")
	}
	return &student{person: person, desk: desk, mind: newMind(person, cards)}, nil
}

// learn simulates all days of a student.
func (s *student) learn(ctx context.Context, o Options, tally *Tally) error {
	for i, doing := range s.person.Plan(o.First, o.Days) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if doing == Studies {
			day := o.First + domain.Day(i)
			if err := s.sit(ctx, day, tally); err != nil {
				return fmt.Errorf("day %s: %w", day.Date().Format(time.DateOnly), err)
			}
		}
		tally.day()
	}
	return nil
}
