package rest_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// streaming returns a route that answers with a stream.
func streaming(path string, deadline time.Duration, stream rest.Stream) rest.Endpoint {
	s := with(spec("GET", path), func(s *rest.Spec) { s.Produces, s.Deadline = rest.NDJSON, deadline })
	return rest.Route(s, func(context.Context, domain.Identity, rest.Empty) (rest.Stream, error) { return stream, nil })
}

// lines returns a stream of so many lines of 1 KiB, which then ends with an error.
func lines(n int, then error) rest.Stream {
	return func(_ context.Context, write func(any) error) error {
		for range n {
			if err := write(strings.Repeat("x", 1021)); err != nil {
				return err
			}
		}
		return then
	}
}

// download reads an answer as far as it goes.
func download(t *testing.T, url string) (*http.Response, string, error) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, string(body), err
}

func TestStreams(t *testing.T) {
	app, log := serve(
		streaming("/values", time.Minute, func(_ context.Context, write func(any) error) error {
			return errors.Join(write(card{Question: "<q>", Answer: "a\nb"}), write([]int{1}), write(nil))
		}),
		streaming("/empty", time.Minute, lines(0, nil)),
		streaming("/large", time.Minute, lines(5000, nil)),
		streaming("/failing", time.Minute, lines(100, errors.New(secretCause))),
		streaming("/failing-at-once", time.Minute, lines(0, errors.New(secretCause))),
		streaming("/panicking", time.Minute, func(_ context.Context, write func(any) error) error {
			_ = write("x")
			panic("out of order")
		}),
		streaming("/endless", 50*time.Millisecond, func(ctx context.Context, _ func(any) error) error {
			<-ctx.Done()
			return ctx.Err()
		}),
		whoami("/x", rest.Anyone),
	)
	address := listenWith(t, app, nil)
	t.Run("are values, each in a line", func(t *testing.T) {
		response, body, err := download(t, address+"/values")
		require.NoError(t, err)
		require.Equal(t, `{"question":"<q>","answer":"a\nb"}`+"\n[1]\nnull\n", body)
		require.Equal(t, 200, response.StatusCode)
		require.Equal(t, "application/x-ndjson", response.Header.Get("Content-Type"))
		require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))
		require.NotEmpty(t, response.Header.Get("X-Request-ID"))
	})
	t.Run("may be empty", func(t *testing.T) {
		_, body, err := download(t, address+"/empty")
		require.NoError(t, err)
		require.Empty(t, body)
	})
	t.Run("may be of any length", func(t *testing.T) {
		_, body, err := download(t, address+"/large")
		require.NoError(t, err)
		require.Len(t, body, 5000*1024)
	})
	for _, target := range []string{"/failing", "/failing-at-once", "/panicking", "/endless"} {
		t.Run("break off so that the client notices: "+target, func(t *testing.T) {
			_, body, err := download(t, address+target)
			require.Error(t, err)
			require.Regexp(t, `EOF$`, err.Error(), "the connection is closed")
			require.NotContains(t, body, "hunter2")
		})
	}
	t.Run("that broke off are logged with their cause", func(t *testing.T) {
		require.Contains(t, log.String(), `"msg":"a stream broke off"`)
		require.Contains(t, log.String(), "hunter2")
		require.Contains(t, log.String(), "stream_test.go")
		require.Contains(t, log.String(), `"route":"/failing"`)
	})
	t.Run("that broke off are the only ones that do", func(t *testing.T) {
		_, body, err := download(t, address+"/x")
		require.NoError(t, err)
		require.Contains(t, body, "Success")
	})
	t.Run("are not begun where only the head is asked for", func(t *testing.T) {
		got := exchange(t, address, "HEAD /panicking HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		require.True(t, strings.HasPrefix(got, "HTTP/1.1 200 "), got)
		require.Equal(t, strings.Index(got, "\r\n\r\n")+4, len(got), "nothing follows the head")
	})
}

func TestAStreamEndsWhenItsClientIsGone(t *testing.T) {
	ended := make(chan error, 1)
	app, log := serve(streaming("/endless", time.Hour, func(ctx context.Context, write func(any) error) error {
		for {
			if err := write(strings.Repeat("x", 1000)); err != nil {
				ended <- errors.Join(err, ctx.Err())
				return err
			}
		}
	}))
	response, err := http.Get(listenWith(t, app, nil) + "/endless")
	require.NoError(t, err)
	_, err = bufio.NewReader(response.Body).ReadByte()
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.ErrorIs(t, <-ended, context.Canceled)
	require.NotContains(t, log.String(), "broke off", "it is no failure")
}

// watchedListener counts how often the time to write is set anew on its connections.
type watchedListener struct {
	net.Listener
	renewals *atomic.Int64
}

type watchedConn struct {
	net.Conn
	renewals *atomic.Int64
}

func (l watchedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return watchedConn{conn, l.renewals}, err
}

func (c watchedConn) SetWriteDeadline(at time.Time) error {
	if !at.IsZero() {
		c.renewals.Add(1)
	}
	return c.Conn.SetWriteDeadline(at)
}

func TestEachPartOfAStreamHasItsOwnTimeToBeWritten(t *testing.T) {
	app, _ := serve(streaming("/large", time.Minute, lines(1024, nil)))
	var renewals atomic.Int64
	_, body, err := download(t, listenWith(t, app, &renewals)+"/large")
	require.NoError(t, err)
	require.Len(t, body, 1<<20)
	assert.GreaterOrEqual(t, renewals.Load(), int64(32), "at least once for each 32 KiB")
}
