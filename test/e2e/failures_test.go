package e2e

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kills is how often the process is killed under load, on each engine.
const kills = 50

func TestAcknowledgedReviewsSurviveKills(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := start(t, newStorage(t, engine))
			c := s.person(t)
			d := c.newDeck(6)
			record := &ledger{}
			for range kills {
				reviewUntilKilled(s, c, d, record)
				s.run()
			}
			// A client that got no answer sends the event again.
			for _, body := range record.unanswered {
				c.must(http.StatusCreated, http.MethodPost, "/learning/event", body)
			}
			s.kill()
			log := s.readLog(t, c)
			log.requireGapless(t)
			log.requireMemoriesEqualReplay(t)
			require.Len(t, log.events, len(record.acknowledged)+len(record.unanswered), "every review is there once")
			require.GreaterOrEqual(t, len(record.acknowledged), kills, "reviews were acknowledged between the kills")
			t.Logf("%d kills, %d reviews acknowledged, %d sent again", kills, len(record.acknowledged), len(record.unanswered))
		})
	}
}

// ledger is what the clients know.
type ledger struct {
	mu           sync.Mutex
	acknowledged []map[string]any
	unanswered   []map[string]any
	sent         int
}

// next returns an event that was not sent before.
func (l *ledger) next(d deck) map[string]any {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent++
	at := time.Now().Add(-time.Hour).Truncate(time.Millisecond).Add(time.Duration(l.sent) * time.Millisecond)
	return event(d, d.Cards[l.sent%len(d.Cards)].ID, "", at, l.sent%3 != 0)
}

func (l *ledger) note(body map[string]any, acknowledged bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if acknowledged {
		l.acknowledged = append(l.acknowledged, body)
	} else {
		l.unanswered = append(l.unanswered, body)
	}
}

// reviewUntilKilled lets two devices answer cards until, some time after the first answer was acknowledged, the process
// is killed at a random moment.
func reviewUntilKilled(s *system, c *client, d deck, record *ledger) {
	var devices sync.WaitGroup
	acknowledged := make(chan time.Duration, 1)
	for range 2 {
		devices.Go(func() {
			twin := c.again()
			for {
				body := record.next(d)
				sent := time.Now()
				a, err := twin.try(http.MethodPost, "/learning/event", body)
				done := err == nil && a.Status == http.StatusCreated
				record.note(body, done)
				if !done {
					return
				}
				select {
				case acknowledged <- time.Since(sent):
				default:
				}
			}
		})
	}
	select {
	case took := <-acknowledged:
		time.Sleep(rand.N(2*took + 5*time.Millisecond))
	case <-time.After(30 * time.Second):
		s.t.Error("no answer was acknowledged")
	}
	s.kill()
	devices.Wait()
}

func TestStoppingFinishesWhatIsUnderWay(t *testing.T) {
	for _, engine := range engineNames {
		t.Run("one process, "+engine, func(t *testing.T) {
			t.Parallel()
			stopUnderLoad(t, start(t, newStorage(t, engine), "SHUTDOWN_DELAY=1"))
		})
		t.Run("a process a service, "+engine, func(t *testing.T) {
			t.Parallel()
			stopUnderLoad(t, startServices(t, newStorage(t, engine), "SHUTDOWN_DELAY=1"))
		})
	}
}

// stopUnderLoad stops the processes, the gateway first, while people answer cards. Each request must be answered well,
// or refused because nobody listens any more: then nothing of it was accepted. The system refuses by a reset those new
// connections that nobody had taken when the listener closed.
func stopUnderLoad(t *testing.T, s *system) {
	c := s.person(t)
	d := c.newDeck(2)
	var devices sync.WaitGroup
	var acknowledged atomic.Int64
	for device := range 4 {
		devices.Go(func() {
			twin := c.again()
			for i := 0; ; i++ {
				at := time.Now().Add(time.Duration(-device) * time.Minute)
				var connection httptrace.GotConnInfo
				ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
					GotConn: func(info httptrace.GotConnInfo) { connection = info },
				})
				a, err := twin.tryContext(ctx, http.MethodPost, "/learning/event", event(d, d.Cards[i%2].ID, "", at, true))
				if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) && !connection.Reused {
					return
				}
				if !assert.NoError(t, err) || !assert.Equal(t, http.StatusCreated, a.Status, a.Body) {
					return
				}
				acknowledged.Add(1)
			}
		})
	}
	require.Eventually(t, func() bool { return acknowledged.Load() > 4 }, 30*time.Second, time.Millisecond)
	for _, process := range slices.Backward(s.processes) {
		assert.NoError(t, process.stop(), "the exit code of %s is 0", process.program)
	}
	devices.Wait()
	log := s.readLog(t, c)
	assert.Len(t, log.events, int(acknowledged.Load()), "what was acknowledged is there, and nothing else")
	log.requireGapless(t)
	log.requireMemoriesEqualReplay(t)
}
