package e2e

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/engines"
)

// requestsUntilRefused returns how many requests are granted before one is refused, at most limit.
func (c *client) requestsUntilRefused(limit int) int {
	c.t.Helper()
	for granted := range limit {
		switch a := c.send(http.MethodGet, "/user", nil); a.Status {
		case http.StatusOK:
		case http.StatusTooManyRequests:
			require.NotEmpty(c.t, a.Header.Get("Retry-After"))
			return granted
		default:
			c.t.Fatal(a.Status, a.Body)
		}
	}
	return limit
}

func TestTwoGatewaysShareTheirRateLimitsInRedis(t *testing.T) {
	t.Parallel()
	s := startServices(t, newStorage(t, "sqlite"), "API_RATE_LIMIT=30", "RATE_LIMIT_REDIS_URL="+engines.Redis(t))
	second := s.addGateway()
	busy, calm := s.person(t), s.person(t)
	require.GreaterOrEqual(t, busy.requestsUntilRefused(1000), 25, "a minute's worth is granted")
	// One more is granted every two seconds; a gateway that counted for itself would grant thirty.
	assert.Less(t, busy.at(second).requestsUntilRefused(1000), 15, "what is used up at one gateway is at the other")
	calm.at(second).must(http.StatusOK, http.MethodGet, "/user", nil)
}

// failuresUntilRefused signs in with a wrong password until that is refused as too soon. It returns how often the password was
// looked at, and how long to wait.
func (c *client) failuresUntilRefused(t *testing.T) (failures int, wait time.Duration) {
	t.Helper()
	for {
		a := c.send(http.MethodPost, "/user/login", map[string]string{"email": c.email, "password": "wrong-otter-7"})
		if a.Status == http.StatusTooManyRequests {
			require.Equal(t, "too_many_attempts", failure(t, a))
			seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
			require.NoError(t, err)
			return failures, time.Duration(seconds) * time.Second
		}
		require.Equal(t, "invalid_credentials", failure(t, a))
		failures++
	}
}

// A person who is new has five failures that cost no wait. Whoever forgets them, by a restart or since another replica has
// counted them, grants them again.
func TestWaitsAfterFailedSignInsAreSharedAndKept(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := startServices(t, newStorage(t, engine))
			c, users := s.person(t), s.of("user-service")
			users[1].kill()
			failures, wait := c.failuresUntilRefused(t)
			assert.GreaterOrEqual(t, failures, 6, "five are free")

			users[1].run()
			users[1].waitReady()
			users[0].kill()
			time.Sleep(wait)
			failures, wait = c.failuresUntilRefused(t)
			assert.LessOrEqual(t, failures, 4, "the other replica knows them")

			users[1].kill()
			s.run()
			time.Sleep(wait)
			failures, wait = c.failuresUntilRefused(t)
			assert.LessOrEqual(t, failures, 4, "a restart forgets none")
			time.Sleep(wait)
			c.must(http.StatusOK, http.MethodPost, "/user/login", map[string]string{"email": c.email, "password": password})
		})
	}
}
