package mongo

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	monitors "go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/engines"
)

func TestAppend(t *testing.T) {
	event := func(seq int64, card domain.CardID) domain.Event {
		return domain.Event{
			ID: domain.EventID(fmt.Sprintf("event-%d-%s", seq, card)), User: ada, Seq: seq, Kind: domain.KindReview, Card: card,
			RecordedAt: start, After: domain.Memory{Phase: domain.PhaseReview, Stability: 1, Reps: 1, Seq: seq},
		}
	}

	t.Run("a batch that loses a number in the middle leaves a prefix with its memories", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, cards))
		// What another writer does between two events of the batch, here before them.
		faster := event(2, "another-card")
		_, err := s.events.InsertOne(t.Context(), newEventRecord(ada, faster))
		require.NoError(t, err)

		batch := []domain.Event{event(1, cards[0].ID), event(2, cards[1].ID), event(3, cards[0].ID)}
		requireCode(t, domain.CodeSeqTaken, s.Append(t.Context(), ada, batch))
		log, err := s.Events(t.Context(), ada, 0, 10)
		require.NoError(t, err)
		require.Equal(t, []domain.Event{batch[0], faster}, log)
		for card, want := range map[domain.CardID]domain.Memory{cards[0].ID: batch[0].After, cards[1].ID: domain.NewMemory()} {
			got, err := s.Memory(t.Context(), ada, card)
			require.NoError(t, err)
			require.Equal(t, want, got.Memory)
		}
	})

	t.Run("a single event costs three calls", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, cards))
		require.NoError(t, s.Append(t.Context(), ada, []domain.Event{event(1, cards[0].ID)}))
		var calls []string
		monitor := &monitors.CommandMonitor{Started: func(_ context.Context, started *monitors.CommandStartedEvent) {
			calls = append(calls, started.CommandName)
		}}
		counted, err := open(options.Client().ApplyURI(engines.Mongo(t)).SetMonitor(monitor), s.database.Name())
		require.NoError(t, err)
		require.NoError(t, counted.Append(t.Context(), ada, []domain.Event{event(2, cards[0].ID)}))
		require.NoError(t, counted.Close(t.Context()))
		require.Equal(t, []string{"find", "insert", "update"}, slices.DeleteFunc(calls, func(c string) bool { return c == "endSessions" }))
	})

	t.Run("a single event whose id is taken leaves nothing", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, cards))
		first := event(1, cards[0].ID)
		require.NoError(t, s.Append(t.Context(), ada, []domain.Event{first}))
		again := event(2, cards[1].ID)
		again.ID = first.ID
		requireCode(t, domain.CodeConflict, s.Append(t.Context(), ada, []domain.Event{again}))
		log, err := s.Events(t.Context(), ada, 0, 10)
		require.NoError(t, err)
		require.Equal(t, []domain.Event{first}, log)
		memory, err := s.Memory(t.Context(), ada, cards[1].ID)
		require.NoError(t, err)
		require.Equal(t, domain.NewMemory(), memory.Memory)
	})

	t.Run("numbers that do not follow each other are refused", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		for _, batch := range [][]domain.Event{{event(0, "a")}, {event(1, "a"), event(3, "b")}, {event(1, "a"), event(1, "b")}} {
			requireCode(t, domain.CodeInternal, s.Append(t.Context(), ada, batch))
		}
		requireStored(t, 0, s.events)
	})

	t.Run("a batch that names an event twice conflicts", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		batch := []domain.Event{event(1, "a"), event(2, "b")}
		batch[1].ID = batch[0].ID
		requireCode(t, domain.CodeConflict, s.Append(t.Context(), ada, batch))
		requireStored(t, 0, s.events)
	})
}
