package domain

import (
	"cmp"
	"slices"
	"time"
)

// Explained is one event of a card's history with what it did, as the log is known now.
type Explained struct {
	Event Event
	// Undone events did nothing.
	Undone        bool
	Before, After Memory
	// Elapsed is the number of days since the answer before, as they were recorded.
	Elapsed int
	// Retrievability is the probability of recall just before the event by whole days, 0 for a new card.
	Retrievability float64
	// Interval is how long the card waited from then on; it is zero for events that set no due time.
	Interval Interval
}

// Explain replays a card's events and says what each of them did, in order of replay; each undo stands behind them, by
// number.
func (p *Projector) Explain(events []Event) ([]Explained, error) {
	newest := newestOf(events)
	if newest == nil {
		return []Explained{}, nil
	}
	s, err := p.Scheduler(newest.ScheduleVersion)
	if err != nil {
		return nil, err
	}
	undone := undoneBy(events)
	ordered := slices.Clone(events)
	slices.SortFunc(ordered, func(a, b Event) int {
		if a.Kind == KindUndo || b.Kind == KindUndo {
			return cmp.Or(cmp.Compare(kindUndoLast(a), kindUndoLast(b)), cmp.Compare(a.Seq, b.Seq))
		}
		return replayOrder(&a, &b)
	})
	memory := NewMemory()
	var natural time.Time // when the card would be due if no change of schedule had moved it
	explained := make([]Explained, len(ordered))
	for i, e := range ordered {
		step := Explained{Event: e, Undone: undone[e.ID], Before: memory, After: memory}
		if !step.Undone && e.Kind != KindUndo {
			s.explain(&step, natural)
			if e.Kind != KindReschedule {
				natural = step.After.Due
			}
		}
		memory = step.After
		explained[i] = step
	}
	return explained, nil
}

func kindUndoLast(e Event) int {
	if e.Kind == KindUndo {
		return 1
	}
	return 0
}

// explain fills in what an event does to the memory before it, whose due time by the schedule alone is natural.
func (s *Scheduler) explain(step *Explained, natural time.Time) {
	e := step.Event
	if !step.Before.IsNew() {
		step.Elapsed = elapsedDays(step.Before, &e)
		step.Retrievability = s.algorithm.Retrievability(float64(step.Elapsed), step.Before.Stability)
	}
	switch e.Kind {
	case KindReview:
		step.After = s.move(step.Before, &e)
		step.Interval = s.Interval(step.Before, step.After, e)
		step.After.Due = step.Interval.Due(e)
	case KindReset:
		step.After = NewMemory()
	case KindImport:
		step.After = imported(&e)
		step.Interval = s.interval(step.Before, step.After, &e)
		step.After.Due = step.Interval.Due(e)
		if !e.Imported.Due.IsZero() {
			step.After.Due, step.Interval.Bound = e.Imported.Due, BoundImported
		}
	case KindReschedule:
		step.After.Due = natural // the newest reschedule decides: an earlier one counts no more
		if e.DueDay > 0 && step.Before.Phase == PhaseReview {
			step.After.Due = e.calendar().Start(e.DueDay)
			step.Interval = Interval{Days: int(e.DueDay - step.Before.LastDay), Bound: BoundMoved}
		}
	case KindUndo: // does nothing itself
	}
	step.After.Seq = e.Seq
}
