package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/relay"
)

func TestTheDatabaseGoesAwayAndComesBack(t *testing.T) {
	for engine, variable := range map[string]string{"mongo": "MONGO_DB_CONNECTION", "postgres": "DATABASE_URL"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			place := newStorage(t, engine)
			way := place.relay(t, variable)
			way.Mend(t)
			goAwayAndComeBack(t, start(t, place), way)
		})
	}
}

// relay puts a relay before the server that a variable names.
func (s *storage) relay(t *testing.T, variable string) *relay.Relay {
	t.Helper()
	for i, pair := range s.environment {
		if value, found := strings.CutPrefix(pair, variable+"="); found {
			server, err := url.Parse(value)
			require.NoError(t, err)
			way := relay.New(t, server.Host)
			server.Host = way.Address
			s.environment[i] = variable + "=" + server.String()
			return way
		}
	}
	t.Fatalf("%s is not set", variable)
	return nil
}

func goAwayAndComeBack(t *testing.T, s *system, way *relay.Relay) {
	c := s.person(t)
	d := c.newDeck(1)

	way.Cut()
	a := c.must(http.StatusServiceUnavailable, http.MethodGet, "/decks", nil)
	assert.Equal(t, "unavailable", failure(t, a))
	assert.NotEmpty(t, a.Header.Get("Retry-After"))
	unsure := event(d, d.Cards[0].ID, "", time.Now(), true)
	c.must(http.StatusServiceUnavailable, http.MethodPost, "/learning/event", unsure)
	require.Eventually(t, func() bool { return get(s.URL+"/readyz") == http.StatusServiceUnavailable }, 20*time.Second, 100*time.Millisecond)
	assert.Equal(t, http.StatusOK, get(s.URL+"/healthz"), "the process itself is well")
	assert.Equal(t, http.StatusOK, get(s.URL+"/ping"))

	way.Mend(t)
	require.Eventually(t, func() bool { return get(s.URL+"/readyz") == http.StatusOK }, 30*time.Second, 100*time.Millisecond)
	c.must(http.StatusCreated, http.MethodPost, "/learning/event", unsure)
	c.must(http.StatusCreated, http.MethodPost, "/learning/event", unsure)
	assert.Empty(t, c.due(d))
	s.kill()
	assert.Len(t, s.readLog(t, c).events, 1, "sent again after the failure, it is there once")
}
