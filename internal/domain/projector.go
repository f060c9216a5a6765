package domain

import (
	"fmt"
	"time"
)

// Projector turns a person's log into memories: it knows all schedule versions, and that a card's whole history counts
// under the version of its newest event. It is for one goroutine; make one with Settings.Projector.
type Projector struct {
	schedules  []Schedule
	schedulers map[int]*Scheduler
}

// Projector returns the projector for these settings.
func (s Settings) Projector() *Projector {
	return &Projector{schedules: s.Schedules, schedulers: map[int]*Scheduler{}}
}

// Scheduler returns the scheduler of a version. CodeInternal when the person has no such version.
func (p *Projector) Scheduler(version int) (*Scheduler, error) {
	if known, ok := p.schedulers[version]; ok {
		return known, nil
	}
	for i := len(p.schedules) - 1; i >= 0; i-- {
		if p.schedules[i].Version == version {
			p.schedulers[version] = NewScheduler(p.schedules[i])
			return p.schedulers[version], nil
		}
	}
	return nil, WrapError(CodeInternal, "", fmt.Errorf("the log names schedule version %d, which is not there", version))
}

// Current returns the scheduler of the version in force.
func (p *Projector) Current() *Scheduler {
	s, _ := p.Scheduler(p.schedules[len(p.schedules)-1].Version) // it is there
	return s
}

// Replay returns the memory that all events of a card lead to. Without events the card is new.
func (p *Projector) Replay(events []Event) (Memory, error) {
	newest := newestOf(events)
	if newest == nil {
		return NewMemory(), nil
	}
	s, err := p.Scheduler(newest.ScheduleVersion)
	if err != nil {
		return Memory{}, err
	}
	return s.Replay(events, newest.Seq), nil
}

// newestOf returns the event with the highest number, nil for none.
func newestOf(events []Event) *Event {
	var newest *Event
	for i := range events {
		if newest == nil || events[i].Seq > newest.Seq {
			newest = &events[i]
		}
	}
	return newest
}

// Place is what an append needs to know of the log.
type Place struct {
	// Seq is the number that the event gets.
	Seq int64
	// Newest is the card's event with the highest number, nil for none.
	Newest *Event
	// History reads all events of the card. It is asked only when the event is not simply one step on.
	History func() ([]Event, error)
	// Choose returns the fuzz that an answer gets, given the days low..high that its card may fall due on and the fuzz that
	// follows from the card; nil, or a result
	// outside of 0..1, leaves it at that.
	Choose func(low, high Day, fuzz float64) float64
}

// Append returns the event with its number, fuzz and memory. CodeSeqTaken when the card has an event under a newer schedule
// version than this one: the settings are to be read again.
func (p *Projector) Append(e Event, place Place) (Event, error) {
	e.Seq = place.Seq
	before, newest := NewMemory(), place.Newest
	if newest != nil {
		before = newest.After
		if newest.ScheduleVersion > e.ScheduleVersion {
			return Event{}, NewError(CodeSeqTaken, "The schedule has changed.")
		}
	}
	s, err := p.Scheduler(e.ScheduleVersion)
	if err != nil {
		return Event{}, err
	}
	e.Fuzz = fuzzFraction(e.Card, before.Reps)
	if e.follows(newest) {
		s.choose(before, &e, place.Choose)
		e.Asked = s.asked(before, &e)
		e.After, e.Latest = s.Answer(before, e), e.AnsweredAt
		return e, nil
	}
	events, err := place.History()
	if err != nil {
		return Event{}, err
	}
	all := append(events[:len(events):len(events)], e)
	if e.Kind == KindReview {
		before, _ := s.replay(earlier(events, &e))
		e.Asked = s.asked(before, &e)
	}
	e.After, e.Latest = s.replay(all)
	e.After.Seq = e.Seq
	return e, nil
}

// asked returns what is known of a card that has this memory before an answer.
func (s *Scheduler) asked(before Memory, e *Event) Asked {
	if before.IsNew() {
		return Asked{Phase: PhaseNew}
	}
	known := Asked{Phase: before.Phase, Recall: s.algorithm.Retrievability(float64(elapsedDays(before, e)), before.Stability)}
	if before.Phase == PhaseReview {
		known.Interval = max(int(e.calendar().DayOf(before.Due)-before.LastDay), 0)
	}
	return known
}

// follows reports whether the event is an answer one step on from the card's newest event.
func (e Event) follows(newest *Event) bool {
	return e.Kind == KindReview &&
		(newest == nil || newest.ScheduleVersion == e.ScheduleVersion && e.AnsweredAt.After(newest.Latest))
}

// choose lets the days decide that a card in review may fall due on.
func (s *Scheduler) choose(before Memory, e *Event, choose func(low, high Day, fuzz float64) float64) {
	if choose == nil {
		return
	}
	after := s.move(before, e)
	interval := s.Interval(before, after, *e)
	if after.Phase != PhaseReview || interval.Low == interval.High {
		return
	}
	if fuzz := choose(e.Day+Day(interval.Low), e.Day+Day(interval.High), e.Fuzz); fuzz >= 0 && fuzz < 1 {
		e.Fuzz = fuzz
	}
}

// Balance returns the fuzz that makes a card fall due on the day of low..high with the fewest cards. Of days that are
// alike, the one nearest to where the given fuzz points is taken.
func Balance(low, high Day, fuzz float64, load func(Day) int) float64 {
	days := int(high-low) + 1
	point := low + Day(fuzz*float64(days))
	best := point
	for distance := Day(0); int(distance) < days; distance++ {
		for _, day := range []Day{point - distance, point + distance} {
			if low <= day && day <= high && load(day) < load(best) {
				best = day
			}
		}
	}
	return (float64(best-low) + 0.5) / float64(days)
}

// Preview is what would become of a card with a rating now.
type Preview struct {
	Rating   Rating
	After    Memory
	Interval Interval
}

// Previews returns what each rating of a client with so many buttons would do at the given time. Load balancing may
// still move the due day within the range of the interval.
func (s *Scheduler) Previews(card CardID, m Memory, buttons int, calendar Calendar, now time.Time) []Preview {
	ratings := []Rating{Again, Hard, Good, Easy}
	if buttons == 2 {
		ratings = []Rating{Again, Good}
	}
	previews := make([]Preview, len(ratings))
	for i, rating := range ratings {
		e := Event{
			Kind: KindReview, Card: card, Rating: rating, Buttons: buttons, AnsweredAt: now, Day: calendar.DayOf(now),
			Zone: calendar.Zone(), Rollover: calendar.Rollover(), Fuzz: fuzzFraction(card, m.Reps), Seq: m.Seq,
		}
		after := s.Answer(m, e)
		previews[i] = Preview{rating, after, s.Interval(m, after, e)}
	}
	return previews
}
