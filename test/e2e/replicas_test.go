package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// load is a number of people who send the same kinds of requests until it is told to stop.
type load struct {
	mu       sync.Mutex
	sent     int
	failures []string
	people   sync.WaitGroup
	stop     chan struct{}
}

// startLoad lets each client call request until the load is finished.
func startLoad(clients []*client, request func(c *client, i int) (answer, error)) *load {
	l := &load{stop: make(chan struct{})}
	for _, c := range clients {
		l.people.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-l.stop:
					return
				default:
				}
				a, err := request(c, i)
				l.note(a, err)
			}
		})
	}
	return l
}

func (l *load) note(a answer, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent++
	if err != nil {
		l.failures = append(l.failures, err.Error())
	} else if a.Status >= 400 {
		l.failures = append(l.failures, fmt.Sprint(a.Status, " ", a.Body))
	}
}

// finish ends the load and returns how many requests there were and which failed.
func (l *load) finish() (int, []string) {
	close(l.stop)
	l.people.Wait()
	return l.sent, l.failures
}

// students returns people with a deck each.
func (s *system) students(t *testing.T, n int) ([]*client, map[*client]deck) {
	t.Helper()
	clients, decks := make([]*client, n), map[*client]deck{}
	for i := range clients {
		clients[i] = s.person(t)
		decks[clients[i]] = clients[i].newDeck(2)
	}
	return clients, decks
}

func TestAKilledReplicaFailsNoSafeRequest(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := startServices(t, newStorage(t, engine))
			clients, decks := s.students(t, 4)
			l := startLoad(clients, func(c *client, i int) (answer, error) {
				d := decks[c]
				return c.try(http.MethodGet, []string{
					"/decks", "/user", "/config/frontend", "/decks/" + d.ID,
					"/learning/events?deckID=" + d.ID + "&ids=" + d.Cards[0].ID,
				}[i%5], nil)
			})
			for _, process := range s.processes[:len(s.processes)-1] {
				process.kill()
				time.Sleep(100 * time.Millisecond)
				process.run()
				process.waitReady()
			}
			sent, failures := l.finish()
			assert.Empty(t, failures, "of %d requests", sent)
			assert.Greater(t, sent, 100)
		})
	}
}

// Writes that cannot be sent again are among the load: that none fails shows that each process finishes what it has
// accepted, and that nothing new is sent to one that is about to stop.
func TestRestartingReplicasDropsNothing(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := startServices(t, newStorage(t, engine), "SHUTDOWN_DELAY=4")
			clients, decks := s.students(t, 4)
			began := time.Now().Add(-time.Hour)
			l := startLoad(clients, func(c *client, i int) (answer, error) {
				d := decks[c]
				switch i % 4 {
				case 0:
					return c.try(http.MethodPost, "/decks/"+d.ID+"/card", map[string]string{"question": "q", "answer": "a"})
				case 1:
					return c.try(http.MethodGet, "/user", nil)
				default:
					return c.try(http.MethodPost, "/learning/event",
						event(d, d.Cards[i%2].ID, "", began.Add(time.Duration(i)*time.Millisecond), true))
				}
			})
			for round := range replicas {
				var stopping sync.WaitGroup
				for _, service := range []string{"user-service", "config-service", "deck-management-service", "learning-service"} {
					process := s.of(service)[round]
					stopping.Go(func() { assert.NoError(t, process.stop(), "the exit code of %s is 0", service) })
				}
				stopping.Wait()
				s.run()
			}
			sent, failures := l.finish()
			assert.Empty(t, failures, "of %d requests", sent)
			s.kill()
			for _, c := range clients {
				log := s.readLog(t, c)
				log.requireGapless(t)
				log.requireMemoriesEqualReplay(t)
			}
		})
	}
}

func TestOneServiceDownIsNotTheOthers(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := startServices(t, newStorage(t, engine))
			c := s.person(t)
			d := c.newDeck(1)
			for _, process := range s.of("learning-service") {
				process.kill()
			}
			due := "/learning/events?deckID=" + d.ID + "&ids=" + d.Cards[0].ID
			for range 3 {
				a := c.must(http.StatusServiceUnavailable, http.MethodGet, due, nil)
				assert.Equal(t, "unavailable", failure(t, a))
				assert.NotEmpty(t, a.Header.Get("Retry-After"))
				c.must(http.StatusServiceUnavailable, http.MethodPost, "/learning/event", event(d, d.Cards[0].ID, "", time.Now(), true))
				c.must(http.StatusOK, http.MethodGet, "/decks", nil)
				c.must(http.StatusOK, http.MethodGet, "/user", nil)
				c.must(http.StatusOK, http.MethodGet, "/config/frontend", nil)
			}
			assert.Equal(t, http.StatusOK, get(s.URL+"/readyz"), "the gateway goes on")
			s.run()
			require.Eventually(t, func() bool {
				a, err := c.try(http.MethodGet, due, nil)
				return err == nil && a.Status == http.StatusOK
			}, 10*time.Second, 50*time.Millisecond, "it is back without a restart of the gateway")
		})
	}
}
