package sqlite

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
	lastRecorded  query = "SELECT max(recorded_at) FROM review_events"
	recordedSince query = "SELECT " + eventColumns + ` FROM review_events WHERE (recorded_at, id) > (?, ?)
		ORDER BY recorded_at, id LIMIT ?`
)

// LastRecorded returns the RecordedAt of the newest event of all.
func (r *RecentEvents) LastRecorded(ctx context.Context) (time.Time, error) {
	var at time.Time
	_, err := r.store.row(ctx, "read the time of the newest event", lastRecorded, nil, instant{&at})
	return at, err
}

// RecordedSince returns events of all people with RecordedAt at or after since, by RecordedAt, then id.
func (r *RecentEvents) RecordedSince(ctx context.Context, since time.Time, page ports.Page) ([]domain.Event, error) {
	after := page.After
	if from := earliest(since); after.At.UnixMilli() < from {
		// No id is empty, so behind this place is everything from that time on.
		return list(ctx, r.store, "list recent events", eventFields, recordedSince, from, "", page.Limit)
	}
	return list(ctx, r.store, "list recent events", eventFields, recordedSince, after.At.UnixMilli(), after.ID, page.Limit)
}

// earliest returns the first stored time that is not before since.
func earliest(since time.Time) int64 {
	from := since.UnixMilli()
	if time.UnixMilli(from).Before(since) {
		from++
	}
	return from
}
