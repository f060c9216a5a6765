package gateway

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// sharedPatience is how long a request waits for a limiter that gateways share.
	sharedPatience = 50 * time.Millisecond
	// sharedPause is how long memory counts before a limiter that failed is asked again, by one request.
	sharedPause = time.Second
	// sharedLogPause is the least time between two lines of the log about a limiter that comes and goes.
	sharedLogPause = time.Minute
)

// sharedLimiter is a ports.RateLimiter for many gateways. While the one that they share fails, each counts in its own
// memory: a limit is then a limit of each gateway. It never fails.
type sharedLimiter struct {
	shared   ports.RateLimiter
	memory   *memoryLimiter
	patience time.Duration
	clock    ports.Clock
	logger   *slog.Logger
	metrics  *metrics
	// retryAt is when the shared limiter is to be asked again, in milliseconds since 1970; 0 while it works.
	retryAt atomic.Int64
	// silentUntil is when the next failure is logged, in the same measure. told is set while the last line that was logged
	// is of a failure.
	silentUntil atomic.Int64
	told        atomic.Bool
}

var _ ports.RateLimiter = (*sharedLimiter)(nil)

// Take counts a request.
func (l *sharedLimiter) Take(ctx context.Context, quotas []ports.Quota) (ports.Allowance, error) {
	retryAt, now := l.retryAt.Load(), l.clock.Now().UnixMilli()
	// While it fails one request asks; the others do not wait with it.
	if retryAt == 0 || now >= retryAt && l.retryAt.CompareAndSwap(retryAt, now+sharedPause.Milliseconds()) {
		asking, cancel := context.WithTimeout(ctx, l.patience)
		defer cancel()
		allowance, err := l.shared.Take(asking, quotas)
		if err == nil {
			l.works(retryAt != 0)
			return allowance, nil
		}
		l.fails(err)
	}
	l.metrics.unshared.Inc()
	return l.memory.Take(ctx, quotas)
}

// works takes the shared limiter up again. Only an answer to the one request that asked on purpose does: with a limiter
// that is slow now and then, others of its time may be answered as well.
func (l *sharedLimiter) works(onPurpose bool) {
	if !onPurpose || l.retryAt.Swap(0) == 0 {
		return
	}
	l.metrics.shared.Set(1)
	if l.told.Swap(false) {
		l.logger.Info("rate limits are shared with the other gateways again")
	}
}

func (l *sharedLimiter) fails(err error) {
	now := l.clock.Now().UnixMilli()
	l.metrics.shared.Set(0)
	if !l.retryAt.CompareAndSwap(0, now+sharedPause.Milliseconds()) {
		return
	}
	if until := l.silentUntil.Load(); now >= until && l.silentUntil.CompareAndSwap(until, now+sharedLogPause.Milliseconds()) {
		l.told.Store(true)
		l.logger.Warn("rate limits cannot be shared with the other gateways: this one counts in its memory", "error", err)
	}
}

// newSharedMetrics returns the figures about a limiter that gateways share.
func newSharedMetrics() (shared prometheus.Gauge, unshared prometheus.Counter) {
	shared = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "spacey_gateway_rate_limit_shared",
		Help: "1 while rate limits are shared with the other gateways, 0 while they are counted in the memory of this one.",
	})
	unshared = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "spacey_gateway_rate_limit_unshared_total",
		Help: "Requests counted in the memory of this gateway because the shared limiter failed.",
	})
	return shared, unshared
}
