package learning

import (
	"slices"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// source says who wants entries to be recorded.
type source int

const (
	// fromClient entries may not touch what only a change of the schedule does.
	fromClient source = iota
	// fromSchedule entries bring a change of the schedule to the cards.
	fromSchedule
)

// batch is entries on their way into one person's log.
type batch struct {
	user   domain.UserID
	source source
	// version is the schedule version that entries from the schedule bring to the cards.
	version  int
	entries  []domain.Entry
	outcomes []Outcome
	// open are the indexes of the entries of which it is not known yet what becomes of them, in order.
	open []int
	// missing are the indexes of entries whose card, or whose event to undo, is not there.
	missing []int
	// twins are entries with the id of an earlier one of the batch, by index.
	twins map[int]int
}

// newBatch returns a batch in which entries that cannot be recorded at all are decided.
func newBatch(user domain.UserID, entries []domain.Entry, from source) *batch {
	b := &batch{user: user, source: from, entries: entries, outcomes: make([]Outcome, len(entries)), twins: map[int]int{}}
	first := map[domain.EventID]int{}
	for i, entry := range entries {
		b.open = append(b.open, i)
		if err := entry.Check(); err != nil {
			b.decide(i, Outcome{Err: err})
			continue
		}
		if entry.Kind == domain.KindReschedule && from == fromClient {
			b.decide(i, Outcome{Err: domain.Invalid("kind", "Only a change of the settings reschedules cards.")})
			continue
		}
		id := entry.EventID(user)
		if earlier, twice := first[id]; twice {
			b.twins[i] = earlier
			b.decide(i, Outcome{})
			continue
		}
		first[id] = i
	}
	return b
}

// decide says what became of an entry.
func (b *batch) decide(index int, outcome Outcome) {
	b.outcomes[index] = outcome
	b.open = slices.DeleteFunc(slices.Clone(b.open), func(open int) bool { return open == index })
}

// lacks notes that what an entry is about is not there.
func (b *batch) lacks(index int, what string) {
	b.decide(index, Outcome{Err: domain.NotFound(what)})
	b.missing = append(b.missing, index)
}

// finish returns what became of all entries, once none is open.
func (b *batch) finish() []Outcome {
	for i, earlier := range b.twins {
		outcome := b.outcomes[earlier]
		outcome.Repeated = outcome.Err == nil
		if outcome.Err == nil && !outcome.Event.Says(b.entries[i]) {
			outcome = Outcome{Err: domain.NewError(domain.CodeConflict, "Another entry of the batch has this id.")}
		}
		b.outcomes[i] = outcome
	}
	return b.outcomes
}

// undoes returns the ids of the events that open entries take back.
func (b *batch) undoes() []domain.EventID {
	var ids []domain.EventID
	for _, index := range b.open {
		if entry := b.entries[index]; entry.Kind == domain.KindUndo {
			ids = append(ids, entry.Undoes)
		}
	}
	return ids
}

// cardsOf returns the cards that events are about, each once, in order.
func cardsOf(events []domain.Event) []domain.CardID {
	cards := make([]domain.CardID, len(events))
	for i := range events {
		cards[i] = events[i].Card
	}
	slices.Sort(cards)
	return slices.Compact(cards)
}
