package gateway

import (
	"context"
	"net/netip"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/sethvargo/go-limiter"
	"github.com/sethvargo/go-limiter/memorystore"
	"github.com/valyala/fasthttp"
)

// Allowance is what is left to a client.
type Allowance struct {
	// Granted reports whether the present request is within the limit.
	Granted bool
	// Limit is how many requests there are in an interval, Remaining how many are left of them.
	Limit, Remaining uint64
	// Reset is how long it takes until the next interval.
	Reset time.Duration
}

// RateLimiter counts requests by key.
type RateLimiter interface {
	// Take counts a request. When it fails nobody is held up.
	Take(ctx context.Context, key string) (Allowance, error)
}

// MemoryLimiter is a RateLimiter for one gateway.
type MemoryLimiter struct{ store limiter.Store }

var _ RateLimiter = (*MemoryLimiter)(nil)

// NewMemoryLimiter returns a limiter of so many requests a minute for each key. Close ends it.
func NewMemoryLimiter(perMinute int) (*MemoryLimiter, error) {
	store, err := memorystore.New(&memorystore.Config{
		Tokens: uint64(max(perMinute, 1)), Interval: time.Minute,
		// A key that was not seen for two minutes has its full allowance anyway.
		SweepInterval: time.Minute, SweepMinTTL: 2 * time.Minute,
	})
	if err != nil {
		return nil, err
	}
	return &MemoryLimiter{store}, nil
}

// Take counts a request.
func (l *MemoryLimiter) Take(ctx context.Context, key string) (Allowance, error) {
	limit, remaining, reset, granted, err := l.store.Take(ctx, key)
	return Allowance{
		Granted: granted, Limit: limit, Remaining: remaining,
		Reset: time.Until(time.Unix(0, int64(reset))),
	}, err
}

// Close ends the clean-up that runs behind the limiter.
func (l *MemoryLimiter) Close() error { return l.store.Close(context.Background()) }

// throttle counts the request against the allowance of its client, where the route has one.
func (x *exchange) throttle() error {
	if !x.route.spec.Throttled || x.g.limiter == nil {
		return nil
	}
	allowance, err := x.g.limiter.Take(context.Background(), clientKey(x.g.clientAddress(x.c.Context())))
	if err != nil {
		x.g.logger.Error("rate limit cannot be counted, the request goes on", "error", err)
		return nil
	}
	reset := strconv.Itoa(max(1, int((allowance.Reset+time.Second-1)/time.Second)))
	header := &x.c.Response().Header
	header.Set("RateLimit-Limit", strconv.FormatUint(allowance.Limit, 10))
	header.Set("RateLimit-Remaining", strconv.FormatUint(allowance.Remaining, 10))
	header.Set("RateLimit-Reset", reset)
	if allowance.Granted {
		return nil
	}
	header.Set(fiber.HeaderRetryAfter, reset)
	x.g.metrics.limited.WithLabelValues(x.route.spec.Path).Inc()
	return errRateLimited
}

// clientKey is what a client is counted by: its address, of IPv6 the network, since one machine has all of that.
func clientKey(address netip.Addr) string {
	address = address.Unmap()
	if address.Is6() {
		if network, err := address.Prefix(64); err == nil {
			return network.String()
		}
	}
	return address.String()
}

// remoteAddress is the address of the other end of the connection. Headers that tell another one are not believed.
func remoteAddress(ctx *fasthttp.RequestCtx) netip.Addr {
	address, _ := netip.AddrFromSlice(ctx.RemoteIP())
	return address.Unmap()
}
