package system

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestClock(t *testing.T) {
	t.Run("is the machine's time, at most a millisecond behind", func(t *testing.T) {
		before := time.Now()
		now := Clock{}.Now()
		after := time.Now()

		assert.False(t, now.Before(before.Add(-time.Millisecond)))
		assert.False(t, now.After(after))
	})

	t.Run("is in UTC", func(t *testing.T) {
		assert.Equal(t, time.UTC, Clock{}.Now().Location())
		abroad := time.Date(2026, 3, 1, 10, 0, 0, 0, time.FixedZone("abroad", 2*60*60))
		assert.Equal(t, time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), wholeMilliseconds(abroad))
	})

	t.Run("is cut down, not rounded, to whole milliseconds", func(t *testing.T) {
		at := time.Date(2026, 3, 1, 10, 0, 0, 123_999_999, time.UTC)
		assert.Equal(t, time.Date(2026, 3, 1, 10, 0, 0, 123_000_000, time.UTC), wholeMilliseconds(at))
		for range 100 {
			assert.Zero(t, Clock{}.Now().Nanosecond()%int(time.Millisecond))
		}
	})

	t.Run("equals with == what storage gives back", func(t *testing.T) {
		now := Clock{}.Now()
		assert.True(t, now == time.UnixMilli(now.UnixMilli()).UTC())
	})
}
