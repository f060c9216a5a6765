package mongo

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// date returns a time as it is stored: milliseconds, the zero time as null.
func date(at time.Time) *bson.DateTime {
	if at.IsZero() {
		return nil
	}
	stored := bson.NewDateTimeFromTime(at)
	return &stored
}

// instant returns a stored time, in UTC.
func instant(stored *bson.DateTime) time.Time {
	if stored == nil {
		return time.Time{}
	}
	return stored.Time().UTC()
}
