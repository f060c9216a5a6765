package learning_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

func (d desk) compare(t *testing.T, who domain.Identity) *domain.Comparison {
	t.Helper()
	comparison, err := d.service.Compare(t.Context(), who)
	require.NoError(t, err)
	return comparison
}

func TestAlgorithmsAreComparedOnOnesOwnLog(t *testing.T) {
	d := newDesk(t, 3)
	day := func(n int) { d.clock.forward(time.Duration(n) * 24 * time.Hour) }
	d.answer(t, d.cards[0], domain.Good)
	d.answer(t, d.cards[1], domain.Good)
	day(1)
	d.answer(t, d.cards[0], domain.Good)
	d.answer(t, d.cards[1], domain.Again)
	d.answer(t, d.cards[2], domain.Good) // a first answer is not predicted
	day(2)
	taken := d.answer(t, d.cards[0], domain.Again)

	comparison := d.compare(t, caller)
	assert.Equal(t, 3, comparison.Reviews)
	assert.Equal(t, 2, comparison.Cards)
	for _, compared := range comparison.Accuracies() {
		loss, known := compared.LogLoss()
		assert.True(t, known, compared.Algorithm)
		if compared.Algorithm == domain.AlgorithmHalfLife { // each card waited for its half-life
			assert.InDelta(t, math.Ln2, loss, 1e-9)
		}
	}
	assert.NotEmpty(t, comparison.Best())

	t.Run("what is taken back is gone", func(t *testing.T) {
		_, err := d.service.Record(t.Context(), caller, domain.Entry{Kind: domain.KindUndo, Undoes: taken.ID})
		require.NoError(t, err)
		assert.Equal(t, 2, d.compare(t, caller).Reviews)
	})
	t.Run("a reset leaves what was before it", func(t *testing.T) {
		_, err := d.service.Reset(t.Context(), caller, d.cards[0], "")
		require.NoError(t, err)
		assert.Equal(t, 2, d.compare(t, caller).Reviews)
	})
	t.Run("cards that were deleted are not read", func(t *testing.T) {
		require.NoError(t, d.storage.Cards.DeleteCard(t.Context(), caller.User, d.cards[1]))
		assert.Equal(t, 1, d.compare(t, caller).Reviews)
	})
	t.Run("others see nothing of it", func(t *testing.T) {
		stranger := d.compare(t, domain.Identity{User: "0190a000-0000-7000-8000-0000000000bb"})
		assert.Zero(t, stranger.Reviews)
		assert.Empty(t, stranger.Best())
	})
}

func TestAComparisonIsWholeOrNone(t *testing.T) {
	projections, log := mocks.NewProjections(t), mocks.NewReviewLog(t)
	broken := errors.New("broken")
	projections.EXPECT().MemoriesByCard(mock.Anything, caller.User, mock.Anything, mock.Anything).Return([]domain.CardMemory{{Card: answer.Card}}, nil)
	log.EXPECT().CardEvents(mock.Anything, caller.User, []domain.CardID{answer.Card}).Return(nil, broken)
	service := learning.New(ports.Storage{Projections: projections, ReviewLog: log}, &clock{now: noon}, nil)
	comparison, err := service.Compare(t.Context(), caller)
	require.ErrorIs(t, err, broken)
	assert.Nil(t, comparison)
}
