package gateway

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// from makes requests come from an address that a test may change.
func from(address *netip.Addr) func(*Options) {
	return func(o *Options) { o.ClientAddress = func(*requestCtx) netip.Addr { return *address } }
}

func TestThrottledRoutes(t *testing.T) {
	address := netip.MustParseAddr("10.0.0.1")
	w := newWorld(t, func(o *Options) { o.UserRateLimit = 2 }, from(&address))
	signIn := func() reply { return w.call("POST", "/user/login", "{}") }

	t.Run("they tell what is left, and refuse the rest", func(t *testing.T) {
		for _, want := range [][3]string{{"2", "1", "30"}, {"2", "0", "60"}} {
			answer := signIn()
			require.Equal(t, 200, answer.StatusCode)
			require.Equal(t, want, told(answer))
			require.Empty(t, answer.Header.Get("Retry-After"))
		}
		answer := signIn()
		require.Equal(t, 429, answer.StatusCode)
		require.Equal(t, "rate_limited", answer.code())
		require.Equal(t, [3]string{"2", "0", "60"}, told(answer))
		require.Equal(t, "30", answer.Header.Get("Retry-After"))
		require.Equal(t, map[string]uint64{"/user/login": 1}, w.figures("spacey_gateway_rate_limited_total"))
	})
	t.Run("who waits as long as told is served again", func(t *testing.T) {
		w.clock.forward(time.Millisecond)
		require.Equal(t, "30", signIn().Header.Get("Retry-After"), "a client that comes in 29 seconds would be refused again")
		w.clock.forward(30*time.Second - 2*time.Millisecond)
		require.Equal(t, 429, signIn().StatusCode)
		w.clock.forward(time.Millisecond)
		require.Equal(t, 200, signIn().StatusCode)
		require.Equal(t, 429, signIn().StatusCode)
	})
	t.Run("other routes have no part in it", func(t *testing.T) {
		answer := w.call("GET", "/config/frontend", "")
		require.Equal(t, 200, answer.StatusCode)
		require.Empty(t, answer.Header.Get("RateLimit-Limit"))
	})
	t.Run("another client has an allowance of its own, a network of IPv6 one for all", func(t *testing.T) {
		for _, c := range []struct {
			address string
			want    int
		}{
			{"10.0.0.2", 200}, {"::ffff:10.0.0.1", 429}, {"2001:db8::1", 200}, {"2001:db8::2", 200}, {"2001:db8::3", 429}, {"2001:db8:0:1::1", 200},
		} {
			address = netip.MustParseAddr(c.address)
			require.Equal(t, c.want, signIn().StatusCode, c.address)
		}
	})
	t.Run("without a limit nothing is counted", func(t *testing.T) {
		w := newWorld(t)
		require.Empty(t, w.call("POST", "/user/login", "{}").Header.Get("RateLimit-Limit"))
	})
}

// told returns what an answer says of the limit: how many, how many left, seconds until all are there again.
func told(r reply) [3]string {
	return [3]string{r.Header.Get("RateLimit-Limit"), r.Header.Get("RateLimit-Remaining"), r.Header.Get("RateLimit-Reset")}
}

func TestEachPersonHasALimit(t *testing.T) {
	address := netip.MustParseAddr("10.0.0.1")
	w := newWorld(t, func(o *Options) { o.APIRateLimit = 3 }, from(&address))
	ben := w.people["ann"]
	w.setPerson("ben", &ben)

	t.Run("a person has one limit for all routes and all addresses", func(t *testing.T) {
		for i, path := range []string{"/decks", "/user", "/learning/events"} {
			address = netip.AddrFrom4([4]byte{10, 0, 1, byte(i)})
			answer := w.call("GET", path, "", "bearer", "ann")
			require.Equal(t, 200, answer.StatusCode)
			require.Equal(t, string("210"[i]), answer.Header.Get("RateLimit-Remaining"))
			require.Equal(t, "3", answer.Header.Get("RateLimit-Limit"))
		}
		address = netip.MustParseAddr("10.0.1.99")
		answer := w.call("GET", "/decks", "", "cookie", "ann")
		require.Equal(t, 429, answer.StatusCode)
		require.Equal(t, "20", answer.Header.Get("Retry-After"))
		require.Empty(t, answer.expired(), "who asks too often stays signed in")
		require.Equal(t, 200, w.call("GET", "/decks", "", "bearer", "ben").StatusCode, "another person is not concerned")
	})
	t.Run("it is given back with time", func(t *testing.T) {
		w.clock.forward(20 * time.Second)
		require.Equal(t, 200, w.call("GET", "/decks", "", "bearer", "ann").StatusCode)
		require.Equal(t, 429, w.call("GET", "/decks", "", "bearer", "ann").StatusCode)
	})
	t.Run("who is refused is known in the log", func(t *testing.T) {
		lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
		require.Contains(t, lines[len(lines)-1], `"status":429`)
		require.Contains(t, lines[len(lines)-1], `"userID":"ann"`)
	})
}

func TestEachAddressHasALimit(t *testing.T) {
	address := netip.MustParseAddr("10.0.0.1")
	w := newWorld(t, func(o *Options) { o.APIRateLimit = 2 }, from(&address))
	verified := w.people["ann"]
	people := []string{"a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "b0"}
	for _, id := range people {
		w.setPerson(domain.UserID(id), &verified)
	}
	t.Run("the people of one address share ten times the limit of one", func(t *testing.T) {
		for _, id := range people[:10] {
			for range 2 {
				require.Equal(t, 200, w.call("GET", "/decks", "", "bearer", id).StatusCode)
			}
		}
		require.Equal(t, 429, w.call("GET", "/decks", "", "bearer", "b0").StatusCode)
		address = netip.MustParseAddr("10.0.0.2")
		require.Equal(t, 200, w.call("GET", "/decks", "", "bearer", "b0").StatusCode)
	})
	t.Run("who is nobody, or shows a token that is none, counts for the address, before anything is done", func(t *testing.T) {
		address = netip.MustParseAddr("10.0.0.3")
		for range 10 {
			require.Equal(t, 200, w.call("GET", "/config/frontend", "").StatusCode)
			require.Equal(t, 401, w.call("GET", "/decks", "", "Authorization", "Bearer made-up").StatusCode)
		}
		asked := w.exchanges()
		for _, header := range [][]string{nil, {"Authorization", "Bearer made-up"}, {"bearer", "ann"}} {
			require.Equal(t, 429, w.call("GET", "/decks", "", header...).StatusCode)
		}
		require.Equal(t, asked, w.exchanges())
	})
	t.Run("probes, pages and preflights are never refused", func(t *testing.T) {
		for _, path := range []string{"/ping", "/healthz", "/readyz", "/docs", "/openapi.json"} {
			answer := w.call("GET", path, "")
			require.Equal(t, 200, answer.StatusCode, path)
			require.Empty(t, answer.Header.Get("RateLimit-Limit"))
		}
		require.Equal(t, 204, w.call("OPTIONS", "/decks", "", "Origin", page).StatusCode)
	})
}

func TestWhatAClientSaysOfItsAddressDoesNotCount(t *testing.T) {
	headers := func(i int) []string {
		other := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}).String()
		return []string{"X-Forwarded-For", other, "Forwarded", "for=" + other, "X-Real-IP", other, "True-Client-IP", other, "CF-Connecting-IP", other}
	}
	for name, edit := range map[string]func(*Options){
		"without proxies":                  func(*Options) {},
		"with a proxy that is another one": func(o *Options) { o.ClientAddress = ClientAddress([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *Options) { o.UserRateLimit = 2 }, edit)
			for i, want := range []int{200, 200, 429, 429} {
				require.Equal(t, want, w.call("POST", "/user/login", "{}", headers(i)...).StatusCode)
			}
		})
	}
	t.Run("behind a proxy that is trusted, what the client put before the proxy's word does not count", func(t *testing.T) {
		w := newWorld(t, func(o *Options) {
			o.UserRateLimit, o.ClientAddress = 2, ClientAddress([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
		})
		for i, want := range []int{200, 200, 429, 429} {
			said := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}).String()
			require.Equal(t, want, w.call("POST", "/user/login", "{}", "X-Forwarded-For", said+", 203.0.113.9").StatusCode)
		}
		require.Equal(t, 200, w.call("POST", "/user/login", "{}", "X-Forwarded-For", "203.0.113.10").StatusCode)
	})
	t.Run("an IPv4 client of a socket for both versions has its IPv4 address", func(t *testing.T) {
		var ctx requestCtx
		ctx.SetRemoteAddr(&net.TCPAddr{IP: net.ParseIP("10.0.0.1").To16()})
		require.Equal(t, netip.MustParseAddr("10.0.0.1"), remoteAddress(&ctx))
	})
}

// notingLimiter is a limiter that notes what it is asked and grants everything, unless it is told to fail.
type notingLimiter struct {
	mu    sync.Mutex
	asked []string
	fails error
}

func (l *notingLimiter) Take(_ context.Context, quotas []ports.Quota) (ports.Allowance, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var keys []string
	for _, quota := range quotas {
		keys = append(keys, string(quota.Key))
	}
	l.asked = append(l.asked, strings.Join(keys, " "))
	return ports.Allowance{Granted: true, Limit: 5, Remaining: 4}, l.fails
}

// questions returns what was asked, and forgets it.
func (l *notingLimiter) questions() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked := l.asked
	l.asked = nil
	return asked
}

func (l *notingLimiter) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fails = err
}

func TestTheLimiterIsAskedOnceWhereItCanBe(t *testing.T) {
	address, limiter := netip.MustParseAddr("2001:db8:1:2:3:4:5:6"), &notingLimiter{}
	w := newWorld(t, func(o *Options) {
		o.UserRateLimit, o.APIRateLimit, o.Limiter, o.LimiterPatience = 1, 1, limiter, time.Minute
	}, from(&address))
	const network = "2001:db8:1:2::/64"

	w.call("GET", "/decks", "", "bearer", "ann")
	require.Equal(t, []string{"address:" + network, "user:ann"}, limiter.questions(), "who ann is must be found out first")
	w.call("GET", "/decks", "", "bearer", "ann")
	require.Equal(t, []string{"address:" + network + " user:ann"}, limiter.questions())
	w.call("POST", "/user/login", "{}", "bearer", "ann")
	require.Equal(t, []string{"sign-in:" + network + " address:" + network}, limiter.questions())
	w.call("GET", "/config/frontend", "", "bearer", "ann")
	require.Equal(t, []string{"address:" + network}, limiter.questions())
	w.call("GET", "/nowhere", "", "bearer", "ann")
	w.call("GET", "/ping", "")
	require.Empty(t, limiter.questions())
	w.clock.forward(time.Hour)
	require.Equal(t, 401, w.call("GET", "/decks", "", "Authorization", "Bearer "+w.session("nobody")).StatusCode)
	require.Equal(t, []string{"address:" + network}, limiter.questions(), "a user is who a good token stands for")
}
