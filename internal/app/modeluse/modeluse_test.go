package modeluse_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/modeluse"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

const ada = domain.UserID("0190a000-0000-7000-8000-000000000001")

// today is the day of the clock.
var today = domain.Day(noon.Unix() / (24 * 60 * 60))

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func TestGrant(t *testing.T) {
	for name, c := range map[string]struct {
		document string
		limit    int
	}{
		"the document says how much there is":   {`{"charactersPerDay":50}`, 50},
		"the document may allow nothing":        {`{"charactersPerDay":0}`, 0},
		"without a document the default counts": {"", 100_000},
		"so it does where it says nothing":      {`{}`, 100_000},
		"and where it cannot be read":           {`{"charactersPerDay":"many"}`, 100_000},
	} {
		t.Run(name, func(t *testing.T) {
			budget, configs, usage := newBudget(t)
			var err error
			if c.document == "" {
				err = domain.NotFound("document")
			}
			configs.EXPECT().Config(mock.Anything, modeluse.LimitsConfig).Return(domain.ConfigDocument{Value: []byte(c.document)}, err)
			usage.EXPECT().CountUsage(mock.Anything, ada, today, 20, c.limit).Return(true, nil)
			granted, limit, err := budget.Grant(t.Context(), ada, 20)
			require.NoError(t, err)
			assert.True(t, granted)
			assert.Equal(t, c.limit, limit)
		})
	}
	t.Run("what is too much is not granted, and nothing counts as one", func(t *testing.T) {
		budget, configs, usage := newBudget(t)
		configs.EXPECT().Config(mock.Anything, mock.Anything).Return(domain.ConfigDocument{Value: []byte(`{}`)}, nil)
		usage.EXPECT().CountUsage(mock.Anything, ada, today, 1, 100_000).Return(false, nil)
		granted, limit, err := budget.Grant(t.Context(), ada, 0)
		require.NoError(t, err)
		assert.False(t, granted)
		assert.Equal(t, 100_000, limit)
	})
	t.Run("nothing is granted while the limit is not known", func(t *testing.T) {
		budget, configs, _ := newBudget(t)
		away := errors.New("away")
		configs.EXPECT().Config(mock.Anything, mock.Anything).Return(domain.ConfigDocument{}, away)
		granted, _, err := budget.Grant(t.Context(), ada, 20)
		assert.ErrorIs(t, err, away)
		assert.False(t, granted)
	})
}

func newBudget(t *testing.T) (*modeluse.Budget, *mocks.Configs, *mocks.GenerationUsage) {
	t.Helper()
	clock, configs, usage := mocks.NewClock(t), mocks.NewConfigs(t), mocks.NewGenerationUsage(t)
	clock.EXPECT().Now().Return(noon).Maybe()
	return &modeluse.Budget{Configs: configs, Usage: usage, Clock: clock}, configs, usage
}
