package e2e

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTenThousandSignInsAtOneAddress guesses a password from 500 addresses while its owner goes on signing in at home.
func TestTenThousandSignInsAtOneAddress(t *testing.T) {
	s := start(t, newStorage(t, "sqlite"), memoryLimit, "TRUSTED_PROXIES=127.0.0.1", "USER_RATE_LIMIT=1000000")
	process := s.processes[0]
	home := map[string]string{"X-Forwarded-For": "198.51.100.7"}
	tr := s.newTreasure(t)
	// The owner is known at home once they have signed in there.
	s.signIn(t, tr.owner.email, home)

	const attempts, addresses = 10_000, 500
	var next, looked, refused, other atomic.Int64
	var guessers sync.WaitGroup
	ended, began := make(chan struct{}), time.Now()
	for range 32 {
		guessers.Go(func() {
			for n := next.Add(1); n <= attempts; n = next.Add(1) {
				from := map[string]string{"X-Forwarded-For": fmt.Sprintf("100.%d.%d.7", 64+n%addresses/250, n%addresses%250)}
				a := s.with(t, http.MethodPost, "/user/login", fmt.Sprintf(`{"email":%q,"password":"guess %d"}`, tr.owner.email, n), from)
				switch {
				case a.Status == http.StatusUnauthorized:
					looked.Add(1)
				case a.Status == http.StatusTooManyRequests && a.Header.Get("Retry-After") != "":
					refused.Add(1)
				default:
					other.Add(1)
					t.Errorf("%d %s", a.Status, a.Body)
				}
			}
		})
	}
	go func() { guessers.Wait(); close(ended) }()

	signedIn, most := 0, 0
	for attacked := true; attacked; {
		select {
		case <-ended:
			attacked = false
		case <-time.After(100 * time.Millisecond):
		}
		s.signIn(t, tr.owner.email, home)
		signedIn++
		most = max(most, process.memory(t))
	}
	took := time.Since(began)
	t.Logf("%d attempts in %.1f s (%.0f/s): %d passwords looked at, %d refused before; the owner signed in %d times meanwhile; memory %d MiB at most",
		attempts, took.Seconds(), attempts/took.Seconds(), looked.Load(), refused.Load(), signedIn, most>>10)

	assert.EqualValues(t, attempts, looked.Load()+refused.Load())
	// 31 without a wait, then one after 1, 2, 4 ... 32 s, and one a minute: the longer it took, the more.
	assert.LessOrEqual(t, looked.Load(), 31+int64(math.Log2(took.Seconds()+1))+int64(took.Minutes())+1)
	assert.Greater(t, signedIn, 1)
	assert.Less(t, most, memoryBound)
	requireRefused(t, http.StatusTooManyRequests, "too_many_attempts", s.with(t, http.MethodPost, "/user/login",
		marshal(t, map[string]string{"email": tr.owner.email, "password": password}), map[string]string{"X-Forwarded-For": "100.80.1.1"}))
	require.True(t, process.alive())
	tr.requireUntouched(t)
}

// TestOnePasswordTriedOnManyPeople tries one password on 300 addresses from one machine.
func TestOnePasswordTriedOnManyPeople(t *testing.T) {
	t.Parallel()
	s := start(t, newStorage(t, "sqlite"), "TRUSTED_PROXIES=127.0.0.1")
	began, statuses := time.Now(), map[int]int{}
	for i := range 300 {
		a := s.with(t, http.MethodPost, "/user/login", fmt.Sprintf(`{"email":"target%d@example.org","password":"summer-2026"}`, i),
			map[string]string{"X-Forwarded-For": "100.64.1.1"})
		statuses[a.Status]++
	}
	t.Logf("300 people in %.1f s: %v", time.Since(began).Seconds(), statuses)
	assert.LessOrEqual(t, statuses[http.StatusUnauthorized], 101+int(math.Log2(time.Since(began).Seconds()+1))+1)
	assert.Equal(t, 300, statuses[http.StatusUnauthorized]+statuses[http.StatusTooManyRequests])
	a := s.with(t, http.MethodPost, "/user/login", `{"email":"other@example.org","password":"summer-2026"}`, map[string]string{"X-Forwarded-For": "100.64.2.1"})
	requireRefused(t, http.StatusUnauthorized, "invalid_credentials", a)
}
