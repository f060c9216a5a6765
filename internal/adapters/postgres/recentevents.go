package postgres

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// RecentEvents finds the events that were recorded last.
type RecentEvents struct{ store *Store }

var _ ports.RecentEvents = (*RecentEvents)(nil)

const (
	lastRecorded  query = "SELECT recorded_at FROM review_events ORDER BY recorded_at DESC LIMIT 1"
	recordedSince query = "SELECT " + eventColumns + ` FROM review_events WHERE (recorded_at, id) > ($1, $2)
		ORDER BY recorded_at, id LIMIT $3`
)

// LastRecorded returns the RecordedAt of the newest event of all.
func (r *RecentEvents) LastRecorded(ctx context.Context) (time.Time, error) {
	var at time.Time
	_, err := r.store.row(ctx, "read the time of the newest event", lastRecorded, nil, instant{&at})
	return at, err
}

// RecordedSince returns events of all people with RecordedAt at or after since, by RecordedAt, then id.
func (r *RecentEvents) RecordedSince(ctx context.Context, since time.Time, page ports.Page) ([]domain.Event, error) {
	at, id := stored(page.After.At), page.After.ID
	if from := earliest(since); at.Before(from) {
		// No id is empty, so behind this place is everything from that time on.
		at, id = from, ""
	}
	return list(ctx, r.store, "list recent events", eventFields, recordedSince, at, id, page.Limit)
}

// earliest returns the first stored time that is not before since.
func earliest(since time.Time) time.Time {
	from := stored(since)
	if from.Before(since) {
		return from.Add(time.Millisecond)
	}
	return from
}
