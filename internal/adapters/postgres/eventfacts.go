package postgres

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
	asked_phase, asked_interval, asked_recall FROM review_events WHERE user_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq`

// factsPage is how many events are read before the first of them is yielded. Callers that count page by page stop when they
// have seen one of the next page, after 2,001 events.
const factsPage = 2048

// eventFactFields returns where the columns of eventFacts go.
func eventFactFields(e *domain.Event) []any {
	return []any{
		&e.Seq, (*string)(&e.Kind), (*string)(&e.Deck), (*int)(&e.Rating),
		instant{&e.StartedAt}, instant{&e.FinishedAt}, instant{&e.AnsweredAt}, (*int32)(&e.Day), &e.Zone, (*string)(&e.Undoes),
		(*string)(&e.Asked.Phase), &e.Asked.Interval, &e.Asked.Recall,
	}
}

// EventFacts yields what is counted of the owner's events with a number above after, by number. It reads page by page, so
// that a loop keeps no connection. Numbers have no gaps, so the page that is not full is the last one.
func (f *EventFacts) EventFacts(ctx context.Context, owner domain.UserID, after int64) iter.Seq2[domain.Event, error] {
	return func(yield func(domain.Event, error) bool) {
		for {
			page, err := list(ctx, f.store, "read what is counted of a review log", eventFactFields, eventFacts,
				string(owner), after, seqBehind(after, factsPage))
			if err != nil {
				yield(domain.Event{}, err)
				return
			}
			for _, event := range page {
				event.User, after = owner, event.Seq
				if !yield(event, nil) {
					return
				}
			}
			if len(page) < factsPage {
				return
			}
		}
	}
}
