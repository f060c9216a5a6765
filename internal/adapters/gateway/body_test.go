package gateway

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// chunked hides its length.
type chunked struct{ io.Reader }

func (w *world) post(path string, body io.Reader, headers ...string) reply {
	w.t.Helper()
	request, err := http.NewRequest("POST", w.base+path, body)
	require.NoError(w.t, err)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return w.send(request)
}

func TestBodies(t *testing.T) {
	w := newWorld(t)
	const limit = 64 << 10 // of POST /config/{name}

	t.Run("a body up to the limit of its route arrives as it was sent", func(t *testing.T) {
		for _, size := range []int{0, 1, 8 << 10, 8<<10 + 1, limit} {
			text := strings.Repeat("é", size)[:size]
			for _, body := range []io.Reader{strings.NewReader(text), chunked{strings.NewReader(text)}} {
				answer := w.post("/config/x", body, "Content-Type", "text/x-odd")
				require.Equal(t, 200, answer.StatusCode, "%d: %s", size, answer.text)
				request := w.others.only()
				require.Equal(t, text, string(request.Body()))
				require.Equal(t, "text/x-odd", string(request.Header.ContentType()))
			}
		}
	})
	t.Run("without a limit of its own a route takes one MiB", func(t *testing.T) {
		require.Equal(t, 200, w.post("/config/frontend", strings.NewReader(strings.Repeat("x", 1<<20))).StatusCode)
		require.Equal(t, 413, w.post("/config/frontend", strings.NewReader(strings.Repeat("x", 1<<20+1))).StatusCode)
		w.others.requests()
	})
	t.Run("a multipart form arrives byte for byte", func(t *testing.T) {
		form := "a preamble\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF\x00\xff\r\n--b--\r\n"
		require.Equal(t, 200, w.post("/config/x", strings.NewReader(form), "Content-Type", "multipart/form-data; boundary=b").StatusCode)
		require.Equal(t, form, string(w.others.only().Body()))
	})
	t.Run("10 MB too much are a 413 that a page can read, and the connection closes", func(t *testing.T) {
		for name, body := range map[string]io.Reader{
			"of a known length":    strings.NewReader(strings.Repeat("x", 10_000_000)),
			"of an unknown length": chunked{strings.NewReader(strings.Repeat("x", 10_000_000))},
			"one byte":             chunked{strings.NewReader(strings.Repeat("x", limit+1))},
		} {
			answer := w.post("/config/x", body, "Origin", page)
			require.Equal(t, 413, answer.StatusCode, name)
			require.Equal(t, "too_large", answer.code())
			require.Equal(t, page, answer.Header.Get("Access-Control-Allow-Origin"))
			require.True(t, answer.Close)
		}
		require.Empty(t, w.others.requests())
	})
	t.Run("a refusal is read by a client that sends 10 MB, too", func(t *testing.T) {
		for path, status := range map[string]int{"/nope": 404, "/decks": 401, "/ping": 405} {
			require.Equal(t, status, w.post(path, strings.NewReader(strings.Repeat("x", 10_000_000))).StatusCode)
		}
	})
	t.Run("an announced body that cannot be is refused before it is sent", func(t *testing.T) {
		answer := w.raw("POST /config/x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\nOrigin: " + page + "\r\n\r\n" + strings.Repeat("x", 9000))
		require.Contains(t, answer, "HTTP/1.1 413 ")
	})
}

func TestConnections(t *testing.T) {
	w := newWorld(t)
	dial := func(t *testing.T) (net.Conn, *bufio.Reader) {
		conn, err := net.Dial("tcp", w.address)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
		return conn, bufio.NewReader(conn)
	}
	next := func(t *testing.T, r *bufio.Reader) reply {
		response, err := http.ReadResponse(r, nil)
		require.NoError(t, err)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return reply{response, string(text)}
	}
	smuggled := "GET /config/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

	for name, path := range map[string]string{
		"that goes nowhere": "/nope", "that is refused": "/decks", "to the gateway itself": "/ping", "that is forwarded": "/config/x",
	} {
		for kind, body := range map[string]string{
			"known length": fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(smuggled), smuggled),
			"chunks":       fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(smuggled), smuggled),
		} {
			t.Run("the body of a request "+name+" ("+kind+") is never taken for the next request", func(t *testing.T) {
				conn, reader := dial(t)
				for _, method := range []string{"POST", "GET"} {
					_, err := io.WriteString(conn, method+" "+path+" HTTP/1.1\r\nHost: x\r\n"+body)
					require.NoError(t, err)
					if next(t, reader).Close {
						require.Equal(t, "chunks", kind)
						_, err = reader.ReadByte()
						require.ErrorIs(t, err, io.EOF)
						conn, reader = dial(t)
					}
				}
				_, err := io.WriteString(conn, "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")
				require.NoError(t, err)
				require.Equal(t, `{"message":"pong"}`, next(t, reader).text)
				for _, request := range w.others.requests() {
					require.NotContains(t, string(request.Header.RequestURI()), "smuggled")
				}
			})
		}
	}
	t.Run("after a body that was not read to its end the connection closes", func(t *testing.T) {
		for _, text := range []string{
			"POST /config/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n" + strings.Repeat("x", 70_000) + "\r\n0\r\n\r\n" + smuggled,
			"POST /nope HTTP/1.1\r\nHost: x\r\nContent-Length: 40000000\r\n\r\n" + strings.Repeat("x", 9000),
			"POST /nope HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + smuggled,
		} {
			answer := w.raw(text)
			require.Contains(t, answer, "Connection: close\r\n")
			require.Equal(t, 1, strings.Count(answer, "HTTP/1.1 "))
		}
		require.Empty(t, w.others.requests())
	})
	t.Run("what is no HTTP is a 400 in the shape of all errors", func(t *testing.T) {
		for _, text := range []string{
			"hello\r\n\r\n", "GET /ping HTTP/1.1\r\nbad header\r\nHost: x\r\n\r\n", "POST /config/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		} {
			answer := w.raw(text)
			require.Contains(t, answer, "HTTP/1.1 400 ")
			require.Contains(t, answer, `"code":"malformed_request"`)
			require.Contains(t, answer, "X-Request-Id: ")
		}
	})
	t.Run("a keep-alive connection serves one person after another", func(t *testing.T) {
		conn, reader := dial(t)
		for _, who := range []string{"ann", "new", "ann", ""} {
			line := ""
			if who != "" {
				line = "Authorization: Bearer " + w.session("ann") + "\r\n"
			}
			if who == "new" {
				line = "Authorization: Bearer " + w.session("new") + "\r\n"
			}
			_, err := io.WriteString(conn, "GET /decks HTTP/1.1\r\nHost: x\r\n"+line+"\r\n")
			require.NoError(t, err)
			require.Equal(t, map[string]int{"ann": 200, "new": 403, "": 401}[who], next(t, reader).StatusCode)
		}
	})
}
