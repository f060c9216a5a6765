package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestColumnsTakeTurnsAndEveryOtherRoundGoesBackwards(t *testing.T) {
	var order []string
	work := func(name string, rate float64) column {
		return column{name, func(_ context.Context, d time.Duration) (float64, error) {
			order = append(order, name+" "+d.String())
			return rate, nil
		}}
	}
	p := pace{rounds: 2, round: 2 * time.Second}
	comparisons, err := p.against(t.Context(), target{atLeast: 0.5}, work("floor", 100), work("a", 60), work("b", 40))
	require.NoError(t, err)
	assert.Equal(t, []string{"floor 1s", "a 1s", "b 1s", "floor 2s", "a 2s", "b 2s", "b 2s", "a 2s", "floor 2s"}, order)
	require.Len(t, comparisons, 2)
	assert.Equal(t, []float64{0.6, 0.6}, comparisons[0].ratios())
	assert.Equal(t, []float64{0.4, 0.4}, comparisons[1].ratios())
}

func TestRatiosAreOfEachRound(t *testing.T) {
	c := comparison{floors: []float64{100, 10, 50}, figures: []float64{50, 10, 100}}
	assert.Equal(t, []float64{0.5, 1, 2}, c.ratios())
	assert.InDelta(t, 1, median(c.ratios()), 1e-12)
	c.target = target{atMost: 1.5}
	assert.Equal(t, []float64{2, 1, 0.5}, c.ratios(), "a cost is in time, not in rate")
	c.target = target{growAtMost: 64}
	assert.Equal(t, []float64{-50, 0, 50}, c.ratios(), "of sizes it is what was added")
	assert.InDelta(t, 1.5, median([]float64{3, 1, 2, 1}), 1e-12, "of an even number it is the mean of the middle")
}

func TestTargets(t *testing.T) {
	for _, c := range []struct {
		target target
		ratio  float64
		want   string
	}{
		{target{atLeast: 0.5}, 0.5, "met"}, {target{atLeast: 0.5}, 0.49, "missed"},
		{target{atMost: 1.5}, 1.5, "met"}, {target{atMost: 1.5}, 1.51, "missed"},
		{target{growAtMost: 64}, 64, "met"}, {target{growAtMost: 64}, 64.1, "missed"}, {target{growAtMost: 64}, -3, "met"},
		{target{}, 0.1, ""},
	} {
		assert.Equal(t, c.want, c.target.verdict(c.ratio), "%v of %v", c.ratio, c.target)
	}
}

func TestRatesHaveThreeDigits(t *testing.T) {
	for given, want := range map[float64]string{12345.6: "12300", 999.6: "1000", 1.2345: "1.23", 41.42: "41.4", 0: "0"} {
		assert.Equal(t, want, rate(given))
	}
}

// table runs rows that stand in for the real ones, and returns what was printed.
func table(t *testing.T, choice string, given ...row) (string, error) {
	t.Helper()
	all := rows
	rows = given
	defer func() { rows = all }()
	var out bytes.Buffer
	err := measure(t.Context(), &lab{pace: pace{1, time.Second}}, regexp.MustCompile(choice), &out, io.Discard)
	return out.String(), err
}

func always(c ...comparison) func(context.Context, *lab) ([]comparison, error) {
	return func(context.Context, *lab) ([]comparison, error) { return c, nil }
}

func TestTable(t *testing.T) {
	slow := comparison{floor: "the floor", figure: "spacey", floors: []float64{1000}, figures: []float64{100}, target: target{atLeast: 0.5}}
	t.Run("a missed target is told and is no failure", func(t *testing.T) {
		out, err := table(t, ".", row{name: "slow", compare: always(slow)})
		require.NoError(t, err)
		assert.Contains(t, out, "| slow | the floor | 1000 | spacey | 100 | 0.10 (0.10 to 0.10) | at least 0.5 | missed |")
	})
	t.Run("what the machine lacks is told and is no failure", func(t *testing.T) {
		out, err := table(t, ".", row{name: "mongo", compare: func(context.Context, *lab) ([]comparison, error) {
			return nil, &notMeasured{"not measured: no mongod"}
		}})
		require.NoError(t, err)
		assert.Contains(t, out, "not measured: no mongod")
	})
	t.Run("a row that breaks is a failure, and the others are printed", func(t *testing.T) {
		broken := errors.New("it answered 500")
		out, err := table(t, ".", row{name: "broken", compare: func(context.Context, *lab) ([]comparison, error) { return nil, broken }},
			row{name: "slow", compare: always(slow)})
		require.ErrorIs(t, err, broken)
		assert.Contains(t, out, "failed")
		assert.Contains(t, out, "| slow |")
	})
	t.Run("rows are chosen by name, and no row at all is a failure", func(t *testing.T) {
		out, err := table(t, "^b$", row{name: "a", compare: always(slow)}, row{name: "b", compare: always(slow)})
		require.NoError(t, err)
		assert.Equal(t, 1, strings.Count(out, "spacey"))
		_, err = table(t, "nothing", row{name: "a", compare: always(slow)})
		require.Error(t, err)
	})
}

func TestAWrongAnswerEndsALoad(t *testing.T) {
	wrong := errors.New("wrong")
	_, err := inParallel(t.Context(), time.Minute, func(client int) error {
		if client == 3 {
			return wrong
		}
		return nil
	})
	assert.ErrorIs(t, err, wrong)
}
