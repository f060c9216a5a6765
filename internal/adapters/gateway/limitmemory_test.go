package gateway

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/ports"
)

func quota(key string, perMinute int) ports.Quota {
	return ports.Quota{Key: []byte(key), PerMinute: perMinute}
}

// newMemory returns a limiter, and a function that asks it and reports whether the request was granted.
func newMemory() (*memoryLimiter, *clock, func(...ports.Quota) bool) {
	c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	m := newMemoryLimiter(c)
	return m, c, func(quotas ...ports.Quota) bool {
		allowance, _ := m.Take(context.Background(), quotas) // never fails
		return allowance.Granted
	}
}

func TestMemoryLimiter(t *testing.T) {
	t.Run("a quota is used up, and given back one by one", func(t *testing.T) {
		_, clock, granted := newMemory()
		for range 10 {
			require.True(t, granted(quota("a", 10)))
		}
		for range 3 {
			require.False(t, granted(quota("a", 10)), "who is refused is not held up for longer")
			require.True(t, granted(quota("b", 1000)))
			clock.forward(6*time.Second - time.Millisecond)
			require.False(t, granted(quota("a", 10)))
			clock.forward(time.Millisecond)
			require.True(t, granted(quota("a", 10)))
		}
		clock.forward(time.Hour)
		for range 10 {
			require.True(t, granted(quota("a", 10)))
		}
		require.False(t, granted(quota("a", 10)))
	})
	t.Run("a request counts against all of its quotas or none", func(t *testing.T) {
		_, _, granted := newMemory()
		require.True(t, granted(quota("address", 3), quota("ann", 1)))
		for range 5 {
			require.False(t, granted(quota("address", 3), quota("ann", 1)))
		}
		require.True(t, granted(quota("address", 3), quota("ben", 5)))
		require.True(t, granted(quota("address", 3)))
		require.False(t, granted(quota("ben", 5), quota("address", 3)))
	})
	t.Run("at the same time no more are granted than there are", func(t *testing.T) {
		_, _, granted := newMemory()
		var count atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 100 {
					if granted(quota("a", 50), quota("b", 1000)) {
						count.Add(1)
					}
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 50, count.Load())
	})
	t.Run("a clock that is set back holds nobody up for more than a minute more", func(t *testing.T) {
		m, clock, granted := newMemory()
		require.True(t, granted(quota("a", 1)))
		clock.forward(-time.Second)
		allowance, _ := m.Take(t.Context(), []ports.Quota{quota("a", 1)})
		require.Equal(t, time.Minute, allowance.RetryAfter)
		clock.forward(-24 * time.Hour)
		require.True(t, granted(quota("a", 1)))
		require.False(t, granted(quota("a", 1)))
	})
	t.Run("100,000 addresses take no more memory than one, and pardon nobody who is at a limit", func(t *testing.T) {
		m, _, granted := newMemory()
		for range 10 {
			require.True(t, granted(quota("attacker", 10)))
		}
		quotas, n := []ports.Quota{quota("", 10)}, 0
		allocated := testing.AllocsPerRun(100_000, func() {
			n++
			quotas[0].Key = fmt.Appendf(quotas[0].Key[:0], "2001:db8:%x::/64", n)
			_, _ = m.Take(context.Background(), quotas)
		})
		require.Less(t, allocated, 2.0, "the number that is written is one")
		require.Len(t, m.places, limitPlaces)
		require.False(t, granted(quota("attacker", 10)))
		remembered := 0
		for i := 1; i <= 100_000; i++ {
			if m.debt(fmt.Appendf(nil, "2001:db8:%x::/64", i), m.clock.Now().UnixMicro()) > 0 {
				remembered++
			}
		}
		require.Greater(t, remembered, 90_000)
	})
	t.Run("whoever has used least is forgotten first", func(t *testing.T) {
		m, _, granted := newMemory()
		var same []string // keys that share their places
		_, first := m.ways([]byte("0"))
		for i := 0; len(same) < limitWays+1; i++ {
			if _, places := m.ways(fmt.Append(nil, i)); &places[0] == &first[0] {
				same = append(same, fmt.Sprint(i))
			}
		}
		for i, key := range same {
			for range (i+3)%len(same) + 1 {
				require.True(t, granted(quota(key, 10)))
			}
		}
		forgotten := 0
		for i, key := range same {
			if m.debt([]byte(key), m.clock.Now().UnixMicro()) == 0 {
				forgotten++
				require.Less(t, (i+3)%len(same), 3, "it had used %d", (i+3)%len(same)+1)
			}
		}
		require.Equal(t, 1, forgotten)
	})
}

func TestWhoStudiesIsNotLimited(t *testing.T) {
	const perMinute = 600 // the default of API_RATE_LIMIT
	_, clock, granted := newMemory()
	ask := func() bool {
		return granted(quota("address", perMinute*peoplePerAddress), quota("ann", perMinute))
	}
	for visit := range 5 {
		for range 100 { // the pages that are looked at before, at once
			require.True(t, ask(), "visit %d", visit)
		}
		for card := range 600 { // cards that are answered in half a second, with the plot and the next ones loaded for each
			for range 4 {
				require.True(t, ask(), "visit %d, card %d", visit, card)
			}
			clock.forward(500 * time.Millisecond)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	m, _, _ := newMemory()
	quotas := []ports.Quota{quota("address:203.0.113.9/32", 1<<30), quota("user:0190a000-0000-7000-8000-000000000001", 1<<30)}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = m.Take(context.Background(), quotas)
	}
}
