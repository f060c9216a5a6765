package learning

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// An append that finds its number taken is tried again so often, after a pause that grows up to maxPause.
const (
	maxAppends = 30
	maxPause   = 50 * time.Millisecond
)

// Outcome is what became of one entry of a batch.
type Outcome struct {
	// Event is the entry's event, or, when Err is set, nothing.
	Event domain.Event
	// Repeated says that the event was in the log already: the entry was sent before.
	Repeated bool
	// Err says why the entry is not in the log: CodeInvalid, CodeNotFound or CodeConflict.
	Err error
}

// Record appends an entry to the caller's log and returns its event. The same entry again gives the first event back.
// CodeInvalid; CodeNotFound when the caller has no such card, or no such event to undo; CodeConflict when the id belongs
// to another entry; CodeBusy when others of the caller's devices were faster every time.
func (s *Service) Record(ctx context.Context, caller domain.Identity, entry domain.Entry) (domain.Event, error) {
	outcomes, err := s.record(ctx, newBatch(caller.User, []domain.Entry{entry}, fromClient))
	if err != nil {
		return domain.Event{}, err
	}
	return outcomes[0].Event, outcomes[0].Err
}

// RecordBatch appends up to domain.MaxEntries entries to the caller's log, in this order, and says of each what became of
// it. An entry that cannot be recorded does not keep the others out. CodeTooLarge and CodeBusy are about the whole batch;
// after CodeBusy the same batch may be sent again, as after every failure: what was recorded stays, and is not doubled.
func (s *Service) RecordBatch(ctx context.Context, caller domain.Identity, entries []domain.Entry) ([]Outcome, error) {
	if len(entries) > domain.MaxEntries {
		return nil, domain.NewError(domain.CodeTooLarge, fmt.Sprintf("A batch has at most %d entries.", domain.MaxEntries))
	}
	return s.record(ctx, newBatch(caller.User, entries, fromClient))
}

// record appends a batch to the log of its owner.
func (s *Service) record(ctx context.Context, b *batch) ([]Outcome, error) {
	leave, err := s.turns.take(ctx, b.user)
	if err != nil {
		return nil, err
	}
	defer leave()
	for attempt := 0; len(b.open) > 0; attempt++ {
		if attempt == maxAppends {
			return nil, domain.NewError(domain.CodeBusy, "Too many answers arrive at once. Please send this one again in a moment.")
		}
		if err := s.try(ctx, b, attempt); err != nil {
			return nil, err
		}
	}
	return b.finish(), nil
}

// try makes one attempt to append what is open of a batch. When somebody else was faster it returns nil, and the rest is
// still open.
func (s *Service) try(ctx context.Context, b *batch, attempt int) error {
	if len(b.entries) > 1 { // a batch may have been sent before, and a broken append may have stored a part of it
		if err := s.recall(ctx, b, b.open); err != nil || len(b.open) == 0 {
			return err
		}
	}
	err := s.append(ctx, b)
	switch domain.CodeOf(err) {
	case domain.CodeSeqTaken:
		return pause(ctx, attempt)
	case domain.CodeConflict: // recorded before
		open := len(b.open)
		if err := s.recall(ctx, b, b.open); err != nil || len(b.open) < open {
			return err
		}
		return err
	case "":
		return s.recall(ctx, b, b.missing) // recorded before, perhaps, and the card deleted since
	default:
		return err
	}
}

// recall looks whether entries are in the log already and, where they are, says so: with their events, or a conflict
// when an event says something else. It also completes the memories of their cards, since the first attempt may have been
// cut off before they were written.
func (s *Service) recall(ctx context.Context, b *batch, indexes []int) error {
	if len(indexes) == 0 {
		return nil
	}
	ids := make([]domain.EventID, len(indexes))
	for i, index := range indexes {
		ids[i] = b.entries[index].EventID(b.user)
	}
	stored, err := s.log.EventsByID(ctx, b.user, ids...)
	if err != nil || len(stored) == 0 {
		return err
	}
	events := make(map[domain.EventID]domain.Event, len(stored))
	for _, event := range stored {
		events[event.ID] = event
	}
	for i, index := range append([]int(nil), indexes...) {
		event, found := events[ids[i]]
		switch {
		case !found:
		case event.Says(b.entries[index]):
			b.decide(index, Outcome{Event: event, Repeated: true})
		default:
			b.decide(index, Outcome{Err: domain.NewError(domain.CodeConflict, "Another entry was recorded under this id.")})
		}
	}
	return s.complete(ctx, b.user, stored)
}

// complete gives the cards of some events the memories that their newest events lead to.
func (s *Service) complete(ctx context.Context, user domain.UserID, events []domain.Event) error {
	cards := cardsOf(events)
	head, err := s.log.Head(ctx, user, cards...)
	if err != nil {
		return err
	}
	memories, err := s.memories.MemoriesOf(ctx, user, cards...)
	if err != nil {
		return err
	}
	for _, memory := range memories {
		if newest := head.Newest[memory.Card]; newest.Seq > memory.Memory.Seq {
			if _, err := s.memories.Settle(ctx, user, memory.Card, newest.After); err != nil {
				return err
			}
		}
	}
	return nil
}

// pause waits a random time that grows with the attempts, so that devices that met once do not meet again.
func pause(ctx context.Context, attempt int) error {
	limit := min(time.Millisecond<<min(attempt, 10), maxPause)
	timer := time.NewTimer(rand.N(limit)) //nolint:gosec // chance keeps devices apart here, it guards nothing
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return domain.WrapError(domain.CodeBusy, "The answer could not be recorded in time. Please send it again.", ctx.Err())
	case <-timer.C:
		return nil
	}
}
