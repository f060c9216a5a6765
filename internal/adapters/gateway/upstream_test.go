package gateway

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
)

// configsAt sends the config service's requests to these addresses.
func configsAt(addresses ...string) func(*Options) {
	return func(o *Options) { o.Upstreams[rest.Configs] = NewUpstream(addresses...) }
}

// closedPort returns an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

// script answers the n-th connection by the n-th function, and the last one goes on.
func script(t *testing.T, turns ...func(conn net.Conn, request *http.Request)) (address string, requests *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	requests = &atomic.Int32{}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				reader := bufio.NewReader(conn)
				request, err := http.ReadRequest(reader)
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, request.Body)
				n := int(requests.Add(1))
				turns[min(n, len(turns))-1](conn, request)
			}()
		}
	}()
	return listener.Addr().String(), requests
}

func fine(conn net.Conn, _ *http.Request) {
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
}
func hangUp(net.Conn, *http.Request)        {}
func babble(conn net.Conn, _ *http.Request) { _, _ = io.WriteString(conn, "what?\r\n\r\n") }
func cutShort(conn net.Conn, _ *http.Request) {
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
}

func TestServiceThatDoesNotAnswer(t *testing.T) {
	for _, c := range []struct {
		name, method, path, who string
		status                  int
		code                    string
		edit                    func(*testing.T) func(*Options)
	}{
		{"a service that is down is a 503", "GET", "/config/frontend", "", 503, "unavailable",
			func(t *testing.T) func(*Options) { return configsAt(closedPort(t)) }},
		{"a service without an address is a 503", "GET", "/config/frontend", "", 503, "unavailable",
			func(*testing.T) func(*Options) { return configsAt() }},
		{"a service that is not configured is a 503", "GET", "/config/frontend", "", 503, "unavailable",
			func(*testing.T) func(*Options) { return func(o *Options) { delete(o.Upstreams, rest.Configs) } }},
		{"card generation that is down has its own code", "POST", "/notes", "beta", 503, "card_generation_unavailable",
			func(t *testing.T) func(*Options) {
				return func(o *Options) { o.Upstreams[rest.Generation] = NewUpstream(closedPort(t)) }
			}},
		{"card generation that is not configured too", "POST", "/notes", "beta", 503, "card_generation_unavailable",
			func(*testing.T) func(*Options) { return func(o *Options) { delete(o.Upstreams, rest.Generation) } }},
		{"but who may not have it learns that first", "POST", "/notes", "ann", 403, "beta_required",
			func(*testing.T) func(*Options) { return func(o *Options) { delete(o.Upstreams, rest.Generation) } }},
		{"an answer that is none is a 502", "POST", "/config/frontend", "", 502, "bad_gateway",
			func(t *testing.T) func(*Options) { address, _ := script(t, babble); return configsAt(address) }},
		{"half an answer is a 502", "POST", "/config/frontend", "", 502, "bad_gateway",
			func(t *testing.T) func(*Options) { address, _ := script(t, cutShort); return configsAt(address) }},
		{"an answer that does not come in time is a 504", "GET", "/config/frontend", "", 504, "timeout",
			func(t *testing.T) func(*Options) {
				silence := make(chan struct{})
				t.Cleanup(func() { close(silence) })
				address, _ := script(t, func(net.Conn, *http.Request) { <-silence })
				return configsAt(address)
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.edit(t))
			headers := []string{"Origin", page}
			if c.who != "" {
				headers = append(headers, "bearer", c.who)
			}
			answer := w.call(c.method, c.path, "", headers...)
			require.Equal(t, c.status, answer.StatusCode, answer.text)
			require.Equal(t, c.code, answer.code())
			require.Equal(t, page, answer.Header.Get("Access-Control-Allow-Origin"))
			require.Equal(t, 200, w.call("GET", "/decks", "", "bearer", "ann").StatusCode, "other routes go on")
		})
	}
}

func TestRetries(t *testing.T) {
	t.Run("a read is sent once more when the connection breaks, and no more than once", func(t *testing.T) {
		address, requests := script(t, hangUp, fine)
		w := newWorld(t, configsAt(address))
		require.Equal(t, 200, w.call("GET", "/config/frontend", "").StatusCode)
		require.EqualValues(t, 2, requests.Load())

		address, requests = script(t, hangUp)
		w = newWorld(t, configsAt(address))
		require.Equal(t, 502, w.call("HEAD", "/config/frontend", "").StatusCode)
		require.EqualValues(t, 2, requests.Load())
	})
	t.Run("a write that may have arrived is never sent twice", func(t *testing.T) {
		for _, broken := range []func(net.Conn, *http.Request){hangUp, babble, cutShort} {
			address, requests := script(t, broken, fine)
			w := newWorld(t, configsAt(address))
			require.Equal(t, 502, w.call("POST", "/config/frontend", "{}").StatusCode)
			require.EqualValues(t, 1, requests.Load())
		}
	})
	t.Run("a write goes to another replica when one is down", func(t *testing.T) {
		address, requests := script(t, fine)
		w := newWorld(t, configsAt(closedPort(t), address, closedPort(t)))
		for range 6 {
			require.Equal(t, 200, w.call("POST", "/config/frontend", "{}").StatusCode)
		}
		require.EqualValues(t, 6, requests.Load())
	})
	t.Run("replicas take turns", func(t *testing.T) {
		a, atA := script(t, fine)
		b, atB := script(t, fine)
		w := newWorld(t, configsAt(a, b))
		for range 6 {
			require.Equal(t, 200, w.call("GET", "/config/frontend", "").StatusCode)
		}
		require.EqualValues(t, 3, atA.Load())
		require.EqualValues(t, 3, atB.Load())
	})
	t.Run("a connection that is still open is used again", func(t *testing.T) {
		w := newWorld(t)
		connections := make(chan uint64, 3)
		w.others.handler(func(ctx *requestCtx) { connections <- ctx.ConnID() })
		for range 3 {
			require.Equal(t, 200, w.call("POST", "/config/frontend", "{}").StatusCode)
		}
		first := <-connections
		require.Equal(t, []uint64{first, first}, []uint64{<-connections, <-connections})
	})
	t.Run("connections that a restarted service has closed cost no write", func(t *testing.T) {
		w := newWorld(t)
		// Several connections, all idle afterwards.
		var crowd []chan int
		gate := make(chan struct{})
		w.others.handler(func(ctx *requestCtx) { <-gate; ctx.SetBodyString("{}") })
		for range 5 {
			done := make(chan int)
			crowd = append(crowd, done)
			go func() { done <- w.call("POST", "/decks", "{}", "bearer", "ann").StatusCode }()
		}
		require.Eventually(t, func() bool { w.others.mu.Lock(); defer w.others.mu.Unlock(); return len(w.others.seen) == 5 }, time.Minute, time.Millisecond)
		close(gate)
		for _, done := range crowd {
			require.Equal(t, 200, <-done)
		}
		w.others.requests()
		w.others.stop()
		w.others.listen(w.others.address)
		require.Equal(t, 200, w.call("POST", "/decks", `{"name":"x"}`, "bearer", "ann").StatusCode)
		require.JSONEq(t, `{"name":"x"}`, string(w.others.only().Body()))
	})
}

func TestLocalUpstream(t *testing.T) {
	listener := fasthttputil.NewInmemoryListener()
	server := &fasthttp.Server{Logger: silent{}, Handler: func(ctx *requestCtx) { ctx.SetBody(append([]byte("echo "), ctx.Request.Body()...)) }}
	go func() { _ = server.Serve(listener) }()
	w := newWorld(t, func(o *Options) { o.Upstreams[rest.Configs] = NewLocalUpstream(listener.Dial) })

	t.Run("a service in the same process is reached without a port", func(t *testing.T) {
		for range 3 {
			require.Equal(t, "echo hello", w.call("POST", "/config/frontend", "hello").text)
		}
	})
	t.Run("its deadline holds, too", func(t *testing.T) {
		silence := make(chan struct{})
		defer close(silence)
		slow := fasthttputil.NewInmemoryListener()
		go func() { _ = (&fasthttp.Server{Logger: silent{}, Handler: func(*requestCtx) { <-silence }}).Serve(slow) }()
		w := newWorld(t, func(o *Options) { o.Upstreams[rest.Configs] = NewLocalUpstream(slow.Dial) })
		require.Equal(t, 504, w.call("GET", "/config/frontend", "").StatusCode)
	})
	t.Run("when it has stopped it is a 503, for writes too", func(t *testing.T) {
		require.NoError(t, server.Shutdown()) // closes the idle connections, too
		require.Equal(t, 503, w.call("POST", "/config/frontend", "hello").StatusCode)
	})
}

func TestForeignGeneration(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.ForeignGeneration = true })

	t.Run("a foreign generation service is told who calls in the query string, and gets no token", func(t *testing.T) {
		for path, want := range map[string]string{
			"/notes":                           "/notes?userID=beta&isBeta=true&emailValidated=true",
			"/notes?deck_id=d":                 "/notes?deck_id=d&userID=beta&isBeta=true&emailValidated=true",
			"/notes?userID=evil&isBeta=x&a=%2": "/notes?a=%2&userID=beta&isBeta=true&emailValidated=true",
		} {
			require.Equal(t, 200, w.call("POST", path, "{}", "bearer", "beta").StatusCode)
			request := w.others.only()
			require.Equal(t, want, string(request.Header.RequestURI()))
			require.Empty(t, request.Header.Peek("Authorization"))
			require.Empty(t, request.Header.Peek("Cookie"))
		}
	})
	t.Run("all others are not", func(t *testing.T) {
		w.call("GET", "/decks", "", "bearer", "beta")
		request := w.others.only()
		require.Equal(t, "/decks", string(request.Header.RequestURI()))
		require.True(t, strings.HasPrefix(string(request.Header.Peek("Authorization")), "Bearer identity."))
	})
}

func TestUpstreamErrorsAreCounted(t *testing.T) {
	w := newWorld(t, configsAt(closedPort(t)))
	w.call("GET", "/config/frontend", "")
	w.call("GET", "/config/x", "")
	require.Equal(t, map[string]uint64{"refused config-service": 2}, w.figures("spacey_gateway_upstream_errors_total"))
}
