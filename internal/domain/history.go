package domain

import (
	"cmp"
	"slices"
	"time"
)

// Each event of a card's history is replayed in order of the time it happened, then id; undone events are left out.

// undoneBy returns the events that undos among some events take back.
func undoneBy(events []Event) map[EventID]bool {
	var undone map[EventID]bool
	for i := range events {
		if events[i].Kind == KindUndo {
			if undone == nil {
				undone = map[EventID]bool{}
			}
			undone[events[i].Undoes] = true
		}
	}
	return undone
}

// inOrder returns the events of a card that count, in order of replay.
func inOrder(events []Event) []*Event {
	undone := undoneBy(events)
	ordered := make([]*Event, 0, len(events))
	sorted := true
	for i := range events {
		e := &events[i]
		if e.Kind == KindUndo || undone[e.ID] {
			continue
		}
		if n := len(ordered); n > 0 && replayOrder(ordered[n-1], e) > 0 {
			sorted = false
		}
		ordered = append(ordered, e)
	}
	if !sorted {
		slices.SortFunc(ordered, replayOrder)
	}
	return ordered
}

func replayOrder(a, b *Event) int {
	return cmp.Or(a.AnsweredAt.Compare(b.AnsweredAt), cmp.Compare(a.ID, b.ID))
}

// earlier returns the events of a card that come before another one in order of replay, and all undos.
func earlier(events []Event, than *Event) []Event {
	var before []Event
	for i := range events {
		if events[i].Kind == KindUndo || replayOrder(&events[i], than) < 0 {
			before = append(before, events[i])
		}
	}
	return before
}

// Answers calls do for each answer among the events of a card that was not taken back, in order of replay.
func Answers(events []Event, do func(*Event)) {
	for _, e := range inOrder(events) {
		if e.Kind == KindReview {
			do(e)
		}
	}
}

// Replay returns the memory that a card's events lead to, whatever their order of arrival. seq is the number of the
// last event of the log that is known of the card. Without events the card is new.
func (s *Scheduler) Replay(events []Event, seq int64) Memory {
	memory, _ := s.replay(events)
	memory.Seq = seq
	return memory
}

// replay returns the memory that events lead to, and the time of the last one, zero when none counts. The due time is
// worked out at the end only, since no answer depends on it.
func (s *Scheduler) replay(events []Event) (memory Memory, latest time.Time) {
	memory = NewMemory()
	before, last := memory, (*Event)(nil) // the answer that the due time follows from
	var moved *Event
	for _, e := range inOrder(events) {
		latest = e.AnsweredAt
		switch e.Kind {
		case KindReview:
			before, memory, last, moved = memory, s.move(memory, e), e, nil
		case KindReset:
			memory, last, moved = NewMemory(), nil, nil
		case KindImport:
			memory, last, moved = imported(e), e, nil
		case KindReschedule:
			moved = e
		case KindUndo: // not among them
		}
	}
	if last != nil {
		memory.Due = s.interval(before, memory, last).Due(*last)
		if last.Kind == KindImport && !last.Imported.Due.IsZero() {
			memory.Due = last.Imported.Due
		}
		if moved != nil && moved.DueDay > 0 && memory.Phase == PhaseReview {
			memory.Due = moved.calendar().Start(moved.DueDay)
		}
	}
	return memory, latest
}

// interval returns how long the card waits after an answer or an import.
func (s *Scheduler) interval(before, after Memory, e *Event) Interval {
	if e.Kind == KindImport {
		return s.fuzzed(after.Stability, e.Fuzz)
	}
	return s.Interval(before, after, *e)
}

// imported returns the memory that an import brings, without its due time.
func imported(e *Event) Memory {
	return Memory{
		Phase: PhaseReview, Stability: clamp(e.Imported.Stability, minStability, maxStability), Difficulty: clamp(e.Imported.Difficulty, 1, 10),
		LastReview: e.AnsweredAt, LastDay: e.Day, Reps: e.Imported.Reps, Lapses: e.Imported.Lapses, Seq: e.Seq,
	}
}
