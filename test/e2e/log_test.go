package e2e

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/mongo"
	"github.com/moshrank/spacey-backend/internal/adapters/postgres"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// open returns the ports of the storage, beside the processes that use it.
func (s storage) open(t *testing.T) ports.Storage {
	t.Helper()
	settings := map[string]string{}
	for _, pair := range s.environment {
		name, value, _ := strings.Cut(pair, "=")
		settings[name] = value
	}
	switch s.engine {
	case "sqlite":
		store, err := sqlite.Open(t.Context(), filepath.Join(settings["DATA_DIR"], "spacey.db"), nil)
		require.NoError(t, err)
		t.Cleanup(func() { _ = store.Close() })
		return store.Ports()
	case "postgres":
		store, err := postgres.Open(t.Context(), settings["DATABASE_URL"], nil)
		require.NoError(t, err)
		t.Cleanup(func() { _ = store.Close() })
		return store.Ports()
	default:
		store, err := mongo.Open(t.Context(), settings["MONGO_DB_CONNECTION"], settings["DB_NAME"])
		require.NoError(t, err)
		t.Cleanup(func() { _ = store.Close(context.Background()) })
		return store.Ports()
	}
}

// reviewLog is what storage holds of one person's learning.
type reviewLog struct {
	settings domain.Settings
	events   []domain.Event
	memories map[domain.CardID]domain.Memory
}

// readLog reads a person's whole log and the memories of the cards in it.
func (s *system) readLog(t *testing.T, c *client) reviewLog {
	t.Helper()
	ports := s.storage.open(t)
	owner := domain.UserID(c.user)
	settings, err := ports.LearningSettings.LearningSettings(t.Context(), owner)
	require.NoError(t, err)
	log := reviewLog{settings: settings, memories: map[domain.CardID]domain.Memory{}}
	for after := int64(0); ; {
		events, err := ports.ReviewLog.Events(t.Context(), owner, after, 500)
		require.NoError(t, err)
		log.events = append(log.events, events...)
		if len(events) < 500 {
			break
		}
		after = events[len(events)-1].Seq
	}
	for _, event := range log.events {
		if _, known := log.memories[event.Card]; known {
			continue
		}
		memory, err := ports.Memories.Memory(t.Context(), owner, event.Card)
		require.NoError(t, err)
		log.memories[event.Card] = memory.Memory
	}
	return log
}

// requireGapless checks that the numbers are 1, 2, 3 ...
func (l reviewLog) requireGapless(t *testing.T) {
	t.Helper()
	for i, event := range l.events {
		require.Equal(t, int64(i+1), event.Seq)
	}
}

// requireMemoriesEqualReplay checks every memory against the replay of the card's events.
func (l reviewLog) requireMemoriesEqualReplay(t *testing.T) {
	t.Helper()
	byCard := map[domain.CardID][]domain.Event{}
	for _, event := range l.events {
		byCard[event.Card] = append(byCard[event.Card], event)
	}
	for card, events := range byCard {
		replayed, err := l.settings.Projector().Replay(events)
		require.NoError(t, err)
		require.Equal(t, replayed, l.memories[card], "card %s", card)
	}
}
