package learning

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// hourglass is a clock that tests move.
type hourglass struct{ now time.Time }

func (h *hourglass) Now() time.Time { return h.now }

// This test is in the package since nobody should wait for the patience of a caller to end.
func TestAChangeThatTakesLongIsLeftToTheSweep(t *testing.T) {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	storage, clock := store.Ports(), &hourglass{time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
	service := New(storage, clock, system.IDs{})
	caller := domain.Identity{User: "0190a000-0000-7000-8000-000000000001"}
	deck, err := domain.NewDeck("0190a000-0000-7000-8000-00000000000d", caller.User, domain.DeckText{Name: "Deck"}, clock.now)
	require.NoError(t, err)
	require.NoError(t, storage.Decks.InsertDeck(t.Context(), deck))
	for n := range 3 {
		id := domain.CardID(fmt.Sprintf("0190a000-0000-7000-8000-%012d", n))
		card := domain.NewCard(id, caller.User, deck.ID, domain.CardText{Question: "q", Answer: "a"}, clock.now)
		require.NoError(t, storage.Cards.InsertCards(t.Context(), caller.User, deck.ID, []domain.Card{card}))
		_, err := service.Record(t.Context(), caller, domain.Entry{
			Kind: domain.KindReview, Card: id, StartedAt: clock.now, FinishedAt: clock.now, Rating: domain.Good, Buttons: 2,
		})
		require.NoError(t, err)
	}
	_, err = storage.LearningSettings.UpdateLearningSettings(t.Context(), caller.User, func(s *domain.Settings) error {
		return s.Change(func(_ *domain.Settings, schedule *domain.Schedule) { schedule.Algorithm = domain.AlgorithmSM2 }, clock.now)
	})
	require.NoError(t, err)

	change, err := service.reschedule(t.Context(), caller.User, time.Now().Add(-time.Second))
	require.NoError(t, err)
	assert.True(t, change.Settings.Pending, "the caller is told that cards are missing")
	assert.Equal(t, 3, change.Forecast.Moved)

	clock.now = clock.now.Add(time.Hour)
	done, err := service.CompleteChanges(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, done)
	log, err := service.Log(t.Context(), caller, 3, 10)
	require.NoError(t, err)
	require.Len(t, log, 3)
	for _, event := range log {
		assert.Equal(t, domain.KindReschedule, event.Kind)
		assert.Zero(t, event.Day, "nobody studied")
	}
	settings, err := service.Settings(t.Context(), caller)
	require.NoError(t, err)
	assert.False(t, settings.Pending)
}
