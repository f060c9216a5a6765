package postgres

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// ReviewLog stores each person's events. An event and the memory it leads to are written in one transaction.
type ReviewLog struct{ store *Store }

var _ ports.ReviewLog = (*ReviewLog)(nil)

const (
	// insertEvent has no number, and so is refused, when it does not follow the newest one. When somebody else is about to take
	// the same number it waits for them. Asked in this way the server looks at one entry of the primary key, even while it does
	// not know yet how many events there are.
	insertEvent query = "INSERT INTO review_events (" + eventColumns + `) VALUES ($1,
		(SELECT $2::bigint WHERE $2::bigint - 1 = coalesce((SELECT seq FROM review_events WHERE user_id = $1 ORDER BY seq DESC LIMIT 1), 0)),
		$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
		$25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39)`
	newestSeq query = "SELECT seq FROM review_events WHERE user_id = $1 ORDER BY seq DESC LIMIT 1"
	// Cards and events are looked up one by one: left to itself, the server might read the whole log of an owner whom it takes
	// to have a short one.
	newestOfCards query = `SELECT event.* FROM unnest($2::text[]) AS asked (card)
		CROSS JOIN LATERAL (SELECT ` + eventColumns + ` FROM review_events WHERE user_id = $1 AND card_id = asked.card
			ORDER BY seq DESC LIMIT 1) AS event`
	eventsByID query = `SELECT event.* FROM unnest($2::text[]) AS asked (event)
		CROSS JOIN LATERAL (SELECT ` + eventColumns + ` FROM review_events WHERE user_id = $1 AND id = asked.event LIMIT 1) AS event`
	// OFFSET keeps the server from joining it in another way.
	eventsOfCards query = `SELECT event.* FROM unnest($2::text[]) AS asked (card)
		CROSS JOIN LATERAL (SELECT ` + eventColumns + ` FROM review_events WHERE user_id = $1 AND card_id = asked.card
			ORDER BY seq OFFSET 0) AS event`
	// Since there are no gaps the numbers are a limit that holds however the server reads them.
	eventsAfter query = "SELECT " + eventColumns + " FROM review_events WHERE user_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq"
)

// Head returns the newest of the owner's log, and of each of the cards.
func (l *ReviewLog) Head(ctx context.Context, owner domain.UserID, cards ...domain.CardID) (ports.Head, error) {
	var head ports.Head
	err := reading(ctx, func() error {
		head = ports.Head{Newest: make(map[domain.CardID]domain.Event, len(cards))}
		batch := &pgx.Batch{}
		batch.Queue(string(newestSeq), string(owner)).QueryRow(func(row pgx.Row) error {
			if err := row.Scan(&head.Seq); !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
			return nil
		})
		if len(cards) > 0 {
			batch.Queue(string(newestOfCards), string(owner), keys(cards)).Query(func(rows pgx.Rows) error {
				return scanNewest(rows, head.Newest)
			})
		}
		return l.store.pool.SendBatch(ctx, batch).Close()
	})
	if err != nil {
		return ports.Head{}, l.store.failure(ctx, "read the newest events of a review log", err)
	}
	return head, nil
}

// scanNewest puts events under their cards.
func scanNewest(rows pgx.Rows, newest map[domain.CardID]domain.Event) error {
	var event domain.Event
	_, err := pgx.ForEachRow(rows, eventFields(&event), func() error {
		newest[event.Card] = event
		return nil
	})
	return err
}

// Append adds events of one owner with consecutive numbers, and gives their cards the memories they lead to.
func (l *ReviewLog) Append(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	if len(events) == 0 {
		return nil
	}
	err := l.store.atOnce(ctx, func(batch *pgx.Batch) {
		for i := range events {
			batch.Queue(string(insertEvent), eventValues(owner, &events[i])...)
		}
		if l.store.interrupt != "" {
			batch.Queue(string(l.store.interrupt))
		}
		settleNewest(batch, owner, events)
	})
	return seqTaken(l.store.failure(ctx, "append to a review log", err))
}

// errGap is a number whose predecessor is not taken.
var errGap = domain.NewError(domain.CodeSeqTaken, "The number leaves a gap in the review log.")

// seqTaken gives the error of a write to a log its code when the number was the reason: the event's id is the other key.
func seqTaken(err error) error {
	var failed *pgconn.PgError
	switch {
	case breaks(err, "review_events_pkey"):
		return domain.WrapError(domain.CodeSeqTaken, "The number is taken in the review log.", err)
	case errors.As(err, &failed) && failed.Code == notNullViolation && failed.ColumnName == "seq":
		return domain.WrapError(domain.CodeSeqTaken, errGap.Message, err)
	default:
		return err
	}
}

// settleNewest gives each card the memory of its last event.
func settleNewest(batch *pgx.Batch, owner domain.UserID, events []domain.Event) {
	seen := make(map[domain.CardID]bool, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		event := &events[i]
		if !seen[event.Card] {
			seen[event.Card] = true
			batch.Queue(string(settleMemory), settleValues(owner, event.Card, &event.After)...)
		}
	}
}

// EventsByID returns those of the events that are in the owner's log.
func (l *ReviewLog) EventsByID(ctx context.Context, owner domain.UserID, ids ...domain.EventID) ([]domain.Event, error) {
	return list(ctx, l.store, "read events", eventFields, eventsByID, string(owner), keys(ids))
}

// CardEvents returns all events of some cards, by number.
func (l *ReviewLog) CardEvents(ctx context.Context, owner domain.UserID, cards ...domain.CardID) ([]domain.Event, error) {
	events, err := list(ctx, l.store, "list the events of cards", eventFields, eventsOfCards, string(owner), keys(cards))
	slices.SortFunc(events, func(a, b domain.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	return events, err
}

// Events returns the owner's events with a number above after, by number.
func (l *ReviewLog) Events(ctx context.Context, owner domain.UserID, after int64, limit int) ([]domain.Event, error) {
	return list(ctx, l.store, "list events", eventFields, eventsAfter, string(owner), after, seqBehind(after, limit))
}

// seqBehind returns the last of the numbers after one, at most limit of them.
func seqBehind(after int64, limit int) int64 {
	if after > math.MaxInt64-int64(limit) {
		return math.MaxInt64
	}
	return after + int64(limit)
}
