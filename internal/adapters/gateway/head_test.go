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

// follower is what is sent behind a request: it must never be answered when the two cannot be told apart for sure.
const follower = "GET /config/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

func TestHeads(t *testing.T) {
	w := newWorld(t)
	const start, body = "POST /config/x HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n", "5\r\nhello\r\n0\r\n\r\n"
	long := "Content-Length: 15\r\n"
	heads := map[string]string{
		"with two lengths":                           start + long + "Content-Length: 5\r\n",
		"with two lengths, the other way round":      start + "Content-Length: 5\r\n" + long,
		"with the same length twice":                 start + long + long,
		"with a list of lengths":                     start + "Content-Length: 15, 15\r\n",
		"with a negative length":                     start + "Content-Length: -15\r\n",
		"with a length with a sign":                  start + "Content-Length: +15\r\n",
		"with an empty length":                       start + "Content-Length:\r\n",
		"with a length beyond all numbers":           start + "Content-Length: 99999999999999999999\r\n",
		"with chunks and a length":                   start + "Transfer-Encoding: chunked\r\n" + long,
		"with a length and chunks":                   start + long + "Transfer-Encoding: chunked\r\n",
		"with chunks twice":                          start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"with chunks, and then not":                  start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
		"with an identity encoding":                  start + "Transfer-Encoding: identity\r\n" + long,
		"with compressed chunks":                     start + "Transfer-Encoding: gzip, chunked\r\n",
		"with almost chunks":                         start + "Transfer-Encoding: xchunked\r\n",
		"with chunks behind a vertical tab":          start + "Transfer-Encoding: \vchunked\r\n",
		"with chunks in HTTP/1.0":                    strings.Replace(start, "/1.1", "/1.0", 1) + "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n",
		"with a folded encoding":                     start + "Transfer-Encoding:\r\n chunked\r\n",
		"with a folded line":                         start + long + "X: a\r\n b\r\n",
		"with a header hidden in a fold":             start + long + "X: a\r\n Transfer-Encoding: chunked\r\n",
		"with a space before the first header":       strings.Replace(start, "Host", " Host", 1) + long,
		"with a space before a colon":                start + long + "Transfer-Encoding : chunked\r\n",
		"with a tab before a colon":                  start + long + "Transfer-Encoding\t: chunked\r\n",
		"with a line without a colon":                start + long + "nothing\r\n",
		"with a header without a name":               start + long + ": x\r\n",
		"with brackets in a name":                    start + long + "X(y): z\r\n",
		"with NUL in a name":                         start + long + "X\x00: y\r\n",
		"with NUL in a value":                        start + long + "X: y\x00z\r\n",
		"with a carriage return in a value":          start + long + "X: y\rTransfer-Encoding: chunked\r\n",
		"with a carriage return in a name":           start + long + "X\rTransfer-Encoding: chunked\r\n",
		"with two carriage returns":                  start + long + "X: y\r\r\n",
		"with lines that end without one":            strings.ReplaceAll(start+long, "\r\n", "\n"),
		"with one line that ends without one":        start + long + "X: y\n",
		"without a host":                             strings.Replace(start, "Host: x\r\n", "", 1) + long,
		"with two hosts":                             start + long + "Host: y\r\n",
		"with two people":                            start + long + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n",
		"of another version":                         strings.Replace(start, "/1.1", "/2.0", 1) + long,
		"of almost this version":                     strings.Replace(start, "HTTP/1.1", "http/1.1", 1) + long,
		"of no version":                              strings.Replace(start, "HTTP/1.1", "x", 1) + long,
		"with two versions":                          strings.Replace(start, "HTTP/1.1", "HTTP/1.1 HTTP/1.1", 1) + long,
		"with a tab in the address":                  strings.Replace(start, "/config/x", "/config/x\t", 1) + long,
		"with NUL in the address":                    strings.Replace(start, "/config/x", "/config/x\x00", 1) + long,
		"with a carriage return within the address":  strings.Replace(start, "/config/x", "/config/x\rx", 1) + long,
		"of HTTP/2":                                  "PRI * HTTP/2.0\r\n\r\nSM\r\n",
		"that is not HTTP":                           "hello\r\n",
		"that begins with the record of a TLS hello": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
	}
	answers := map[string]chan string{}
	for name, head := range heads {
		answer := make(chan string, 1)
		answers[name] = answer
		go func() { answer <- w.raw(head + "\r\n" + body + follower) }()
	}
	for name := range heads {
		t.Run("a request "+name+" is a 400, and the end of the connection", func(t *testing.T) {
			answer := <-answers[name]
			require.True(t, strings.HasPrefix(answer, "HTTP/1.1 400 "), answer)
			require.Contains(t, answer, `"code":"malformed_request"`)
			require.Contains(t, answer, "Connection: close\r\n")
			require.Equal(t, 1, strings.Count(answer, "HTTP/1.1 "), answer)
		})
	}
	require.Empty(t, w.others.requests())
	t.Run("what is unusual but clear is served", func(t *testing.T) {
		for _, head := range []string{
			start + long, start + "Content-length:15 \r\n", "\r\n\r\n" + start + long, start + long + "X: \xe9\t!\r\n~$: \r\n",
			strings.Replace(start, "/1.1", "/1.0", 1) + long + "Connection: keep-alive\r\n",
			strings.NewReplacer("/1.1", "/1.0", "Host: x\r\n", "").Replace(start) + long + "Connection: keep-alive\r\n",
		} {
			answer := w.raw(head + "\r\n" + body + strings.Replace(follower, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
			require.Equal(t, 2, strings.Count(answer, "HTTP/1.1 200 "), "%q: %s", head, answer)
			requests := w.others.requests()
			require.Len(t, requests, 2)
			require.Contains(t, []string{"hello", body}, string(requests[0].Body()))
			require.Equal(t, "/config/smuggled", string(requests[1].Header.RequestURI()))
		}
	})
	t.Run("chunks are served, and nothing that follows them on the connection", func(t *testing.T) {
		for _, head := range []string{start + "Transfer-Encoding: Chunked\r\n", start + "transfer-encoding:\tchunked \r\n"} {
			answer := w.raw(head + "\r\n" + body + follower)
			require.Equal(t, 1, strings.Count(answer, "HTTP/1.1 200 "), "%q: %s", head, answer)
			require.Contains(t, answer, "Connection: close\r\n")
			requests := w.others.requests()
			require.Len(t, requests, 1)
			require.Equal(t, "hello", string(requests[0].Body()))
		}
	})
}

func TestHeadsThatAreLarge(t *testing.T) {
	w := newWorld(t)
	lines := func(n int) string { return strings.Repeat("a:b\r\n", n) }
	end := "Connection: close\r\n\r\n"

	t.Run("as many and as large headers as there may be are served", func(t *testing.T) {
		require.Contains(t, w.raw("GET /ping HTTP/1.1\r\nHost: x\r\n"+lines(maxHeaderLines-2)+end), "HTTP/1.1 200 ")
		require.Contains(t, w.raw("GET /ping HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", maxHeaders-100)+"\r\n"+end), "HTTP/1.1 200 ")
	})
	for name, text := range map[string]string{
		"too many headers":                      "GET /ping HTTP/1.1\r\nHost: x\r\n" + lines(maxHeaderLines) + "\r\n",
		"50,000 headers":                        "GET /ping HTTP/1.1\r\nHost: x\r\n" + lines(50_000) + "\r\n",
		"too large headers":                     "GET /ping HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", maxHeaders) + "\r\n\r\n",
		"a header of 300 KB":                    "GET /ping HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 300_000) + "\r\n\r\n",
		"an address of 300 KB":                  "GET /" + strings.Repeat("x", 300_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"a long address for a write":            "POST /" + strings.Repeat("x", longAddress+1) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
		"too many headers in the second of two": "GET /ping HTTP/1.1\r\nHost: x\r\n\r\nGET /ping HTTP/1.1\r\nHost: x\r\n" + lines(maxHeaderLines) + "\r\n",
		"too many headers behind a body":        "POST /config/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET /ping HTTP/1.1\r\nHost: x\r\n" + lines(maxHeaderLines) + "\r\n",
	} {
		t.Run(name+" are a 431, and the end of the connection", func(t *testing.T) {
			answer := w.raw(text)
			require.Contains(t, answer, "HTTP/1.1 431 ")
			require.Contains(t, answer, `"code":"header_too_large"`)
			require.Contains(t, answer, "Connection: close\r\n")
		})
	}
	w.others.requests()
	t.Run("the lines of a body are not counted", func(t *testing.T) {
		text := strings.Repeat("\r\n", 20_000)
		require.Equal(t, 200, w.post("/config/x", strings.NewReader(text)).StatusCode)
		require.Equal(t, text, string(w.others.only().Body()))
	})
	t.Run("a long address is served, and the connection closes", func(t *testing.T) {
		query := strings.Repeat("ids=0123456789&", 200<<10/15)
		answer := w.raw("GET /config/x?" + query + " HTTP/1.1\r\nHost: x\r\n\r\n")
		require.Contains(t, answer, "HTTP/1.1 200 ")
		require.Contains(t, answer, "Connection: close\r\n")
		require.Equal(t, "/config/x?"+strings.TrimSuffix(query, "&"), string(w.others.only().Header.RequestURI()))
	})
	t.Run("more of them than there are turns are all served", func(t *testing.T) {
		text := "GET /config/x?" + strings.Repeat("x", 100<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n"
		answers := make(chan string, 3*maxLongHeads)
		for range cap(answers) {
			go func() { answers <- w.raw(text) }()
		}
		for range cap(answers) {
			require.Contains(t, <-answers, "HTTP/1.1 200 ")
		}
	})
}

func TestHeadsInPieces(t *testing.T) {
	w := newWorld(t)
	request := "\r\nPOST /config/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
	text := strings.Repeat(request, 3)
	for _, size := range []int{1, 2, 3, len(request) - 6, len(request) - 1, len(request), len(request) + 1, len(text)} {
		t.Run(fmt.Sprintf("requests in pieces of %d bytes are what they are in one", size), func(t *testing.T) {
			conn, err := net.Dial("tcp", w.address)
			require.NoError(t, err)
			defer func() { _ = conn.Close() }()
			require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
			for at := 0; at < len(text); at += size {
				_, err := io.WriteString(conn, text[at:min(at+size, len(text))])
				require.NoError(t, err)
			}
			reader := bufio.NewReader(conn)
			for range 3 {
				response, err := http.ReadResponse(reader, nil)
				require.NoError(t, err)
				_, _ = io.Copy(io.Discard, response.Body)
				require.Equal(t, 200, response.StatusCode)
			}
			requests := w.others.requests()
			require.Len(t, requests, 3)
			for _, request := range requests {
				require.Equal(t, "hello", string(request.Body()))
			}
		})
	}
}
