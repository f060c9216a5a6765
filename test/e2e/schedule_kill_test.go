package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// startFor returns a running system: one process over SQLite, and two replicas of each service over a server.
func startFor(t *testing.T, engine string, extra ...string) *system {
	t.Helper()
	if engine == "sqlite" {
		return start(t, newStorage(t, engine), extra...)
	}
	return startServices(t, newStorage(t, engine), extra...)
}

// studied returns a deck of which each card was answered twice, long ago.
func (c *client) studied(n int) deck {
	c.t.Helper()
	d := c.newDeck(n)
	now := time.Now()
	var items []map[string]any
	for i, card := range d.Cards {
		at := now.Add(-time.Duration(90*24*60+i) * time.Minute)
		items = append(items, review(card.ID, at, 3), review(card.ID, at.Add(time.Duration(5+i%40)*24*time.Hour), 1+i%4))
	}
	for ; len(items) > 0; items = items[min(len(items), 500):] {
		c.reviews(items[:min(len(items), 500)]...)
	}
	return d
}

// requireOneSchedule checks that each card is under the newest schedule version, and that no version reached a card twice.
func (l reviewLog) requireOneSchedule(t *testing.T) {
	t.Helper()
	require.False(t, l.settings.Pending)
	byCard := map[domain.CardID][]domain.Event{}
	reached := map[string]bool{}
	for _, event := range l.events {
		byCard[event.Card] = append(byCard[event.Card], event)
		what := fmt.Sprint(event.Kind, event.Card, event.ScheduleVersion, event.Undoes)
		if event.Kind == domain.KindReschedule || event.Kind == domain.KindUndo {
			require.False(t, reached[what], "twice: %s", what)
			reached[what] = true
		}
	}
	for card, events := range byCard {
		replayed := l.settings.Projector().Current().Replay(events, l.memories[card].Seq)
		require.True(t, domain.SameMemory(replayed, l.memories[card]), "card %s is under the newest version", card)
	}
}

// requireSound checks that a person's log and memories are whole, and all cards are under one schedule version.
func (s *system) requireSound(t *testing.T, c *client) reviewLog {
	t.Helper()
	log := s.readLog(t, c)
	log.requireGapless(t)
	log.requireMemoriesEqualReplay(t)
	log.requireOneSchedule(t)
	found := data[audit](t, c.must(http.StatusOK, http.MethodPost, "/learning/verify", nil))
	require.True(t, found.Clean, "%+v", found)
	return log
}

// killDuring sends a request and kills all processes at a random moment of the time that it may take, and starts them
// again.
func (s *system) killDuring(c *client, takes time.Duration, method, path string, body any) {
	s.t.Helper()
	var sent sync.WaitGroup
	sent.Go(func() { _, _ = c.again().try(method, path, body) })
	time.Sleep(rand.N(takes))
	s.kill()
	sent.Wait()
	s.run()
}

func (c *client) schedule() settings {
	c.t.Helper()
	return data[settings](c.t, c.must(http.StatusOK, http.MethodGet, "/learning/settings", nil))
}

func TestAChangeOfTheScheduleSurvivesKills(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			cards := sized(engine, 600, 12)
			rounds := sized(engine, 5, 3)
			s := startFor(t, engine)
			c := s.person(t)
			c.http.Timeout = time.Minute
			c.studied(cards)
			algorithms := []string{"SM-2", "half-life", "FSRS-6"}
			change := func(round int) map[string]any { return map[string]any{"algorithm": algorithms[round%3]} }
			began := time.Now()
			c.must(http.StatusOK, http.MethodPatch, "/learning/settings", change(0))
			takes := time.Since(began)
			cut := 0
			for round := range rounds {
				before := s.requireSound(t, c)
				s.killDuring(c, takes, http.MethodPatch, "/learning/settings", change(round+1))
				if c.schedule().Settings.Pending {
					cut++
				}
				done := data[settings](t, c.must(http.StatusOK, http.MethodPatch, "/learning/settings", change(round+1)))
				require.False(t, done.Settings.Pending)
				s.requireSound(t, c)

				version := done.Settings.ScheduleVersion
				s.killDuring(c, takes, http.MethodPost, "/learning/settings/undo", nil)
				switch now := c.schedule().Settings; {
				case now.ScheduleVersion == version:
					c.must(http.StatusOK, http.MethodPost, "/learning/settings/undo", nil)
				case now.Pending:
					cut++
					c.must(http.StatusOK, http.MethodPatch, "/learning/settings", change(round))
				}
				after := s.requireSound(t, c)
				for card, memory := range before.memories {
					memory.Seq = after.memories[card].Seq
					require.Equal(t, memory, after.memories[card], "round %d, card %s is as it was", round, card)
				}
				c.must(http.StatusOK, http.MethodPatch, "/learning/settings", change(round+1))
			}
			t.Logf("%d of %d changes and undos were cut off, of %v each", cut, 2*rounds, takes)
		})
	}
}

func TestDevicesAnswerWhileTheScheduleIsSwitched(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			cards := sized(engine, 100, 5)
			size := sized(engine, 50, 5)
			s := startFor(t, engine)
			c := s.person(t)
			c.http.Timeout = time.Minute
			d := c.studied(cards)
			switched := make(chan struct{})
			var devices sync.WaitGroup
			var single, batched int
			devices.Go(func() { single = c.again().answerUntil(switched, d) })
			devices.Go(func() { batched = c.again().answerBatchesUntil(switched, d, size) })
			for i := range 10 {
				a, err := c.again().try(http.MethodPatch, "/learning/settings", map[string]any{"algorithm": []string{"SM-2", "FSRS-6"}[i%2]})
				assert.NoError(t, err)
				assert.Equal(t, http.StatusOK, a.Status, a.Body)
			}
			close(switched)
			devices.Wait()
			log := s.requireSound(t, c)
			reviews := 0
			for _, event := range log.events {
				if event.Kind == domain.KindReview {
					reviews++
				}
			}
			assert.Equal(t, 2*cards+single+batched, reviews, "each answer is there once")
			t.Logf("%d single answers, %d in batches, %d events", single, batched, len(log.events))
		})
	}
}

// answerUntil answers cards one by one until it is told to stop, and returns how many answers it gave.
func (c *client) answerUntil(stop <-chan struct{}, d deck) int {
	began := time.Now().Add(-time.Hour)
	for i := 0; ; i++ {
		select {
		case <-stop:
			return i
		default:
		}
		at := began.Add(time.Duration(i) * time.Millisecond)
		a, err := c.try(http.MethodPost, "/learning/event", event(d, d.Cards[i%len(d.Cards)].ID, "", at, i%4 > 0))
		if !assert.NoError(c.t, err) || !assert.Equal(c.t, http.StatusCreated, a.Status, a.Body) {
			return i
		}
	}
}

// answerBatchesUntil answers cards in batches until it is told to stop, and returns how many answers it gave.
func (c *client) answerBatchesUntil(stop <-chan struct{}, d deck, size int) int {
	began := time.Now().Add(-30 * time.Minute)
	for sent := 0; ; sent += size {
		select {
		case <-stop:
			return sent
		default:
		}
		var items []map[string]any
		for i := sent; i < sent+size; i++ {
			items = append(items, review(d.Cards[i%len(d.Cards)].ID, began.Add(time.Duration(i)*time.Millisecond), 1+i%4))
		}
		a, err := c.try(http.MethodPost, "/learning/reviews", items)
		if !assert.NoError(c.t, err) || !assert.Equal(c.t, http.StatusOK, a.Status, a.Body) {
			return sent
		}
		for _, outcome := range data[[]outcome](c.t, a) {
			assert.Equal(c.t, "recorded", outcome.Status)
		}
	}
}

// reviewsAtLast sends a batch until it is answered well, as clients may: the engine that stands in for MongoDB is busy for a
// while with what a killed process asked of it.
func (c *client) reviewsAtLast(items []map[string]any) []outcome {
	c.t.Helper()
	var a answer
	require.Eventually(c.t, func() bool {
		var err error
		a, err = c.try(http.MethodPost, "/learning/reviews", items)
		return err == nil && a.Status == http.StatusOK
	}, time.Minute, 100*time.Millisecond)
	return data[[]outcome](c.t, a)
}

func TestABatchThatWasCutOffIsSentAgain(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			size := sized(engine, 500, 60)
			rounds := sized(engine, 8, 3)
			s := startFor(t, engine)
			c := s.person(t)
			d := c.newDeck(20)
			began := time.Now().Add(-24 * time.Hour)
			batch := func(round int) (items []map[string]any) {
				for i := range size {
					at := began.Add(time.Duration(round)*time.Hour + time.Duration(i)*time.Millisecond)
					items = append(items, review(d.Cards[i%20].ID, at, 1+i%4))
				}
				return items
			}
			sent := time.Now()
			c.reviews(batch(0)...)
			takes := time.Since(sent)
			parts := 0
			for round := 1; round <= rounds; round++ {
				items := batch(round)
				s.killDuring(c, takes, http.MethodPost, "/learning/reviews", items)
				repeated := 0
				for i, outcome := range c.reviewsAtLast(items) {
					require.Equal(t, items[i]["id"], outcome.ID)
					require.NotEqual(t, "rejected", outcome.Status)
					if outcome.Status == "repeated" {
						repeated++
					}
				}
				if repeated > 0 && repeated < size {
					parts++
				}
				require.Equal(t, size*(round+1), len(s.requireSound(t, c).events), "each answer is there once")
			}
			t.Logf("%d of %d batches were stored in part, of %v each", parts, rounds, takes)
		})
	}
}
