// Package system gives the rules what the machine has: the time and fresh ids.
package system

import (
	"time"

	"github.com/moshrank/spacey-backend/internal/ports"
)

// Clock tells the time of the machine.
type Clock struct{}

var _ ports.Clock = Clock{}

// Now returns the time in UTC, cut down to whole milliseconds, so that what is computed with equals what is stored.
// It carries no monotonic reading: two times compare alike before and after storage.
func (Clock) Now() time.Time { return wholeMilliseconds(time.Now()) }

func wholeMilliseconds(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
