package domain

import (
	"cmp"
	"slices"
	"time"
)

// Scheduler moves memories by one schedule version. Make one with NewScheduler; it is safe for concurrent use.
type Scheduler struct {
	schedule Schedule
	model    fsrs6
}

// NewScheduler returns the scheduler of a schedule version.
func NewScheduler(schedule Schedule) *Scheduler {
	return &Scheduler{schedule: schedule, model: newFSRS6(schedule.Weights)}
}

// Retrievability returns the probability of recall at the given time, 0 for a new card. Fractions of a day count.
func (s *Scheduler) Retrievability(m Memory, now time.Time) float64 {
	if m.IsNew() {
		return 0
	}
	return s.model.retrievability(now.Sub(m.LastReview).Hours()/24, m.Stability)
}

// Answer returns the memory after an answer that is not older than the card's last one. The event must have its fuzz.
func (s *Scheduler) Answer(m Memory, e Event) Memory {
	elapsed := 0
	if !m.IsNew() {
		elapsed = max(int(e.Day-m.LastDay), 0)
	}
	stability, difficulty := s.model.next(m, elapsed, e.Rating)
	after := Memory{
		Phase: m.Phase, Step: m.Step, Stability: stability, Difficulty: difficulty,
		LastReview: e.AnsweredAt, LastDay: e.Day, Reps: m.Reps + 1, Lapses: m.Lapses, Seq: e.Seq,
	}
	switch m.Phase {
	case PhaseReview:
		s.answerReview(&after, m, e, elapsed)
	case PhaseRelearning:
		s.answerStep(&after, e, PhaseRelearning)
	default:
		s.answerStep(&after, e, PhaseLearning)
	}
	return after
}

// answerReview handles an answer to a card in review: it stays there, or lapses into relearning.
func (s *Scheduler) answerReview(after *Memory, before Memory, e Event, elapsed int) {
	if e.Rating != Again {
		s.graduate(after, e, s.reviewInterval(before, e, elapsed))
		return
	}
	after.Lapses++
	steps := s.schedule.steps(true, e.Buttons)
	if len(steps) == 0 {
		s.graduate(after, e, s.fuzzed(after.Stability, e.Fuzz))
		return
	}
	after.Phase, after.Step, after.Due = PhaseRelearning, 0, e.AnsweredAt.Add(steps[0])
}

// answerStep handles an answer to a card that is new, in learning or in relearning.
func (s *Scheduler) answerStep(after *Memory, e Event, phase Phase) {
	steps := s.schedule.steps(phase == PhaseRelearning, e.Buttons)
	step := min(after.Step, max(len(steps)-1, 0)) // another client, or another schedule, may have fewer steps
	after.Phase = phase
	switch {
	case e.Rating == Easy, len(steps) == 0, e.Rating == Good && step+1 >= len(steps):
		s.graduate(after, e, s.fuzzed(after.Stability, e.Fuzz))
	case e.Rating == Again:
		after.Step, after.Due = 0, e.AnsweredAt.Add(steps[0])
	case e.Rating == Hard:
		after.Step, after.Due = step, e.AnsweredAt.Add(hardPause(steps, step))
	default:
		after.Step, after.Due = step+1, e.AnsweredAt.Add(steps[step+1])
	}
}

// hardPause returns the pause after Hard in a step: between this step and the next for the first one, else the step's.
func hardPause(steps []time.Duration, step int) time.Duration {
	switch {
	case step > 0:
		return steps[step]
	case len(steps) == 1:
		return steps[0] * 3 / 2
	default:
		return (steps[0] + steps[1]) / 2
	}
}

// graduate puts the card into review, due at the beginning of a day of the person's calendar.
func (s *Scheduler) graduate(after *Memory, e Event, interval int) {
	after.Phase, after.Step = PhaseReview, 0
	after.Due = e.calendar().Start(e.Day + Day(interval))
}

// reviewInterval returns the days until a remembered card is due again; Good is at least a day more than Hard, and
// Easy at least a day more than Good.
func (s *Scheduler) reviewInterval(before Memory, e Event, elapsed int) int {
	interval := 0
	for rating := Hard; rating <= e.Rating; rating++ {
		stability, _ := s.model.next(before, elapsed, rating)
		interval = max(s.fuzzed(stability, e.Fuzz), interval+1)
	}
	return min(interval, s.schedule.MaxInterval)
}

// fuzzed returns the interval for a stability in whole days, moved within its range of fuzz by the event's fraction.
func (s *Scheduler) fuzzed(stability, fraction float64) int {
	ideal := clamp(s.model.interval(stability, s.schedule.Retention), 1, float64(s.schedule.MaxInterval))
	low, high := fuzzRange(ideal)
	return min(max(low+int(fraction*float64(1+high-low)), 1), s.schedule.MaxInterval)
}

// calendar returns the calendar in force when the event was recorded.
func (e Event) calendar() Calendar {
	calendar, err := NewCalendar(e.Zone, e.Rollover)
	if err != nil {
		return DefaultCalendar() // the zone was known when it was recorded; a system without it counts in UTC
	}
	return calendar
}

// Replay returns the memory that a card's events lead to, whatever their order of arrival. seq is the number of the
// last event of the log that is known of the card. Without events the card is new.
func (s *Scheduler) Replay(events []Event, seq int64) Memory {
	ordered := slices.Clone(events)
	slices.SortFunc(ordered, func(a, b Event) int {
		return cmp.Or(a.AnsweredAt.Compare(b.AnsweredAt), cmp.Compare(a.ID, b.ID))
	})
	m := NewMemory()
	for _, e := range ordered {
		m = s.Answer(m, e)
	}
	m.Seq = seq
	return m
}

// Append returns the event with its number, fuzz and memory, given the newest event of the card (nil for none) and a
// way to read the whole history of the card, which is asked only when the event is late.
func (s *Scheduler) Append(e Event, seq int64, newest *Event, history func() ([]Event, error)) (Event, error) {
	e.Seq = seq
	before := NewMemory()
	if newest != nil {
		before = newest.After
	}
	e.Fuzz = fuzzFraction(e.Card, before.Reps)
	if before.IsNew() || e.AnsweredAt.After(before.LastReview) {
		e.After = s.Answer(before, e)
		return e, nil
	}
	events, err := history()
	if err != nil {
		return Event{}, err
	}
	e.After = s.Replay(append(slices.Clip(events), e), seq)
	return e, nil
}
