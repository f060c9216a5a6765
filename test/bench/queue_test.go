package main

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestCardsToStudyAreAMix(t *testing.T) {
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 2))
	count, overdue := map[domain.Phase]int{}, 0
	for i := range fewCards {
		m := memoryToStudy(i, fewSteps, random, now)
		count[m.Phase]++
		if m.Phase == domain.PhaseReview && m.DueAt(now) {
			overdue++
		}
		if m.Phase == domain.PhaseLearning {
			assert.True(t, m.DueAt(now), "a card in a learning step is due")
		}
	}
	assert.Equal(t, fewSteps, count[domain.PhaseLearning])
	assert.InDelta(t, 600, count[domain.PhaseReview], 50)
	assert.InDelta(t, 400, overdue, 50)
	assert.Greater(t, float64(overdue)*studyDeckShare/100, 1.1*domain.DefaultReviewsPerDay, "the limit keeps cards of the first deck out, too")
}

func TestAQueueThatIsNotFullEndsARow(t *testing.T) {
	full := learning.Counts{Learning: 3, Review: 200, New: 20}
	require.NoError(t, checkQueue(queueCards, full))
	require.Error(t, checkQueue(queueCards-1, full))
	require.Error(t, checkQueue(queueCards, learning.Counts{Review: 199, New: 20}))
	require.Error(t, checkQueue(queueCards, learning.Counts{Review: 200, New: 19}))
}

func TestABatchThatIsNotAllRecordedEndsARow(t *testing.T) {
	item := `{"status":"recorded"},`
	require.NoError(t, allRecorded([]byte(strings.Repeat(item, batchSize))))
	require.Error(t, allRecorded([]byte(strings.Repeat(item, batchSize-1)+`{"status":"repeated"}`)))
}
