package plots

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// someDay is 2026-11-24, a Tuesday.
const someDay = domain.Day(20781)

func TestDatesBelowAPlot(t *testing.T) {
	labels := func(days domain.Day) []string {
		var found []string
		for _, tick := range dateTicks(someDay-days+1, someDay) {
			found = append(found, tick.Label)
		}
		return found
	}
	t.Run("they are round for the length of the range", func(t *testing.T) {
		assert.Equal(t, []string{"23 Nov", "24 Nov"}, labels(2))
		assert.Equal(t, []string{"26 Oct", "2 Nov", "9 Nov", "16 Nov", "23 Nov"}, labels(30))
		assert.Equal(t, []string{"Jan 2026", "Mar 2026", "May 2026", "Jul 2026", "Sep 2026", "Nov 2026"}, labels(365))
		assert.Equal(t, []string{"2017", "2018", "2019", "2020", "2021", "2022", "2023", "2024", "2025", "2026"}, labels(3650))
	})
	t.Run("there are some, and few enough to be read, whatever the range", func(t *testing.T) {
		for days := domain.Day(2); days <= 3660; days++ {
			found := labels(days)
			require.GreaterOrEqual(t, len(found), 2, days)
			require.LessOrEqual(t, len(found), 12, days)
		}
	})
}

func TestNamesOfMonthsDoNotMeet(t *testing.T) {
	for length := domain.Day(1); length <= 366; length++ {
		for from := someDay; from < someDay+62; from += 5 {
			block := period{from, from + length}
			last := -monthColumns
			for _, day := range monthNames(block) {
				column := block.column(day)
				require.GreaterOrEqual(t, column-last, monthColumns)
				last = column
			}
		}
	}
}

func TestMarksOfAnAxisOfNumbers(t *testing.T) {
	for least, want := range map[float64]int{0: 1, 0.2: 1, 1: 1, 1.1: 2, 3: 5, 11: 20, 501: 1000} {
		assert.Equal(t, want, niceStep(least), least)
	}
	assert.Equal(t, "1,234,567", thousands(1234567))
	assert.Equal(t, "999", thousands(999))
}
