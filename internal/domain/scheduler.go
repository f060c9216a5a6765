package domain

import "time"

// Scheduler moves memories by one schedule version. Make one with NewScheduler; it is safe for concurrent use.
type Scheduler struct {
	schedule  Schedule
	algorithm Algorithm
}

// NewScheduler returns the scheduler of a schedule version.
func NewScheduler(schedule Schedule) *Scheduler {
	return &Scheduler{schedule: schedule, algorithm: newAlgorithm(schedule)}
}

// Retrievability returns the probability of recall at the given time, 0 for a new card. Fractions of a day count.
func (s *Scheduler) Retrievability(m Memory, now time.Time) float64 {
	if m.IsNew() {
		return 0
	}
	return s.algorithm.Retrievability(now.Sub(m.LastReview).Hours()/24, m.Stability)
}

// Answer returns the memory after an answer that is not older than the card's last one. The event must have its fuzz.
func (s *Scheduler) Answer(before Memory, e Event) Memory {
	after := s.move(before, &e)
	after.Due = s.Interval(before, after, e).Due(e)
	return after
}

// move returns the memory after an answer, without its due time: nothing that follows depends on that.
func (s *Scheduler) move(before Memory, e *Event) Memory {
	stability, difficulty := s.algorithm.Next(before, elapsedDays(before, e), e.Rating)
	after := Memory{
		Stability: stability, Difficulty: difficulty,
		LastReview: e.AnsweredAt, LastDay: e.Day, Reps: before.Reps + 1, Lapses: before.Lapses, Seq: e.Seq,
	}
	switch {
	case before.Phase != PhaseReview:
		s.moveStep(&after, before, e)
	case e.Rating != Again:
		after.Phase = PhaseReview
	default:
		after.Lapses++
		after.Phase = PhaseRelearning
		if len(s.schedule.steps(true, e.Buttons)) == 0 {
			after.Phase = PhaseReview
		}
	}
	return after
}

// elapsedDays returns the days between the last answer and this one, as they were recorded.
func elapsedDays(before Memory, e *Event) int {
	if before.IsNew() {
		return 0
	}
	return max(int(e.Day-before.LastDay), 0)
}

// moveStep handles an answer to a card that is new, in learning or in relearning.
func (s *Scheduler) moveStep(after *Memory, before Memory, e *Event) {
	phase := PhaseLearning
	if before.Phase == PhaseRelearning {
		phase = PhaseRelearning
	}
	steps := s.schedule.steps(phase == PhaseRelearning, e.Buttons)
	step := min(before.Step, max(len(steps)-1, 0)) // another client, or another schedule, may have fewer steps
	after.Phase = phase
	switch {
	case e.Rating == Easy, len(steps) == 0, e.Rating == Good && step+1 >= len(steps):
		after.Phase = PhaseReview
	case e.Rating == Again:
		after.Step = 0
	case e.Rating == Hard:
		after.Step = step
	default:
		after.Step = step + 1
	}
}

// Interval is how long a card waits after an answer, and why.
type Interval struct {
	// Pause is the pause of a learning step; the rest is zero then.
	Pause time.Duration
	// Ideal is the number of days after which recall falls to the desired retention.
	Ideal float64
	// Low and High are the days that fuzz may choose among; Days is the choice, after the bounds.
	Low, High, Days int
	// Bound says which bound moved the choice, "" for none.
	Bound Bound
}

// Bound is a rule that an interval was lengthened or shortened by.
type Bound string

// The bounds of an interval.
const (
	// BoundWorse is: at least a day more than after a worse rating.
	BoundWorse Bound = "longer_than_worse_rating"
	// BoundMaximum is the longest interval of the schedule.
	BoundMaximum Bound = "maximum_interval"
	// BoundMoved is a change of the schedule that moved the card to another day.
	BoundMoved Bound = "spread_after_change"
	// BoundImported is a due time that came with an imported memory.
	BoundImported Bound = "imported"
)

// Interval returns how long the card waits after an answer that led from one memory to another.
func (s *Scheduler) Interval(before, after Memory, e Event) Interval {
	if after.Phase != PhaseReview {
		steps := s.schedule.steps(after.Phase == PhaseRelearning, e.Buttons)
		if e.Rating == Hard {
			return Interval{Pause: hardPause(steps, after.Step)}
		}
		return Interval{Pause: steps[after.Step]}
	}
	interval := s.fuzzed(after.Stability, e.Fuzz)
	least, given := 0, e.Rating // least is a day more than after the next worse rating
	for e.Rating = Hard; e.Rating < given; e.Rating++ {
		if worse := s.move(before, &e); worse.Phase == PhaseReview { // else it waits for a step, less than a day
			least = max(s.fuzzed(worse.Stability, e.Fuzz).Days, least) + 1
		}
	}
	if interval.Days < least {
		interval.Days, interval.Bound = least, BoundWorse
	}
	if interval.Days > s.schedule.MaxInterval {
		interval.Days, interval.Bound = s.schedule.MaxInterval, BoundMaximum
	}
	return interval
}

// Due returns when a card is due that waits this long after an event: days end with the person's day, at the rollover.
func (i Interval) Due(e Event) time.Time {
	if i.Pause > 0 {
		return e.AnsweredAt.Add(i.Pause)
	}
	return e.calendar().Start(e.Day + Day(i.Days))
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

// fuzzed returns the interval for a stability in whole days, moved within its range of fuzz by the event's fraction.
func (s *Scheduler) fuzzed(stability, fraction float64) Interval {
	longest := s.schedule.MaxInterval
	ideal := s.algorithm.Interval(stability, s.schedule.Retention)
	low, high := fuzzRange(clamp(ideal, 1, float64(longest)))
	days := low + int(fraction*float64(1+high-low))
	interval := Interval{Ideal: ideal, Low: low, High: high, Days: min(max(days, 1), longest)}
	if days > longest || ideal > float64(longest) {
		interval.Bound = BoundMaximum
	}
	return interval
}

// calendar returns the calendar in force when the event was recorded.
func (e Event) calendar() Calendar {
	calendar, err := NewCalendar(e.Zone, e.Rollover)
	if err != nil {
		return DefaultCalendar() // the zone was known when it was recorded; a system without it counts in UTC
	}
	return calendar
}
