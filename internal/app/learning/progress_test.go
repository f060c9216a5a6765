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

// The numbers are worked out by hand from the formulas in docs/Learning.md.
func TestTheScoreOfADeckIsWhatTheFormulaSays(t *testing.T) {
	score := func(d desk) float64 {
		score, err := d.service.DeckScore(t.Context(), caller, d.deck)
		require.NoError(t, err)
		return score.Value()
	}
	t.Run("half-life: right once, then a day, two days; right twice", func(t *testing.T) {
		d := newDesk(t, 4)
		d.change(t, useAlgorithm(domain.AlgorithmHalfLife))
		d.answer(t, d.cards[0], domain.Good) // h = 1
		d.answer(t, d.cards[1], domain.Good)
		d.clock.forward(time.Second)
		d.answer(t, d.cards[1], domain.Good) // h = 2, a second later
		d.answer(t, d.cards[2], domain.Good)
		d.clock.forward(time.Second)
		d.answer(t, d.cards[2], domain.Again) // h = 1/2
		d.clock.forward(24 * time.Hour)
		// 2^-1 + 2^(-1/2) + 2^-2 + 0, of four cards; the seconds change the seventh place
		assert.InDelta(t, (0.5+0.70710678+0.25)/4, score(d), 2e-5)
		d.clock.forward(24 * time.Hour)
		assert.InDelta(t, (0.25+0.5+0.0625)/4, score(d), 2e-5)
	})
	t.Run("FSRS-6: after as many days as the stability is, and twice as many", func(t *testing.T) {
		d := newDesk(t, 2)
		d.answer(t, d.cards[0], domain.Good) // S = 2.3065
		stability := 2.3065 * 24 * float64(time.Hour)
		d.clock.forward(time.Duration(stability))
		assert.InDelta(t, 0.9/2, score(d), 1e-6)
		d.clock.forward(time.Duration(stability))
		// f = 0.9^(-1/0.1542) - 1 = 0.980346; (1 + 2f)^-0.1542 = 0.845885
		assert.InDelta(t, 0.845885/2, score(d), 1e-5)
	})
}
