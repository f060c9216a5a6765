package sqlite

import (
	"fmt"
	"time"
)

// created is the time of creation where it may be NULL, in order: no time comes first, as the zero time does. The indexes that
// list by it hold the same expression.
const created = "coalesce(created_at, -62135596800000)"

// behindInCreation ends a statement that lists in order of creation, then id, what is behind the time ?1 and the id ?2, up to
// the limit ?3. SQLite finds the place of a row value in an index of columns only, so the time is asked for by itself first.
const behindInCreation = created + " >= ?1 AND (" + created + ", id) > (?1, ?2) ORDER BY " + created + ", id LIMIT ?3"

// millis returns a time as it is stored: milliseconds since 1970, NULL for the zero time.
func millis(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UnixMilli()
}

// stored returns a time as it comes back from storage.
func stored(at time.Time) time.Time { return at.UTC().Truncate(time.Millisecond) }

// instant scans a column with a time.
type instant struct{ at *time.Time }

// Scan takes milliseconds or NULL.
func (i instant) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		*i.at = time.Time{}
	case int64:
		*i.at = time.UnixMilli(value).UTC()
	default:
		return fmt.Errorf("a time is stored as %T", value)
	}
	return nil
}

// number scans a column with an integer. database/sql would go through text to reach any other type than int64.
type number[T ~int | ~int32] struct{ to *T }

// Scan takes an integer that fits.
func (n number[T]) Scan(value any) error {
	whole, ok := value.(int64)
	if *n.to = T(whole); !ok || int64(*n.to) != whole {
		return fmt.Errorf("%v is stored where a small integer belongs", value)
	}
	return nil
}

// whole returns where an integer is scanned to.
func whole[T ~int | ~int32](to *T) number[T] { return number[T]{to} }
