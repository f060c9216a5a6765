package domain

// AddRecall adds, for each day from a first one on, the probability that a card with these events was recalled at the end
// of the day, as the log is known now: by whole days since the last answer, and 0 while the card was new.
func (p *Projector) AddRecall(events []Event, first Day, sums []float64) error {
	steps, err := p.Explain(events)
	if err != nil || len(steps) == 0 {
		return err
	}
	s, err := p.Scheduler(newestOf(events).ScheduleVersion)
	if err != nil {
		return err
	}
	next := 0 // the first event after the day
	memory := NewMemory()
	for i := range sums {
		day := first + Day(i)
		for ; next < len(steps) && steps[next].Event.Kind != KindUndo && steps[next].Event.Day <= day; next++ {
			memory = steps[next].After
		}
		if !memory.IsNew() {
			sums[i] += s.algorithm.Retrievability(float64(max(day-memory.LastDay, 0)), memory.Stability)
		}
	}
	return nil
}
