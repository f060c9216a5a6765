package domain

import "slices"

// AddRecall adds, for each day from a first one on, the probability that a card with these events was recalled at the end
// of the day, as the log is known now: by whole days since the last answer, and 0 while the card was new. The days of
// somebody who travels west may come twice; the end of such a day is the last one.
func (p *Projector) AddRecall(events []Event, first Day, sums []float64) error {
	steps, err := p.Explain(events)
	if err != nil {
		return err
	}
	steps = slices.DeleteFunc(steps, func(step Explained) bool {
		return step.Undone || step.Event.Kind == KindUndo || step.Event.Kind == KindReschedule
	})
	if len(steps) == 0 {
		return nil
	}
	s, err := p.Scheduler(newestOf(events).ScheduleVersion)
	if err != nil {
		return err
	}
	ends := endsOfDays(steps)
	next, memory := 0, NewMemory()
	for i := range sums {
		day := first + Day(i)
		for ; next < len(steps) && ends[next] <= day; next++ {
			memory = steps[next].After
		}
		if !memory.IsNew() {
			sums[i] += s.algorithm.Retrievability(float64(max(day-memory.LastDay, 0)), memory.Stability)
		}
	}
	return nil
}

// endsOfDays returns for each event the first day at whose end it had happened: its own, or an earlier one that came again
// afterwards.
func endsOfDays(steps []Explained) []Day {
	ends := make([]Day, len(steps))
	for i := len(steps) - 1; i >= 0; i-- {
		ends[i] = steps[i].Event.Day
		if i+1 < len(steps) {
			ends[i] = min(ends[i], ends[i+1])
		}
	}
	return ends
}
