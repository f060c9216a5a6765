package gateway

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheMemoryForBodies(t *testing.T) {
	w := newWorld(t)
	large, small := strings.Repeat("x", 500<<10), strings.Repeat("x", freeBody)
	send := func(body string) reply {
		return w.post("/decks", strings.NewReader(body), "Origin", page, "Authorization", "Bearer "+w.session("ann"))
	}
	t.Run("a body gives back what it took, whatever became of it", func(t *testing.T) {
		require.Equal(t, 200, send(large).StatusCode)
		require.Equal(t, 413, send(large+large+large).StatusCode)
		require.Equal(t, 413, w.post("/decks", chunked{strings.NewReader(large + large + large)}, "Authorization", "Bearer "+w.session("ann")).StatusCode)
		conn, err := net.Dial("tcp", w.address)
		require.NoError(t, err)
		_, err = io.WriteString(conn, "POST /decks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+w.session("ann")+"\r\nContent-Length: 1000000\r\n\r\n"+large)
		require.NoError(t, err)
		require.Eventually(t, func() bool { return w.gateway.bodies.taken.Load() > 0 }, time.Minute, time.Millisecond)
		require.NoError(t, conn.Close())
		require.Eventually(t, func() bool { return w.gateway.bodies.taken.Load() == 0 }, time.Minute, time.Millisecond)
	})
	w.others.requests()
	t.Run("while it is taken, large bodies are refused and small ones are served", func(t *testing.T) {
		require.True(t, w.gateway.bodies.take(maxBodies))
		for _, body := range []io.Reader{strings.NewReader(large), chunked{strings.NewReader(large)}} {
			answer := w.post("/decks", body, "Origin", page, "Authorization", "Bearer "+w.session("ann"))
			require.Equal(t, 503, answer.StatusCode)
			require.Equal(t, "busy", answer.code())
			require.NotEmpty(t, answer.Header.Get("Retry-After"))
			require.Equal(t, page, answer.Header.Get("Access-Control-Allow-Origin"))
		}
		require.Empty(t, w.others.requests())
		require.Equal(t, 200, send(small).StatusCode)
		w.gateway.bodies.give(maxBodies)
		require.Equal(t, 200, send(large).StatusCode)
	})
}
