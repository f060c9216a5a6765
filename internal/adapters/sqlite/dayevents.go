package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// DayEvents finds the events of a day.
type DayEvents struct{ store *Store }

var _ ports.DayEvents = (*DayEvents)(nil)

// Left to itself SQLite might read the whole log, which has the order asked for.
const eventsOfDay query = "SELECT " + eventColumns + ` FROM review_events INDEXED BY review_events_day
	WHERE user_id = ? AND day = ? ORDER BY seq`

// DayEvents returns the owner's events of a day, by number.
func (d *DayEvents) DayEvents(ctx context.Context, owner domain.UserID, day domain.Day) ([]domain.Event, error) {
	return list(ctx, d.store, "list the events of a day", eventFields, eventsOfDay, owner, int64(day))
}
