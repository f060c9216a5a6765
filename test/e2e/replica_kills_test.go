package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var killFor = flag.Duration("kill-for", 15*time.Second, "how long replicas are killed, one every few seconds, while people learn")

// One replica after another is killed and started again while people write. Requests may fail meanwhile: those that were
// under way in the killed process, and that nobody may send again. But what was acknowledged is there, once, and what was
// not is there at most once.
func TestReplicasAreKilledUnderLoad(t *testing.T) {
	t.Parallel()
	s := startServices(t, newStorage(t, "postgres"))
	clients, decks := s.students(t, 6)
	writers := map[*client]*writer{}
	for _, c := range clients {
		writers[c] = &writer{client: c, deck: decks[c], reviews: map[int64]bool{}, cards: map[string]string{}}
	}
	l := startLoad(clients, func(c *client, i int) (answer, error) { return writers[c].act(i) })
	kills := s.killReplicas(*killFor)
	sent, failures := l.finish()

	t.Logf("%d kills, %d requests, %d failed (%.2f %%)", kills, sent, len(failures), 100*float64(len(failures))/float64(sent))
	for cause, count := range causes(failures) {
		t.Logf("%6d × %s", count, cause)
	}
	for _, failed := range failures {
		assert.NotContains(t, failed, "500 ")
	}
	s.kill()
	storage := s.storage.open(t)
	for _, c := range clients {
		writers[c].check(t, s, storage)
	}
}

// killReplicas kills a random replica every few seconds, starts it again, and returns how many it has killed.
func (s *system) killReplicas(duration time.Duration) int {
	s.t.Helper()
	kills := 0
	for end := time.Now().Add(duration); time.Now().Before(end); kills++ {
		process := s.processes[rand.IntN(len(s.processes)-1)] // the last one is the gateway
		process.kill()
		time.Sleep(rand.N(time.Second))
		process.run()
		process.waitReady()
		time.Sleep(time.Second + rand.N(2*time.Second))
	}
	return kills
}

// causes counts failures that are alike.
func causes(failures []string) map[string]int {
	counts := map[string]int{}
	for _, failed := range failures {
		var status int
		if _, err := fmt.Sscan(failed, &status); err == nil {
			failed = fmt.Sprint("status ", status)
		}
		counts[failed]++
	}
	return counts
}

// writer is a person who answers cards, adds cards, and knows what was acknowledged.
type writer struct {
	client *client
	deck   deck
	// reviews are the answers that were sent, by their end in milliseconds, and whether they were acknowledged.
	reviews map[int64]bool
	// cards are the ids of the cards that were acknowledged, by question; those that were not have none.
	cards map[string]string
}

// act does the next thing: mostly it writes.
func (w *writer) act(i int) (answer, error) {
	c, d := w.client, w.deck
	switch i % 4 {
	case 0:
		question := fmt.Sprint("question ", i)
		a, err := c.try(http.MethodPost, "/decks/"+d.ID+"/card", map[string]string{"question": question, "answer": "a"})
		w.cards[question] = ""
		if err == nil && a.Status == http.StatusCreated {
			w.cards[question] = data[card](c.t, a).ID
		}
		return a, err
	case 1:
		return c.try(http.MethodGet, "/learning/queue?deckID="+d.ID, nil)
	default:
		at := time.Now().Add(-time.Hour).Truncate(time.Millisecond).Add(time.Duration(i) * time.Millisecond)
		a, err := c.try(http.MethodPost, "/learning/event", event(d, d.Cards[i%2].ID, "", at, i%3 != 0))
		w.reviews[at.UnixMilli()] = err == nil && a.Status == http.StatusCreated
		return a, err
	}
}

// check holds what is stored against what was acknowledged.
func (w *writer) check(t *testing.T, s *system, storage ports.Storage) {
	t.Helper()
	log := s.readLog(t, w.client)
	log.requireGapless(t)
	log.requireMemoriesEqualReplay(t)
	stored := map[int64]int{}
	for _, event := range log.events {
		at := event.FinishedAt.UnixMilli()
		stored[at]++
		_, sent := w.reviews[at]
		require.True(t, sent, "every review that is there was sent")
		require.Equal(t, 1, stored[at], "no review is there twice")
	}
	for at, acknowledged := range w.reviews {
		if acknowledged {
			require.Equal(t, 1, stored[at], "what was acknowledged is there")
		}
	}

	owner := domain.UserID(w.client.user)
	cards, err := storage.Cards.Cards(t.Context(), owner, domain.DeckID(w.deck.ID), ports.Page{Limit: len(w.cards) + len(w.deck.Cards) + 1})
	require.NoError(t, err)
	found := map[string]string{}
	for _, card := range cards {
		require.Empty(t, found[card.Question], "no card is there twice")
		found[card.Question] = string(card.ID)
	}
	for question, id := range w.cards {
		if id != "" {
			require.Equal(t, id, found[question], "a card that was acknowledged is there")
		}
	}
}
