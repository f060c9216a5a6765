package e2e

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// marker is in all garbage that has a body: it must not come back in the log.
const marker = "GARBAGE7f3a"

// memoryBound is what a process may take while it is attacked over a thousand connections, in KiB, when it is told, as in
// docker-compose.yml, to keep to memoryLimit. Half of it are read buffers.
const (
	memoryBound = 512 << 10
	memoryLimit = "GOMEMLIMIT=448MiB"
)

// TestGarbageFromASocket attacks the gateway for some seconds, or as many as SPACEY_GARBAGE_SECONDS says.
func TestGarbageFromASocket(t *testing.T) {
	seconds := 5
	if text := os.Getenv("SPACEY_GARBAGE_SECONDS"); text != "" {
		var err error
		seconds, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	s := start(t, newStorage(t, "sqlite"), memoryLimit)
	process := s.processes[0]
	c := s.person(t)
	d := c.newDeck(3)
	normal := startLoad([]*client{c.again()}, func(c *client, i int) (answer, error) {
		switch i % 6 {
		case 0:
			return c.try(http.MethodPost, "/decks/"+d.ID+"/card", map[string]string{"question": "q", "answer": "a"})
		case 1:
			return c.try(http.MethodPost, "/learning/event", event(d, d.Cards[0].ID, "", time.Now(), true))
		}
		return c.try(http.MethodGet, []string{"/ping", "/user", "/decks", "/config/frontend"}[i%6-2], nil)
	})

	a := startAttack(strings.TrimPrefix(s.URL, "http://"), c.cookie(t, "Authorization"))
	most := 0
	for end := time.Now().Add(time.Duration(seconds) * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		most = max(most, process.memory(t))
	}
	a.finish()
	sent, failures := normal.finish()
	t.Logf("%d normal requests, %d attacks, %d answers to them; memory %d MiB at most, %d MiB after it",
		sent, a.sent, a.answered, most>>10, process.memory(t)>>10)

	assert.Empty(t, failures, "of %d normal requests", sent)
	assert.Greater(t, sent, seconds)
	assert.Less(t, most, memoryBound)
	assert.Empty(t, a.unexpected)
	process.waitReady()
	s.person(t).newDeck(1)
	requireOneLineEach(t, process.output.String())
}

// requireOneLineEach checks that a log has a line a request and nothing else, once the process is up.
func requireOneLineEach(t *testing.T, log string) {
	t.Helper()
	seen := map[string]bool{}
	id := regexp.MustCompile(` requestID=(\S+) `)
	for line := range strings.Lines(log) {
		require.NotContains(t, line, marker)
		require.NotContains(t, line, "goroutine")
		require.NotContains(t, line, "panic")
		if !strings.HasPrefix(line, "time=") {
			require.Empty(t, seen, "only the greeting is no line of the log: %s", line)
			continue
		}
		if found := id.FindStringSubmatch(line); found != nil {
			require.Contains(t, line, " msg=request ")
			require.False(t, seen[found[1]], "a second line: %s", line)
			seen[found[1]] = true
			continue
		}
		require.Contains(t, line, "level=INFO", line)
	}
	require.NotEmpty(t, seen)
}

// memory returns the resident memory of the process, in KiB.
func (r *running) memory(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.process.Process.Pid))
	require.NoError(t, err)
	_, after, found := strings.Cut(string(status), "VmRSS:")
	require.True(t, found)
	kib, err := strconv.Atoi(strings.Fields(after)[0])
	require.NoError(t, err)
	return kib
}

// attack is many clients that mean no good.
type attack struct {
	address, token string
	stop           chan struct{}
	clients        sync.WaitGroup

	mu             sync.Mutex
	sent, answered int
	// unexpected are answers that no request may get.
	unexpected []string
}

func startAttack(address, token string) *attack {
	a := &attack{address: address, token: token, stop: make(chan struct{})}
	for range 4 {
		a.repeat(a.throw)
	}
	for range 50 {
		a.repeat(a.hold(manyHeaders, 0, ""))
		a.repeat(a.hold(manyCookies, 0, ""))
	}
	for range 100 {
		a.repeat(a.hold("GET /ping HTTP/1.1\r\nHost: x\r\nX: "+marker, 0, ""))
		a.repeat(a.hold("GET /", time.Second, "x"))
		a.repeat(a.hold(a.post("/user/login", "Content-Length: 100000\r\n")+marker, time.Second, "x"))
		a.repeat(a.hold(a.post("/decks", "Transfer-Encoding: chunked\r\n"), time.Second, "1\r\nx\r\n"))
		a.repeat(a.hold(a.post("/decks", "Content-Length: 1048576\r\n")+strings.Repeat("x", 1<<20-1), 0, ""))
		a.repeat(a.hold(strings.Repeat("GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n", 50), 0, ""))
		a.repeat(a.hold(strings.Repeat("GET /decks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+token+"\r\n\r\n", 1000), 0, ""))
	}
	a.repeat(a.flood)
	return a
}

// post returns the head of a request by somebody who is signed in.
func (a *attack) post(path, headers string) string {
	return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + a.token + "\r\n" + headers + "\r\n"
}

// repeat lets a client do something until the attack is over.
func (a *attack) repeat(do func()) {
	a.clients.Go(func() {
		for {
			select {
			case <-a.stop:
				return
			default:
				do()
			}
		}
	})
}

func (a *attack) finish() {
	close(a.stop)
	a.clients.Wait()
}

func (a *attack) pause(d time.Duration) {
	select {
	case <-a.stop:
	case <-time.After(d):
	}
}

func (a *attack) dial() net.Conn {
	conn, err := net.Dial("tcp", a.address)
	if err != nil {
		a.pause(100 * time.Millisecond)
		return nil
	}
	return conn
}

// hold returns a client that sends the beginning of something, and then a little of it at a time, or nothing, for as long
// as the gateway has patience. It reads no answers.
func (a *attack) hold(beginning string, every time.Duration, more string) func() {
	return func() {
		conn := a.dial()
		if conn == nil {
			return
		}
		defer conn.Close()
		_ = conn.(*net.TCPConn).SetReadBuffer(4096)
		_ = conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.WriteString(conn, beginning); err != nil {
			a.pause(time.Second)
			return
		}
		for range 30 {
			if every == 0 {
				a.pause(time.Second)
			} else if a.pause(every); !a.write(conn, more) {
				return
			}
			select {
			case <-a.stop:
				return
			default:
			}
		}
	}
}

func (a *attack) write(conn net.Conn, text string) bool {
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, err := io.WriteString(conn, text)
	return err == nil
}

// flood opens more connections than there may be, and closes them.
func (a *attack) flood() {
	var conns []net.Conn
	for range 1100 {
		if conn := a.dial(); conn != nil {
			conns = append(conns, conn)
		}
	}
	a.pause(500 * time.Millisecond)
	for _, conn := range conns {
		conn.Close()
	}
	a.pause(2 * time.Second)
}

// throw sends a piece of garbage and reads what comes back.
func (a *attack) throw() {
	conn := a.dial()
	if conn == nil {
		return
	}
	defer conn.Close()
	text := a.garbage()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_ = conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
		_, _ = conn.Write(text)
		_ = conn.(*net.TCPConn).CloseWrite()
	}()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	got, _ := io.ReadAll(conn)
	conn.Close()
	<-sent
	a.note(text, got)
}

var statusLine = regexp.MustCompile(`HTTP/1\.1 (\d+) `)

func (a *attack) note(sent, got []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent++
	for _, found := range statusLine.FindAllSubmatch(got, -1) {
		a.answered++
		// 503 is an answer to one connection too many, or to a service that has not come to it.
		if status := string(found[1]); status >= "500" && status != "503" && len(a.unexpected) < 10 {
			a.unexpected = append(a.unexpected, fmt.Sprintf("%s for %.200q", status, sent))
		}
	}
}

// What fits the buffer for a head, and takes forty times its size when it is taken apart.
var (
	manyHeaders = "GET /ping HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("a:b\r\n", 50_000) + "\r\n"
	manyCookies = "GET /decks HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("a;", 120_000) + "\r\n\r\n"
)

// garbage returns something that is no good request.
func (a *attack) garbage() []byte {
	kinds := []func() string{
		func() string { return noise(1 + rand.IntN(64<<10)) },
		func() string { return "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n" + noise(1+rand.IntN(1000)) },
		func() string { return strings.Repeat("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n", 200) },
		func() string {
			return "GET /ping HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 300_000) + "\r\n\r\n"
		},
		func() string { return "GET /" + strings.Repeat("x", 300_000) + " HTTP/1.1\r\nHost: x\r\n\r\n" },
		func() string { return manyHeaders },
		func() string { return manyCookies },
		func() string {
			return "GET /config/frontend?" + strings.Repeat("a&", 120_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"
		},
		func() string {
			return a.post("/decks", "Content-Length: 10000000\r\n") + marker + strings.Repeat("x", 9_999_990)
		},
		func() string {
			return a.post("/decks", "Transfer-Encoding: chunked\r\n") + strings.Repeat("1000\r\n"+strings.Repeat("x", 0x1000)+"\r\n", 5000)
		},
		func() string {
			return a.post("/decks", "Transfer-Encoding: chunked\r\n") + "1;" + strings.Repeat(marker, 100_000)
		},
		func() string {
			return a.post("/user/login", "Content-Length: 100000\r\n") + strings.Repeat("[", 100_000)
		},
		func() string {
			return a.post("/decks", lengths[rand.IntN(len(lengths))]) + "5\r\n" + marker + "\r\n0\r\n\r\n"
		},
		func() string { return lines[rand.IntN(len(lines))] + "\r\nHost: x\r\n\r\n" },
	}
	text := []byte(kinds[rand.IntN(len(kinds))]())
	if rand.IntN(2) == 0 {
		text = mutate(text)
	}
	return text
}

// lengths say contradictory things of the body that follows.
var lengths = []string{
	"Content-Length: -1\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length: 1e3\r\n",
	"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: \x0bchunked\r\n",
	"Transfer-Encoding: chunked\r\n", "Transfer-Encoding : chunked\r\n", "X: a\rb\r\n", "X\x00: y\r\n", "no colon\r\n", "X: a\r\n b\r\n", "Expect: 100-continue\r\n",
}

// lines are beginnings that are unusual.
var lines = []string{
	"OPTIONS * HTTP/1.1", "CONNECT example.org:443 HTTP/1.1", "TRACE / HTTP/1.1", "GET http://example.org/ping HTTP/1.1", "GET //example.org/ping HTTP/1.1",
	"GET /ping", "PRI * HTTP/2.0\r\n\r\nSM\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "get /ping HTTP/1.1", "GET\t/ping\tHTTP/1.1", " GET /ping HTTP/1.1",
	"GET /ping HTTP/9.9", "GET  HTTP/1.1", "GET /%zz%00%2e%2e/ HTTP/1.1", "GET /\x00 HTTP/1.1", "GET /ping HTTP/1.1 HTTP/1.1", "\r\n\r\n\r\nGET /ping HTTP/1.1",
}

func noise(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = byte(rand.Uint32())
	}
	return string(text)
}

// mutate changes some bytes of the beginning, takes some out and puts some in.
func mutate(text []byte) []byte {
	for range 1 + rand.IntN(4) {
		at := rand.IntN(min(len(text), 300))
		switch rand.IntN(3) {
		case 0:
			text[at] = byte(rand.Uint32())
		case 1:
			text = append(text[:at:at], text[min(at+1+rand.IntN(3), len(text)):]...)
		default:
			odd := []string{"\r\n", "\n", "\x00", " ", ":", "\r\n\r\n", "%", "0"}
			text = append(text[:at:at], append([]byte(odd[rand.IntN(len(odd))]), text[at:]...)...)
		}
		if len(text) == 0 {
			return bytes.Clone([]byte{0})
		}
	}
	return text
}
