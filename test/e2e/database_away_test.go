package e2e

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheDatabaseGoesAwayAndComesBack(t *testing.T) {
	t.Parallel()
	place := newStorage(t, "mongo")
	relay := newRelay(t, &place)
	s := start(t, place)
	c := s.person(t)
	d := c.newDeck(1)

	relay.cut()
	a := c.must(http.StatusServiceUnavailable, http.MethodGet, "/decks", nil)
	assert.Equal(t, "unavailable", failure(t, a))
	assert.NotEmpty(t, a.Header.Get("Retry-After"))
	unsure := event(d, d.Cards[0].ID, "", time.Now(), true)
	c.must(http.StatusServiceUnavailable, http.MethodPost, "/learning/event", unsure)
	require.Eventually(t, func() bool { return get(s.URL+"/readyz") == http.StatusServiceUnavailable }, 20*time.Second, 100*time.Millisecond)
	assert.Equal(t, http.StatusOK, get(s.URL+"/healthz"), "the process itself is well")
	assert.Equal(t, http.StatusOK, get(s.URL+"/ping"))

	relay.mend()
	require.Eventually(t, func() bool { return get(s.URL+"/readyz") == http.StatusOK }, 30*time.Second, 100*time.Millisecond)
	c.must(http.StatusCreated, http.MethodPost, "/learning/event", unsure)
	c.must(http.StatusCreated, http.MethodPost, "/learning/event", unsure)
	assert.Empty(t, c.due(d))
	s.kill()
	assert.Len(t, s.readLog(t, c).events, 1, "sent again after the failure, it is there once")
}

// relay passes a TCP connection on, until it is cut.
type relay struct {
	t        *testing.T
	target   string
	address  string
	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
}

// newRelay puts a relay before the database of the storage.
func newRelay(t *testing.T, s *storage) *relay {
	t.Helper()
	r := &relay{t: t, address: "127.0.0.1:0", open: map[net.Conn]bool{}}
	for i, pair := range s.environment {
		if value, found := strings.CutPrefix(pair, "MONGO_DB_CONNECTION="); found {
			uri, err := url.Parse(value)
			require.NoError(t, err)
			r.target = uri.Host
			r.mend()
			uri.Host = r.address
			s.environment[i] = "MONGO_DB_CONNECTION=" + uri.String()
		}
	}
	t.Cleanup(r.cut)
	return r
}

// mend lets connections through again.
func (r *relay) mend() {
	listener, err := net.Listen("tcp", r.address)
	require.NoError(r.t, err)
	r.mu.Lock()
	r.listener, r.address = listener, listener.Addr().String()
	r.mu.Unlock()
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", r.target)
			if err != nil {
				near.Close()
				continue
			}
			r.mu.Lock()
			r.open[near], r.open[far] = true, true
			r.mu.Unlock()
			go r.pass(near, far)
			go r.pass(far, near)
		}
	}()
}

func (r *relay) pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	to.Close()
	from.Close()
}

// cut ends all connections and lets no new one in.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listener.Close()
	for conn := range r.open {
		conn.Close()
	}
	clear(r.open)
}
