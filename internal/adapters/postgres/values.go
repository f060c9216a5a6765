package postgres

import (
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// moment returns a time as it is stored: in milliseconds, NULL for the zero time.
func moment(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return stored(at)
}

// stored returns a time as it comes back from storage.
func stored(at time.Time) time.Time { return at.UTC().Truncate(time.Millisecond) }

// instant scans a column with a time.
type instant struct{ at *time.Time }

var _ pgtype.TimestamptzScanner = instant{}

// ScanTimestamptz takes a time or NULL.
func (i instant) ScanTimestamptz(value pgtype.Timestamptz) error {
	if value.InfinityModifier != pgtype.Finite {
		return errors.New("a time is stored as infinite")
	}
	*i.at = time.Time{}
	if value.Valid {
		*i.at = value.Time.UTC()
	}
	return nil
}
