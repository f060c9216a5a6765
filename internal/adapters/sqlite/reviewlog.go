package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// ReviewLog stores each person's events. An event and the memory it leads to are written in one transaction.
type ReviewLog struct{ store *Store }

var _ ports.ReviewLog = (*ReviewLog)(nil)

const (
	// insertEvent writes nothing when the number before is not taken.
	insertEvent query = "INSERT INTO review_events (" + eventColumns + `)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
			?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39
		WHERE ?2 = 1 OR EXISTS (SELECT 1 FROM review_events WHERE user_id = ?1 AND seq = ?2 - 1)`
	newestSeq     query = "SELECT coalesce(max(seq), 0) FROM review_events WHERE user_id = ?"
	newestOfCards query = "SELECT " + eventColumns + ` FROM review_events WHERE user_id = ?1 AND seq IN
		(SELECT (SELECT max(seq) FROM review_events WHERE user_id = ?1 AND card_id = asked.value) FROM json_each(?2) AS asked)`
	// The numbers are looked up first: left to itself SQLite would read the whole log.
	eventsByID query = "SELECT " + eventColumns + ` FROM review_events WHERE user_id = ?1 AND seq IN
		(SELECT (SELECT seq FROM review_events WHERE user_id = ?1 AND id = asked.value) FROM json_each(?2) AS asked)`
	eventsOfCards query = "SELECT " + eventColumns + ` FROM review_events INDEXED BY review_events_card
		WHERE user_id = ? AND card_id IN (SELECT value FROM json_each(?))`
	eventsAfter query = "SELECT " + eventColumns + " FROM review_events WHERE user_id = ? AND seq > ? ORDER BY seq LIMIT ?"
)

// Head returns the newest of the owner's log, and of each of the cards.
func (l *ReviewLog) Head(ctx context.Context, owner domain.UserID, cards ...domain.CardID) (ports.Head, error) {
	head := ports.Head{Newest: make(map[domain.CardID]domain.Event, len(cards))}
	if _, err := l.store.row(ctx, "read the newest number of a review log", newestSeq, []any{string(owner)}, &head.Seq); err != nil {
		return ports.Head{}, err
	}
	if len(cards) == 0 {
		return head, nil
	}
	asked, err := json.Marshal(cards)
	if err != nil {
		return ports.Head{}, l.store.failure(ctx, "name cards", err)
	}
	events, err := list(ctx, l.store, "read the newest events of cards", eventFields, newestOfCards, owner, string(asked))
	if err != nil {
		return ports.Head{}, err
	}
	for _, event := range events {
		head.Newest[event.Card] = event
	}
	return head, nil
}

// Append adds events of one owner with consecutive numbers, and gives their cards the memories they lead to.
func (l *ReviewLog) Append(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	if len(events) == 0 {
		return nil
	}
	err := l.store.appends.transact(ctx, func(t *transaction) error {
		if err := insertEvents(t, owner, events); err != nil {
			return err
		}
		if l.store.beforeMemories != nil {
			if err := l.store.beforeMemories(); err != nil {
				return err
			}
		}
		return settleNewest(t, owner, events)
	})
	return seqTaken(l.store.failure(ctx, "append to a review log", err))
}

// insertEvents adds events to a person's log.
func insertEvents(t *transaction, owner domain.UserID, events []domain.Event) error {
	for i := range events {
		rows, err := t.exec(insertEvent, eventValues(owner, &events[i])...)
		if err != nil {
			return err
		}
		if rows == 0 {
			return domain.NewError(domain.CodeSeqTaken, "The number leaves a gap in the review log.")
		}
	}
	return nil
}

// seqTaken gives the error of a write to a log its code when the number was the reason: the event's id is the other key.
func seqTaken(err error) error {
	if breaks(err, primaryKey) {
		return domain.WrapError(domain.CodeSeqTaken, "The number is taken in the review log.", err)
	}
	return err
}

// settleNewest gives each card the memory of its last event.
func settleNewest(t *transaction, owner domain.UserID, events []domain.Event) error {
	seen := make(map[domain.CardID]bool, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		event := &events[i]
		if seen[event.Card] {
			continue
		}
		seen[event.Card] = true
		if _, err := t.exec(settleMemory, append(memoryValues(&event.After), string(owner), string(event.Card))...); err != nil {
			return err
		}
	}
	return nil
}

// EventsByID returns those of the events that are in the owner's log.
func (l *ReviewLog) EventsByID(ctx context.Context, owner domain.UserID, ids ...domain.EventID) ([]domain.Event, error) {
	asked, err := json.Marshal(ids)
	if err != nil {
		return nil, l.store.failure(ctx, "name events", err)
	}
	return list(ctx, l.store, "read events", eventFields, eventsByID, owner, string(asked))
}

// CardEvents returns all events of some cards, by number.
func (l *ReviewLog) CardEvents(ctx context.Context, owner domain.UserID, cards ...domain.CardID) ([]domain.Event, error) {
	asked, err := json.Marshal(cards)
	if err != nil {
		return nil, l.store.failure(ctx, "name cards", err)
	}
	events, err := list(ctx, l.store, "list the events of cards", eventFields, eventsOfCards, owner, string(asked))
	// The index has the order of one card; to have SQLite sort would make it read the whole log.
	slices.SortFunc(events, func(a, b domain.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	return events, err
}

// Events returns the owner's events with a number above after, by number.
func (l *ReviewLog) Events(ctx context.Context, owner domain.UserID, after int64, limit int) ([]domain.Event, error) {
	return list(ctx, l.store, "list events", eventFields, eventsAfter, owner, after, limit)
}
