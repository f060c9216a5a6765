package e2e

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATourFromSignUpToScore(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		d := c.newDeck(3)
		list := data[[]deck](t, c.must(http.StatusOK, http.MethodGet, "/decks", nil))
		require.Len(t, list, 1)
		assert.Equal(t, d.Cards, list[0].Cards, "all cards, in order")

		require.Len(t, c.due(d), 3)
		assert.Zero(t, c.score(d))
		session := c.newSession(d)
		for i, card := range d.Cards {
			c.must(http.StatusCreated, http.MethodPost, "/learning/event", event(d, card.ID, session, time.Now(), true))
			assert.Len(t, c.due(d), 2-i)
		}
		assert.Empty(t, c.due(d), "finished for today")
		assert.Greater(t, c.score(d), 0.97)
		c.must(http.StatusOK, http.MethodPut, "/learning/session", map[string]any{"id": session, "finishedAt": iso(time.Now()), "deckID": d.ID})
	})
}

func TestAPersonWithoutCards(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		assert.JSONEq(t, `{"message":"Success","data":[]}`, c.must(http.StatusOK, http.MethodGet, "/decks", nil).Body)
		assert.JSONEq(t, `{"message":"Success","data":{}}`, c.must(http.StatusOK, http.MethodPost, "/learning/probabilities", []any{}).Body)
		d := c.newDeck(0)
		assert.Empty(t, c.due(d))
		assert.Zero(t, c.score(d))
	})
}

func TestTwoDevicesAnswerTheSameCardAtOnce(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) { s.answerFromTwoDevices(t, 1, 5) })
}

// answerFromTwoDevices lets two devices of one person answer a deck at the same time, each so often: neither is shown an
// error, nothing is lost or doubled, and every memory equals its replay.
func (s *system) answerFromTwoDevices(t *testing.T, cards, each int) {
	t.Helper()
	c := s.person(t)
	d := c.newDeck(cards)
	began := time.Now()
	var devices sync.WaitGroup
	var created atomic.Int64
	for device := range 2 {
		devices.Go(func() {
			twin := c.again()
			for i := range each {
				at := began.Add(time.Duration(2*i+device) * time.Millisecond)
				a, err := twin.try(http.MethodPost, "/learning/event", event(d, d.Cards[(i*7+device)%cards].ID, "", at, i%5 != 1))
				if assert.NoError(t, err) && assert.Equal(t, http.StatusCreated, a.Status, a.Body) {
					created.Add(1)
				}
			}
		})
	}
	devices.Wait()
	assert.Equal(t, int64(2*each), created.Load(), "no device is shown an error")
	s.kill()
	log := s.readLog(t, c)
	require.Len(t, log.events, 2*each)
	log.requireGapless(t)
	log.requireMemoriesEqualReplay(t)
}

func TestTheSameEventTwiceIsOneEvent(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		d := c.newDeck(1)
		body := event(d, d.Cards[0].ID, "", time.Now(), true)
		first := c.must(http.StatusCreated, http.MethodPost, "/learning/event", body)
		second := c.must(http.StatusCreated, http.MethodPost, "/learning/event", body)
		assert.JSONEq(t, first.Body, second.Body)
		s.kill()
		assert.Len(t, s.readLog(t, c).events, 1)
	})
}

func TestAnEventThatArrivesLateTakesItsPlace(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		d := c.newDeck(1)
		id := d.Cards[0].ID
		now := time.Now()
		c.must(http.StatusCreated, http.MethodPost, "/learning/event", event(d, id, "", now.Add(-72*time.Hour), true))
		c.must(http.StatusCreated, http.MethodPost, "/learning/event", event(d, id, "", now, true))
		c.must(http.StatusCreated, http.MethodPost, "/learning/event", event(d, id, "", now.Add(-24*time.Hour), false))
		s.kill()
		log := s.readLog(t, c)
		require.Len(t, log.events, 3)
		log.requireGapless(t)
		log.requireMemoriesEqualReplay(t)
		assert.Equal(t, 1, log.events[2].After.Lapses, "the late wrong answer counts as a lapse")
	})
}

// Where the deck is smaller, the request is as long.
func TestADeckOf5000Cards(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		n := sized(s.storage.engine, 5000, 100)
		d := c.newDeck(n)
		asked := d
		for len(asked.Cards) < 5000 {
			asked.Cards = append(asked.Cards, card{ID: uuid.NewString()})
		}
		require.Len(t, c.due(asked), n)
		c.must(http.StatusCreated, http.MethodPost, "/learning/event", event(d, d.Cards[n-1].ID, "", time.Now(), true))
		require.Len(t, c.due(asked), n-1)
		list := data[[]deck](t, c.must(http.StatusOK, http.MethodGet, "/decks", nil))
		assert.Equal(t, d.Cards, list[0].Cards)

		whole := list[0] // clients send a deck back with all its cards to rename it
		whole.Name, whole.Cards = "Renamed", slices.Repeat(whole.Cards, 20_000/n)
		renamed := data[deck](t, c.must(http.StatusOK, http.MethodPut, "/decks/"+d.ID, whole))
		assert.Equal(t, "Renamed", renamed.Name)
		assert.Equal(t, d.Cards, renamed.Cards)
	})
}
