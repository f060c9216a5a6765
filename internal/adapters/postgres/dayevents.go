package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// DayEvents finds the events of a day.
type DayEvents struct{ store *Store }

var _ ports.DayEvents = (*DayEvents)(nil)

const eventsOfDay query = "SELECT " + eventColumns + " FROM review_events WHERE user_id = $1 AND day = $2 ORDER BY seq"

// DayEvents returns the owner's events of a day, by number.
func (d *DayEvents) DayEvents(ctx context.Context, owner domain.UserID, day domain.Day) ([]domain.Event, error) {
	return list(ctx, d.store, "list the events of a day", eventFields, eventsOfDay, string(owner), int32(day))
}
