package gateway

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// limitPlaces is how many keys are remembered, 16 bytes each. A key needs its place only until its quota is whole
	// again: for one request of ten a minute that is six seconds.
	limitPlaces = 1 << 17
	// limitWays is how many places there are for one key. When all are taken, the key that has used least is forgotten: many
	// new addresses pardon nobody who is at a limit.
	limitWays = 8
)

// memoryLimiter is a ports.RateLimiter for one gateway. It takes the same memory however many clients there are, and
// allocates none to count.
type memoryLimiter struct {
	clock  ports.Clock
	seed   maphash.Seed
	mu     sync.Mutex
	places []limitPlace
}

// limitPlace is what is remembered of a key.
type limitPlace struct {
	// hash stands for the key. Nobody outside can find two keys with the same, since the seed is random.
	hash uint64
	// whole is when all of its quota is there again, in microseconds since 1970.
	whole int64
}

var _ ports.RateLimiter = (*memoryLimiter)(nil)

func newMemoryLimiter(clock ports.Clock) *memoryLimiter {
	return &memoryLimiter{clock: clock, seed: maphash.MakeSeed(), places: make([]limitPlace, limitPlaces)}
}

// Take counts a request. It never fails.
func (m *memoryLimiter) Take(_ context.Context, quotas []ports.Quota) (ports.Allowance, error) {
	now := m.clock.Now().UnixMicro()
	m.mu.Lock()
	defer m.mu.Unlock()
	decisive := quotas[0].Ask(m.debt(quotas[0].Key, now))
	for _, quota := range quotas[1:] {
		decisive = decisive.Stricter(quota.Ask(m.debt(quota.Key, now)))
	}
	if decisive.Granted {
		for _, quota := range quotas {
			m.set(quota.Key, now+(m.debt(quota.Key, now)+quota.Spacing()).Microseconds())
		}
	}
	return decisive, nil
}

// ways returns the places that a key may have.
func (m *memoryLimiter) ways(key []byte) (hash uint64, places []limitPlace) {
	hash = maphash.Bytes(m.seed, key)
	first := hash % (limitPlaces / limitWays) * limitWays
	return hash, m.places[first : first+limitWays]
}

// debt returns how long it takes until the quota of a key is whole. A time that is too far away is of a clock that was set
// back: it counts for nothing, so that nobody is held up until then.
func (m *memoryLimiter) debt(key []byte, now int64) time.Duration {
	hash, places := m.ways(key)
	for i := range places {
		if places[i].hash == hash {
			debt := max(time.Duration(places[i].whole-now)*time.Microsecond, 0)
			if debt > 2*ports.QuotaWindow {
				return 0
			}
			return min(debt, ports.QuotaWindow)
		}
	}
	return 0
}

// set remembers when the quota of a key is whole.
func (m *memoryLimiter) set(key []byte, whole int64) {
	hash, places := m.ways(key)
	chosen := &places[0]
	for i := range places {
		if places[i].hash == hash {
			chosen = &places[i]
			break
		}
		if places[i].whole < chosen.whole {
			chosen = &places[i]
		}
	}
	chosen.hash, chosen.whole = hash, whole
}
