package learning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestProgressIsTheScoreAtTheEndOfEachDay(t *testing.T) {
	d := newDesk(t, 4)
	first := domain.DefaultCalendar().DayOf(d.clock.Now())
	var scores []float64
	for day := range 20 {
		if day%6 == 1 {
			d.answer(t, d.cards[day%3], domain.Good)
		}
		// The score of the end of the day, by whole days since the answers.
		score, err := d.service.DeckScore(t.Context(), caller, d.deck)
		require.NoError(t, err)
		assert.Equal(t, 4, score.Cards)
		scores = append(scores, score.Value())
		d.clock.forward(24 * time.Hour)
	}
	progress := func() []float64 {
		progress, err := d.service.Progress(t.Context(), caller, d.deck, first, first+19)
		require.NoError(t, err)
		assert.Equal(t, 4, progress.Cards)
		return progress.Scores
	}
	assert.InDeltaSlice(t, scores, progress(), 1e-9)
	assert.Zero(t, scores[0])
	assert.InDelta(t, 0.25, scores[1], 1e-9)

	log, err := d.service.Log(t.Context(), caller, 0, 10)
	require.NoError(t, err)
	_, err = d.service.Record(t.Context(), caller, domain.Entry{Kind: domain.KindUndo, Undoes: log[0].ID})
	require.NoError(t, err)
	assert.Zero(t, progress()[1], "what was taken back was never there")

	_, err = d.service.Progress(t.Context(), caller, d.deck, first, first-1)
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	_, err = d.service.DeckScore(t.Context(), caller, absentID)
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}
