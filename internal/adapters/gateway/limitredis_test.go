package gateway

import (
	"crypto/rand"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/redis"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/engines"
	"github.com/moshrank/spacey-backend/test/relay"
)

// sharing returns what makes a gateway share its limits in the Redis of a URL. It waits long: the machine may be busy.
func sharing(t *testing.T, url string) func(*Options) {
	t.Helper()
	limiter, err := redis.Open(url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = limiter.Close() })
	return func(o *Options) { o.Limiter, o.LimiterPatience = limiter, time.Minute }
}

// randomNetwork returns the address of a client that no other test has.
func randomNetwork() netip.Addr {
	var address [16]byte
	_, _ = rand.Read(address[:]) // never fails
	address[0], address[1] = 0x20, 0x01
	return netip.AddrFrom16(address)
}

func TestTwoGatewaysOverOneRedis(t *testing.T) {
	address := randomNetwork()
	limits := func(o *Options) { o.UserRateLimit, o.APIRateLimit = 4, 6 }
	first := newWorld(t, limits, from(&address), sharing(t, engines.Redis(t)))
	second := newWorld(t, limits, from(&address), sharing(t, engines.Redis(t)))
	gateways := []*world{first, second}

	t.Run("share the limit of an address", func(t *testing.T) {
		for i := range 4 {
			answer := gateways[i%2].call("POST", "/user/login", "{}")
			require.Equal(t, 200, answer.StatusCode)
			require.Equal(t, string("3210"[i]), answer.Header.Get("RateLimit-Remaining"))
		}
		for _, w := range gateways {
			require.Equal(t, 429, w.call("POST", "/user/login", "{}").StatusCode)
		}
	})
	t.Run("share the limit of a person, who may come from two addresses", func(t *testing.T) {
		ann := rand.Text()
		for _, w := range gateways {
			w.setPerson(domain.UserID(ann), &domain.Identity{EmailVerified: true})
		}
		for i := range 6 {
			address = randomNetwork()
			require.Equal(t, 200, gateways[i%2].call("GET", "/decks", "", "bearer", ann).StatusCode)
		}
		for _, w := range gateways {
			answer := w.call("GET", "/decks", "", "bearer", ann)
			require.Equal(t, 429, answer.StatusCode)
			require.NotEmpty(t, answer.Header.Get("Retry-After"))
		}
	})
	for _, w := range gateways {
		require.EqualValues(t, 1, w.figure("spacey_gateway_rate_limit_shared"))
	}
}

func TestRedisIsKilledUnderLoad(t *testing.T) {
	server, err := url.Parse(engines.Redis(t))
	require.NoError(t, err)
	way := relay.New(t, server.Host)
	way.Mend(t)
	server.Host = way.Address
	address := randomNetwork()
	w := newWorld(t, func(o *Options) { o.APIRateLimit = 100_000 }, from(&address), sharing(t, server.String()))
	require.Equal(t, 200, w.call("GET", "/config/frontend", "").StatusCode)
	require.EqualValues(t, 1, w.figure("spacey_gateway_rate_limit_shared"))

	var stop atomic.Bool
	var answered, others atomic.Int64
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			for !stop.Load() {
				if w.call("GET", "/config/frontend", "").StatusCode == 200 {
					answered.Add(1)
				} else {
					others.Add(1)
				}
			}
		})
	}
	defer load.Wait()
	defer stop.Store(true)
	goesOn := func() {
		before := answered.Load()
		require.Eventually(t, func() bool { return answered.Load() > before+50 }, time.Minute, time.Millisecond)
	}
	goesOn()
	for range 3 {
		way.Cut()
		require.Eventually(t, func() bool { return w.figure("spacey_gateway_rate_limit_shared") == 0 }, time.Minute, time.Millisecond)
		goesOn()
		way.Mend(t)
		require.Eventually(t, func() bool {
			w.clock.forward(sharedPause)
			return w.figure("spacey_gateway_rate_limit_shared") == 1
		}, time.Minute, time.Millisecond)
		goesOn()
	}
	require.Zero(t, others.Load(), "every request was answered as if nothing had been")
	require.LessOrEqual(t, strings.Count(w.log.String(), "rate limits"), 6)
}

func TestSomethingElseWhereRedisShouldBe(t *testing.T) {
	for name, says := range map[string]string{
		"a web server":                    "HTTP/1.1 400 Bad Request\r\n\r\n",
		"a server that closes":            "",
		"a server with answers that lie":  strings.Repeat("*1\r\n:-5\r\n", 100),
		"a server with too large numbers": strings.Repeat("*1\r\n:9223372036854775807\r\n", 100),
	} {
		t.Run(name+" leaves the limit to memory", func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer listener.Close()
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					go func() {
						defer conn.Close()
						_, _ = conn.Read(make([]byte, 1024))
						_, _ = conn.Write([]byte(says))
					}()
				}
			}()
			w := newWorld(t, func(o *Options) { o.UserRateLimit = 2 }, sharing(t, "redis://"+listener.Addr().String()))
			for _, want := range []int{200, 200, 429} {
				require.Equal(t, want, w.call("POST", "/user/login", "{}").StatusCode)
			}
			require.Zero(t, w.figure("spacey_gateway_rate_limit_shared"))
			require.Equal(t, 1, strings.Count(w.log.String(), "rate limits"))
		})
	}
}
