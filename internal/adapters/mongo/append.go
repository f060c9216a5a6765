package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Append adds events to a person's log, then gives their cards the memories.
//
// The events are written in order, each only when the one before is stored, and the index on numbers lets nobody take a
// number twice; so there are no gaps, whatever happens. When somebody else takes a number in the middle of a batch, the
// events before it are stored and the others are not: CodeSeqTaken.
func (s *Store) Append(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	if len(events) == 0 {
		return nil
	}
	if err := s.checkAppend(ctx, owner, events); err != nil {
		return err
	}
	stored, refused := s.insertEvents(ctx, owner, events)
	if stored == 0 {
		return refused
	}
	if err := s.interrupt(eventsStored); err != nil {
		return err
	}
	if err := s.settleLast(ctx, owner, events[:stored]); err != nil {
		return err
	}
	return refused
}

// checkAppend finds what would leave a gap, and ids that are taken. The number before the first is looked for first: when
// it is there all events before it are seen too. A single event needs no look at its id: its insert is refused as a whole,
// while a batch would leave the events before a taken id.
func (s *Store) checkAppend(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	ids := make([]domain.EventID, len(events))
	seen := make(map[domain.EventID]bool, len(events))
	first := events[0].Seq
	for i, event := range events {
		if event.Seq != first+int64(i) || first < 1 {
			return domain.WrapError(domain.CodeInternal, "", fmt.Errorf("appending number %d after %d", event.Seq, first))
		}
		if seen[event.ID] {
			return eventConflict(nil)
		}
		ids[i], seen[event.ID] = event.ID, true
	}
	if first > 1 {
		before, err := exists(ctx, s.events, "event", bson.D{{Key: "user_id", Value: owner}, {Key: "seq", Value: first - 1}})
		if err != nil {
			return err
		}
		if !before {
			return seqTaken(nil)
		}
	}
	if len(events) == 1 {
		return nil
	}
	taken, err := exists(ctx, s.events, "event", ownKeys(owner, ids))
	if err == nil && taken {
		return eventConflict(nil)
	}
	return err
}

// insertEvents inserts events in order and returns how many of them are stored. The error is about the next one.
func (s *Store) insertEvents(ctx context.Context, owner domain.UserID, events []domain.Event) (int, error) {
	records := make([]eventRecord, len(events))
	for i, event := range events {
		records[i] = newEventRecord(owner, event)
	}
	_, err := s.events.InsertMany(ctx, records)
	if err == nil {
		return len(events), nil
	}
	var refused driver.BulkWriteException
	if !errors.As(err, &refused) || len(refused.WriteErrors) == 0 || !driver.IsDuplicateKeyError(err) {
		// It is not known what is stored. A retry finds out, and the memories are settled later.
		return 0, failure(ctx, "inserting events", err)
	}
	at := refused.WriteErrors[0].Index
	if at > 0 {
		return at, seqTaken(err)
	}
	// Servers word it differently which index refused, so the data are asked.
	taken, failed := exists(ctx, s.events, "event", ownKey(owner, events[0].ID))
	if failed != nil {
		return 0, failed
	}
	if taken {
		return 0, eventConflict(err)
	}
	return 0, seqTaken(err)
}

func seqTaken(cause error) error {
	return domain.WrapError(domain.CodeSeqTaken, "The review log has changed.", cause)
}

func eventConflict(cause error) error {
	return domain.WrapError(domain.CodeConflict, "There is an event with this id already.", cause)
}
