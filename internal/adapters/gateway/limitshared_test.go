package gateway

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestALimiterThatFailsHoldsNobodyUp(t *testing.T) {
	limiter := &notingLimiter{}
	w := newWorld(t, func(o *Options) { o.UserRateLimit, o.Limiter, o.LimiterPatience = 2, limiter, time.Minute })
	signIn := func() int { return w.call("POST", "/user/login", "{}").StatusCode }

	t.Run("while it works it decides alone", func(t *testing.T) {
		for range 5 {
			require.Equal(t, 200, signIn())
		}
		require.EqualValues(t, 1, w.figure("spacey_gateway_rate_limit_shared"))
		require.Zero(t, w.figure("spacey_gateway_rate_limit_unshared_total"))
	})
	t.Run("while it fails memory limits, and the metric says so", func(t *testing.T) {
		limiter.questions()
		limiter.fail(errors.New("it is away"))
		for _, want := range []int{200, 200, 429, 429} {
			require.Equal(t, want, signIn())
		}
		require.Len(t, limiter.questions(), 1, "it is not asked by every request")
		require.Zero(t, w.figure("spacey_gateway_rate_limit_shared"))
		require.EqualValues(t, 4, w.figure("spacey_gateway_rate_limit_unshared_total"))
	})
	t.Run("the log has one line of it", func(t *testing.T) {
		require.Equal(t, 1, strings.Count(w.log.String(), "rate limits"))
		require.Contains(t, w.log.String(), "it is away")
	})
	t.Run("it is asked again once in a while", func(t *testing.T) {
		for range 3 {
			w.clock.forward(sharedPause - time.Millisecond)
			signIn()
			require.Empty(t, limiter.questions())
			w.clock.forward(time.Millisecond)
			signIn()
			signIn()
			require.Len(t, limiter.questions(), 1)
		}
		require.Equal(t, 1, strings.Count(w.log.String(), "rate limits"))
	})
	t.Run("it decides again when it is back", func(t *testing.T) {
		limiter.fail(nil)
		w.clock.forward(sharedPause)
		for range 5 {
			require.Equal(t, 200, signIn())
		}
		require.Len(t, limiter.questions(), 5)
		require.EqualValues(t, 1, w.figure("spacey_gateway_rate_limit_shared"))
		require.Equal(t, 2, strings.Count(w.log.String(), "rate limits"))
		require.Contains(t, w.log.String(), "again")
	})
	t.Run("one that comes and goes does not fill the log", func(t *testing.T) {
		w.clock.forward(sharedLogPause)
		before := strings.Count(w.log.String(), "rate limits")
		for range 20 {
			limiter.fail(errors.New("away"))
			signIn()
			limiter.fail(nil)
			w.clock.forward(sharedPause)
			signIn()
		}
		require.Equal(t, before+2, strings.Count(w.log.String(), "rate limits"))
	})
	t.Run("there is no metric of it where nothing is shared", func(t *testing.T) {
		w := newWorld(t, func(o *Options) { o.UserRateLimit = 2 })
		require.NotContains(t, w.figures("spacey_gateway_rate_limit_shared"), "")
	})
}

// hangingLimiter answers when the caller gives up, or when it is told to.
type hangingLimiter struct {
	asked   atomic.Int64
	release chan struct{}
}

func (h *hangingLimiter) Take(ctx context.Context, _ []ports.Quota) (ports.Allowance, error) {
	h.asked.Add(1)
	select {
	case <-ctx.Done():
		return ports.Allowance{}, ctx.Err()
	case <-h.release:
		return ports.Allowance{Granted: true, Limit: 1}, nil
	}
}

func TestALimiterThatIsSlow(t *testing.T) {
	t.Run("is not waited for, and not asked again by the next requests", func(t *testing.T) {
		limiter := &hangingLimiter{}
		w := newWorld(t, func(o *Options) { o.UserRateLimit, o.Limiter = 2, limiter })
		for _, want := range []int{200, 200, 429} {
			require.Equal(t, want, w.call("POST", "/user/login", "{}").StatusCode)
		}
		require.EqualValues(t, 1, limiter.asked.Load())
		require.Zero(t, w.figure("spacey_gateway_rate_limit_shared"))
		require.Contains(t, w.log.String(), context.DeadlineExceeded.Error())
	})

	newShared := func(limiter ports.RateLimiter) (*sharedLimiter, *clock) {
		memory, clock, _ := newMemory()
		m, err := newMetrics(nil)
		require.NoError(t, err)
		return &sharedLimiter{
			shared: limiter, memory: memory, patience: time.Minute, clock: clock, logger: slog.New(slog.DiscardHandler), metrics: m,
		}, clock
	}
	t.Run("is tried by one request while the others go on", func(t *testing.T) {
		limiter := &hangingLimiter{release: make(chan struct{})}
		shared, clock := newShared(limiter)
		shared.retryAt.Store(clock.Now().UnixMilli())
		var trying sync.WaitGroup
		trying.Go(func() { _, _ = shared.Take(context.Background(), []ports.Quota{quota("a", 1)}) })
		require.Eventually(t, func() bool { return limiter.asked.Load() == 1 }, time.Minute, time.Millisecond)
		for _, want := range []bool{true, false, false} {
			allowance, err := shared.Take(t.Context(), []ports.Quota{quota("a", 1)})
			require.NoError(t, err)
			require.Equal(t, want, allowance.Granted)
		}
		require.EqualValues(t, 1, limiter.asked.Load())
		close(limiter.release)
		trying.Wait()
		require.Zero(t, shared.retryAt.Load(), "it works again")
	})
	t.Run("does not work again because it answers one that had asked before it failed", func(t *testing.T) {
		limiter := &hangingLimiter{release: make(chan struct{})}
		shared, _ := newShared(limiter)
		var waiting sync.WaitGroup
		waiting.Go(func() { _, _ = shared.Take(context.Background(), []ports.Quota{quota("a", 1)}) })
		require.Eventually(t, func() bool { return limiter.asked.Load() == 1 }, time.Minute, time.Millisecond)
		shared.fails(errors.New("away"))
		close(limiter.release)
		waiting.Wait()
		require.NotZero(t, shared.retryAt.Load())
	})
}
