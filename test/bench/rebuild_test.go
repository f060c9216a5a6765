package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestHistoriesOfARebuild(t *testing.T) {
	logs, err := histories(50)
	require.NoError(t, err)
	answers := statesOf(logs)
	for i, log := range logs {
		require.Len(t, log, rebuildHistory)
		memory, err := domain.DefaultSettings("").Projector().Replay(log)
		require.NoError(t, err)
		assert.Equal(t, log[rebuildHistory-1].After, memory, "a replay gives what the log has")
		require.Len(t, answers[i], rebuildHistory, "both sides have as many answers")
		days := uint64(0)
		for j, answer := range answers[i] {
			assert.EqualValues(t, log[j].Rating, answer.rating, "both sides have the same ratings")
			days += answer.days
		}
		assert.EqualValues(t, log[rebuildHistory-1].Day-log[0].Day, days, "both sides have the same days")
		assert.Positive(t, days, "answers are days after the last one")
	}
}
