package simulation

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// patience is how long a person waits for a card that comes back in the same sitting. Learning steps are shorter, and
	// the next day is farther.
	patience = 20 * time.Minute
	// maxRounds is how often a person goes through the cards that come back.
	maxRounds = 10
	// batch is how many answers a client sends at once.
	batch = 100
)

// sitting is one person studying on one day.
type sitting struct {
	*student
	chance *rand.Rand
	tally  *Tally
	now    time.Time
	// left is what is left of the time for answers.
	left    time.Duration
	pending []domain.Entry
	// back are the cards that come back in this sitting.
	back []returning
}

// returning is a card that comes back at a time.
type returning struct {
	card domain.CardID
	at   time.Time
}

// sit lets the student study on a day: first what is due, then, round by round, the cards that come back, until none
// does or the time is over. Cards that are left wait for another day.
func (s *student) sit(ctx context.Context, day domain.Day, tally *Tally) error {
	chance := stream(s.person.seed, s.person.Number, "day "+strconv.Itoa(int(day)))
	o := &sitting{student: s, chance: chance, tally: tally, now: s.person.sitsDown(day, chance)}
	o.left = seconds(s.person.habits.budget.Seconds() * around(chance, 1, 0.2))
	s.mind.wake()
	fastest := s.person.traits.pace / 2
	cards, err := s.desk.Due(ctx, o.now, min(int(o.left.Seconds()/fastest)+1, domain.MaxEntries))
	if err != nil {
		return err
	}
	for round := 0; len(cards) > 0 && round < maxRounds; round++ {
		if err := o.ask(ctx, cards); err != nil {
			return err
		}
		cards = o.wait()
	}
	return nil
}

// ask goes through cards once, as far as the time goes, and records the answers.
func (o *sitting) ask(ctx context.Context, cards []domain.CardID) error {
	for _, card := range cards {
		if o.left <= 0 {
			break
		}
		began := o.now
		rating, took := o.mind.answer(card, began)
		o.now = began.Add(took)
		o.left -= took
		o.answers++
		o.pending = append(o.pending, domain.Entry{
			ID:   domain.EventID(domain.NameID("simulation", string(o.person.ID), strconv.Itoa(o.answers))),
			Kind: domain.KindReview, Card: card, StartedAt: began, FinishedAt: o.now, Rating: rating, Buttons: o.person.Buttons,
		})
		o.now = o.now.Add(seconds(between(o.chance, 0.3, 2))) // the answer is read, the next card is shown
		if len(o.pending) == batch {
			if err := o.send(ctx); err != nil {
				return err
			}
		}
	}
	return o.send(ctx)
}

// send records the answers that were not recorded yet, and notes which cards come back.
func (o *sitting) send(ctx context.Context) error {
	if len(o.pending) == 0 {
		return nil
	}
	due, err := o.desk.Record(ctx, o.now, o.pending)
	if err != nil {
		return err
	}
	for i, answer := range o.pending {
		if !due[i].After(o.now.Add(patience)) {
			o.back = append(o.back, returning{answer.Card, due[i]})
		}
		o.tally.answer(o.person, answer.Rating)
	}
	o.pending = o.pending[:0]
	return nil
}

// wait lets the time pass until the cards that come back are due, and returns them in the order in which they are.
func (o *sitting) wait() []domain.CardID {
	slices.SortStableFunc(o.back, func(a, b returning) int { return a.at.Compare(b.at) })
	cards := make([]domain.CardID, len(o.back))
	for i, returns := range o.back {
		cards[i] = returns.card
		if returns.at.After(o.now) {
			o.now = returns.at
		}
	}
	o.back = o.back[:0]
	return cards
}
