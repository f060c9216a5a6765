package gateway

import (
	"context"
	"net/netip"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// peoplePerAddress is how many times the limit of one person all people of one address have together: a school has one
// address.
const peoplePerAddress = 10

// limits are how many requests a minute there are; zero is no limit.
type limits struct {
	// throttled is for all throttled routes from one address, user for all routes of one person.
	throttled, user int
	// limiter counts them.
	limiter ports.RateLimiter
}

// quotaSet is what one request is counted against. Its arrays are part of the exchange, so that counting allocates
// nothing.
type quotaSet struct {
	list [3]ports.Quota
	keys [3][64]byte
	used int
}

// addAddress counts the request for the client's network.
func (q *quotaSet) addAddress(kind string, network netip.Prefix, perMinute int) {
	if perMinute > 0 {
		q.add(network.AppendTo(append(q.keys[q.used][:0], kind...)), perMinute)
	}
}

// addUser counts the request for its user.
func (q *quotaSet) addUser(id domain.UserID, perMinute int) {
	if perMinute > 0 {
		q.add(append(append(q.keys[q.used][:0], "user:"...), id...), perMinute)
	}
}

func (q *quotaSet) add(key []byte, perMinute int) {
	q.list[q.used] = ports.Quota{Key: key, PerMinute: perMinute}
	q.used++
}

// throttle counts the request for its address, before anything is done for it, and for its user too when that is known
// already: then the limiter is asked once.
func (x *exchange) throttle() error {
	if !x.route.limited() {
		return nil
	}
	l, network := &x.g.limits, clientNetwork(x.g.clientAddress(x.c.Context()))
	if x.route.spec.Throttled {
		x.quotas.addAddress("sign-in:", network, l.throttled)
	}
	x.quotas.addAddress("address:", network, l.user*peoplePerAddress)
	if x.recall(); x.caller != nil {
		x.quotas.addUser(x.caller.identity.User, l.user)
		x.counted = true
	}
	return x.take()
}

// throttleUser counts the request for its user, unless throttle has.
func (x *exchange) throttleUser() error {
	if x.counted || x.caller == nil || !x.route.limited() {
		return nil
	}
	x.counted = true
	x.quotas.addUser(x.caller.identity.User, x.g.limits.user)
	return x.take()
}

// take asks the limiter, and tells the client the stricter of what it was told for the request.
func (x *exchange) take() error {
	if x.quotas.used == 0 {
		return nil
	}
	allowance, err := x.g.limits.limiter.Take(context.Background(), x.quotas.list[:x.quotas.used])
	x.quotas.used = 0
	if err != nil {
		return nil // what falls back on memory does not fail
	}
	if x.allowance.Limit > 0 {
		allowance = allowance.Stricter(x.allowance)
	}
	x.allowance = allowance
	x.tellAllowance()
	if allowance.Granted {
		return nil
	}
	x.g.metrics.limited.WithLabelValues(x.route.spec.Path).Inc()
	return errRateLimited
}

// tellAllowance sets the headers about the limit.
func (x *exchange) tellAllowance() {
	var digits [20]byte
	set := func(name string, number int) {
		x.c.Response().Header.SetBytesV(name, strconv.AppendInt(digits[:0], int64(number), 10))
	}
	set("RateLimit-Limit", x.allowance.Limit)
	set("RateLimit-Remaining", x.allowance.Remaining)
	set("RateLimit-Reset", seconds(x.allowance.Reset))
	if !x.allowance.Granted {
		set(fiber.HeaderRetryAfter, seconds(x.allowance.RetryAfter))
	}
}

// seconds rounds up: a client that comes a little too early is refused again.
func seconds(d time.Duration) int { return max(1, int((d+time.Second-1)/time.Second)) }
