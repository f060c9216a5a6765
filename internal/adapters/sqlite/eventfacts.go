package sqlite

import (
	"context"
	"iter"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// EventFacts reads what statistics count of a log.
type EventFacts struct{ store *Store }

var _ ports.EventFacts = (*EventFacts)(nil)

// A person may have a million events. So no more is read than is counted; the owner is known.
const eventFacts query = `SELECT seq, kind, deck_id, rating, started_at, finished_at, answered_at, day, zone, undoes,
	asked_phase, asked_interval, asked_recall FROM review_events WHERE user_id = ? AND seq > ? ORDER BY seq`

// eventFactFields returns where the columns of eventFacts go.
func eventFactFields(e *domain.Event) []any {
	return []any{
		&e.Seq, (*string)(&e.Kind), (*string)(&e.Deck), whole(&e.Rating),
		instant{&e.StartedAt}, instant{&e.FinishedAt}, instant{&e.AnsweredAt}, whole(&e.Day), &e.Zone, (*string)(&e.Undoes),
		(*string)(&e.Asked.Phase), whole(&e.Asked.Interval), &e.Asked.Recall,
	}
}

// EventFacts yields what is counted of the owner's events with a number above after, by number. A loop over it keeps a
// connection until it ends.
func (f *EventFacts) EventFacts(ctx context.Context, owner domain.UserID, after int64) iter.Seq2[domain.Event, error] {
	return func(yield func(domain.Event, error) bool) {
		if err := f.each(ctx, owner, after, yield); err != nil {
			yield(domain.Event{}, f.store.failure(ctx, "read what is counted of a review log", err))
		}
	}
}

// each yields events until there are no more, yield does not want more (nil), or an error.
func (f *EventFacts) each(ctx context.Context, owner domain.UserID, after int64, yield func(domain.Event, error) bool) error {
	rows, err := f.store.rows(ctx, eventFacts, owner, after)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	event := domain.Event{User: owner}
	fields := eventFactFields(&event)
	for rows.Next() {
		if err := rows.Scan(fields...); err != nil {
			return err
		}
		if !yield(event, nil) {
			return nil
		}
	}
	return rows.Err()
}
