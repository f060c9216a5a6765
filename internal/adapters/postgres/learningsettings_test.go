package postgres

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestLearningSettings(t *testing.T) {
	t.Run("weights are stored though nobody chose them: another default changes no schedule that was in force", func(t *testing.T) {
		store := freshStore(t)
		_, err := store.Ports().LearningSettings.UpdateLearningSettings(t.Context(), owner, func(*domain.Settings) error { return nil })
		require.NoError(t, err)
		var weights [21]float64
		stored := texts(t, store, "SELECT (schedules -> 0 -> 'weights')::text FROM learning_settings")
		require.NoError(t, json.Unmarshal([]byte(stored[0]), &weights))
		require.Equal(t, domain.DefaultWeights(), weights)
	})
	t.Run("of two processes that are the first to store settings neither loses what it set", func(t *testing.T) {
		slow := freshStore(t)
		fast := openStore(t, slow.pool.Config().ConnString())
		met := false
		settings, err := slow.Ports().LearningSettings.UpdateLearningSettings(t.Context(), owner, func(s *domain.Settings) error {
			if !met {
				met = true
				_, err := fast.Ports().LearningSettings.UpdateLearningSettings(t.Context(), owner, func(s *domain.Settings) error {
					s.Decks["fast"] = domain.Limits{}
					return nil
				})
				require.NoError(t, err)
			}
			s.Decks["slow"] = domain.Limits{}
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, map[domain.DeckID]domain.Limits{"fast": {}, "slow": {}}, settings.Decks)
		require.Equal(t, int64(2), settings.Rev)
	})
}
