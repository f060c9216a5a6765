// Package redis counts requests in Redis, or in what speaks its protocol, for all gateways together.
package redis

import (
	"context"
	_ "embed" // the script
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// keyPrefix is what the keys begin with: others may use the same server.
	keyPrefix = "spacey:rate:"
	// dialTimeout is how long a connection may take to be made. Nobody waits for it: connections are made beforehand, or go
	// on being made when the request that wanted one has given up.
	dialTimeout = 2 * time.Second
	// commandTimeout bounds a command whose context has no end.
	commandTimeout = time.Second
	// idleConnections are kept open, so that a request finds one.
	idleConnections = 2
)

//go:embed take.lua
var takeSource string

var take = goredis.NewScript(takeSource)

// Limiter is a ports.RateLimiter that keeps what it counts in Redis. A key expires when all of its quota is there again.
type Limiter struct{ client *goredis.Client }

var _ ports.RateLimiter = (*Limiter)(nil)

// CheckURL returns what is wrong with the URL of a server. The error holds nothing of the URL, since there may be a
// password in it.
func CheckURL(url string) error {
	_, err := parse(url)
	return err
}

func parse(url string) (*goredis.Options, error) {
	options, err := goredis.ParseURL(url)
	if err != nil {
		return nil, domain.NewError(domain.CodeInvalid, "The URL of Redis must be like redis://user:password@host:6379/0, or rediss:// for TLS; "+
			"in a password, characters like / : @ % are written as %2F %3A %40 %25.")
	}
	return options, nil
}

// Open returns a limiter on a server, which need not be there yet. Close ends it. CodeInvalid when the URL is not one of
// Redis.
func Open(url string) (*Limiter, error) { return open(url, commandTimeout) }

func open(url string, timeout time.Duration) (*Limiter, error) {
	options, err := parse(url)
	if err != nil {
		return nil, err
	}
	// The library writes a line for each failure; whoever calls Take hears of it anyway.
	logging.Disable()
	options.ContextTimeoutEnabled = true
	options.MaxRetries = -1 // a second try would come too late, and might count twice
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = dialTimeout, timeout, timeout
	options.DialerRetries = 1
	options.MinIdleConns = idleConnections
	return &Limiter{goredis.NewClient(options)}, nil
}

// Close ends the connections.
func (l *Limiter) Close() error { return l.client.Close() }

// Take counts a request, in one round trip.
func (l *Limiter) Take(ctx context.Context, quotas []ports.Quota) (ports.Allowance, error) {
	keys := make([]string, len(quotas))
	arguments := make([]any, 1, 1+len(quotas))
	arguments[0] = ports.QuotaWindow.Microseconds()
	for i, quota := range quotas {
		keys[i] = keyPrefix + string(quota.Key)
		arguments = append(arguments, quota.Spacing().Microseconds())
	}
	debts, err := take.Run(ctx, l.client, keys, arguments...).Int64Slice()
	if err != nil {
		return ports.Allowance{}, unavailable(err)
	}
	return allowance(quotas, debts)
}

// allowance works out what the answer of the script means.
func allowance(quotas []ports.Quota, debts []int64) (ports.Allowance, error) {
	if len(debts) != len(quotas) {
		return ports.Allowance{}, unavailable(fmt.Errorf("it answered %d numbers for %d quotas", len(debts), len(quotas)))
	}
	var decisive ports.Allowance
	for i, quota := range quotas {
		debt := time.Duration(debts[i]) * time.Microsecond
		if debts[i] < 0 || debts[i] > ports.QuotaWindow.Microseconds() {
			return ports.Allowance{}, unavailable(fmt.Errorf("it answered a time that cannot be, %d", debts[i]))
		}
		if a := quota.Ask(debt); i == 0 {
			decisive = a
		} else {
			decisive = decisive.Stricter(a)
		}
	}
	return decisive, nil
}

func unavailable(err error) error {
	return domain.WrapError(domain.CodeUnavailable, "Redis cannot count the request.", err)
}
