package learning_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// desk is a person with a deck at a real storage.
type desk struct {
	service *learning.Service
	storage ports.Storage
	clock   *clock
	deck    domain.DeckID
	cards   []domain.CardID
}

func newDesk(t *testing.T, cards int) desk {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	d := desk{storage: store.Ports(), clock: &clock{now: noon}, deck: "0190a000-0000-7000-8000-00000000000d"}
	d.service = learning.New(d.storage, d.clock, system.IDs{})
	deck, err := domain.NewDeck(d.deck, caller.User, domain.DeckText{Name: "Deck"}, noon)
	require.NoError(t, err)
	require.NoError(t, d.storage.Decks.InsertDeck(t.Context(), deck))
	var rows []domain.Card
	for i := range cards {
		id := domain.CardID(fmt.Sprintf("0190a000-0000-7000-8000-%012d", 100+i))
		d.cards = append(d.cards, id)
		rows = append(rows, domain.NewCard(id, caller.User, d.deck, domain.CardText{Question: "q", Answer: "a"}, noon))
	}
	require.NoError(t, d.storage.Cards.InsertCards(t.Context(), caller.User, d.deck, rows))
	return d
}

// answer records an answer to a card that was given now.
func (d desk) answer(t *testing.T, card domain.CardID, rating domain.Rating) domain.Event {
	t.Helper()
	event, err := d.service.Record(t.Context(), caller, d.said(card, rating))
	require.NoError(t, err)
	return event
}

func (d desk) said(card domain.CardID, rating domain.Rating) domain.Entry {
	now := d.clock.Now()
	return domain.Entry{
		Kind: domain.KindReview, Card: card, Session: answer.Session, StartedAt: now.Add(-time.Second), FinishedAt: now, Rating: rating, Buttons: 2,
	}
}

func (d desk) due(t *testing.T) []domain.CardID {
	t.Helper()
	due, err := d.service.Due(t.Context(), caller, d.deck, d.cards)
	require.NoError(t, err)
	ids := []domain.CardID{}
	for _, recall := range due {
		ids = append(ids, recall.Card)
	}
	return ids
}

func TestADeckAnsweredOnceIsFinishedForToday(t *testing.T) {
	d := newDesk(t, 3)
	assert.Equal(t, d.cards, d.due(t))
	for _, card := range d.cards {
		d.answer(t, card, domain.Good)
	}
	assert.Empty(t, d.due(t))
	scores, err := d.service.Scores(t.Context(), caller, []domain.DeckID{d.deck, "0190a000-0000-7000-8000-00000000eeee"})
	require.NoError(t, err)
	assert.InDelta(t, 1, scores[d.deck].Value(), 1e-9)
	assert.Equal(t, 3, scores[d.deck].Cards)
	assert.Zero(t, scores["0190a000-0000-7000-8000-00000000eeee"].Value(), "a deck that is not there has a score, too")
	d.clock.forward(30 * 24 * time.Hour)
	assert.Len(t, d.due(t), 3)
}

func TestAWrongAnswerComesBackAfterAMinute(t *testing.T) {
	d := newDesk(t, 2)
	d.answer(t, d.cards[0], domain.Again)
	d.answer(t, d.cards[1], domain.Good)
	assert.Empty(t, d.due(t))
	d.clock.forward(time.Minute)
	assert.Equal(t, d.cards[:1], d.due(t))
	d.answer(t, d.cards[0], domain.Good)
	assert.Empty(t, d.due(t))
}

func TestForeignIDsAreLeftOut(t *testing.T) {
	d := newDesk(t, 1)
	due, err := d.service.Due(t.Context(), caller, d.deck, append(d.cards, "0190a000-0000-7000-8000-00000000ffff"))
	require.NoError(t, err)
	assert.Len(t, due, 1)
	stranger := domain.Identity{User: "0190a000-0000-7000-8000-0000000000bb"}
	_, err = d.service.Due(t.Context(), stranger, d.deck, d.cards)
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	_, err = d.service.Record(t.Context(), stranger, d.said(d.cards[0], domain.Good))
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestTheSameAnswerAgainGivesTheFirstEvent(t *testing.T) {
	d := newDesk(t, 1)
	said := d.said(d.cards[0], domain.Good)
	first, err := d.service.Record(t.Context(), caller, said)
	require.NoError(t, err)
	d.clock.forward(time.Hour)
	d.answer(t, d.cards[0], domain.Good)
	again, err := d.service.Record(t.Context(), caller, said)
	require.NoError(t, err)
	assert.Equal(t, first, again)

	said.ID = first.ID
	said.Rating = domain.Again
	_, err = d.service.Record(t.Context(), caller, said)
	assert.Equal(t, domain.CodeConflict, domain.CodeOf(err), "the same id with another content")

	require.NoError(t, d.storage.Cards.DeleteCard(t.Context(), caller.User, d.cards[0]))
	said.Rating = domain.Good
	again, err = d.service.Record(t.Context(), caller, said)
	require.NoError(t, err, "a retry is answered after the card is gone, too")
	assert.Equal(t, first, again)
	d.clock.forward(time.Hour)
	_, err = d.service.Record(t.Context(), caller, d.said(d.cards[0], domain.Good))
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestManyDevicesGetEveryAnswerIn(t *testing.T) {
	d := newDesk(t, 4)
	var devices sync.WaitGroup
	const each = 20
	for device := range 4 {
		devices.Go(func() {
			for i := range each {
				said := d.said(d.cards[i%4], domain.Good)
				said.FinishedAt = said.FinishedAt.Add(-time.Duration(4*i+device) * time.Millisecond)
				said.StartedAt = said.FinishedAt
				_, err := d.service.Record(t.Context(), caller, said)
				assert.NoError(t, err)
			}
		})
	}
	devices.Wait()
	events, err := d.storage.ReviewLog.Events(t.Context(), caller.User, 0, 1000)
	require.NoError(t, err)
	require.Len(t, events, 4*each)
	projector := domain.DefaultSettings(caller.User).Projector()
	for _, card := range d.cards {
		history, err := d.storage.ReviewLog.CardEvents(t.Context(), caller.User, card)
		require.NoError(t, err)
		memory, err := d.storage.Memories.Memory(t.Context(), caller.User, card)
		require.NoError(t, err)
		replayed, err := projector.Replay(history)
		require.NoError(t, err)
		assert.Equal(t, replayed, memory.Memory)
	}
}

func TestSessionsBelongToOneDeckOfTheCaller(t *testing.T) {
	d := newDesk(t, 0)
	session, err := d.service.StartSession(t.Context(), caller, d.deck, noon)
	require.NoError(t, err)
	require.NoError(t, d.service.FinishSession(t.Context(), caller, session.ID, noon.Add(time.Hour)))
	stored, err := d.storage.LearningSessions.LearningSession(t.Context(), caller.User, session.ID)
	require.NoError(t, err)
	assert.Equal(t, noon.Add(time.Hour), stored.FinishedAt)
	_, err = d.service.StartSession(t.Context(), caller, "0190a000-0000-7000-8000-00000000eeee", noon)
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(d.service.FinishSession(t.Context(), caller, session.ID, time.Time{})))
}
