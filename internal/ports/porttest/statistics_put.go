package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func putMonthCases() []testCase {
	return []testCase{
		{"a month is put once where there must be none", putMonthNew},
		{"a month is put where the stored one has the number expected, and truly reported", putMonthExpected},
		{"putting a month leaves the others", putMonthLeaves},
		{"of many who put a new month one does", putMonthRace},
		{"of many who put a month that is there one does", putMonthAgainRace},
	}
}

func putMonthNew(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for _, was := range []int64{1, 5, -1} {
		requireNotPut(t, s, ada, was, cachedMonth(24_315, 5))
		requireAllMonths(t, s, ada)
	}
	put(t.Context(), t, s, ada, 0, cachedMonth(24_315, 5))
	for _, seq := range []int64{4, 5, 6} {
		other := cachedMonth(24_315, seq)
		other.Data = []byte("other")
		requireNotPut(t, s, ada, 0, other)
		requireAllMonths(t, s, ada, cachedMonth(24_315, 5))
	}
}

func putMonthExpected(t *testing.T, engine Engine) {
	s := engine.Open(t)
	put(t.Context(), t, s, ada, 0, cachedMonth(24_315, 5))
	now := int64(5)
	for _, seq := range []int64{6, 9, 9, 2, 1 << 40, 1<<40 + 1} {
		for _, was := range []int64{now - 1, now + 1, now - 1<<32, now + 1<<32} {
			if was != 0 {
				requireNotPut(t, s, ada, was, cachedMonth(24_315, seq+7))
				requireNotPut(t, s, ada, was, cachedMonth(24_315, was))
			}
		}
		month := cachedMonth(24_315, seq)
		month.Data = append(month.Data, byte(now))
		put(t.Context(), t, s, ada, now, month)
		requireAllMonths(t, s, ada, month)
		now = seq
	}
}

func putMonthLeaves(t *testing.T, engine Engine) {
	s := engine.Open(t)
	months := []ports.CachedMonth{}
	for i, number := range []int{0, 1, 24_315, 24_316} {
		months = append(months, cachedMonth(number, 5))
		put(t.Context(), t, s, ada, 0, months[i])
	}
	for i := range months {
		months[i] = cachedMonth(months[i].Month, 6)
		put(t.Context(), t, s, ada, 5, months[i])
		requireAllMonths(t, s, ada, months...)
	}
}

// errLostRace is what a racer says who was not the one to put a month.
var errLostRace = domain.NewError(domain.CodeConflict, "Somebody else put the month.")

// raceToPut lets many put a month at once and checks that one does.
func raceToPut(t *testing.T, s ports.Storage, was int64, month func(i int) ports.CachedMonth) {
	t.Helper()
	got := race(racers, func(i int) error {
		done, err := s.Statistics.PutCachedMonth(t.Context(), ada, was, month(i))
		if err == nil && !done {
			err = errLostRace
		}
		return err
	})
	winner := requireOneWinner(t, got, domain.CodeConflict)
	for i, err := range got {
		if i != winner {
			require.ErrorIs(t, err, errLostRace, "another number is no error")
		}
	}
	requireAllMonths(t, s, ada, month(winner))
}

func putMonthRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	raceToPut(t, s, 0, func(i int) ports.CachedMonth { return cachedMonth(24_315, int64(i+1)) })
}

func putMonthAgainRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	put(t.Context(), t, s, ada, 0, cachedMonth(24_315, 1))
	raceToPut(t, s, 1, func(i int) ports.CachedMonth { return cachedMonth(24_315, int64(i+2)) })
}
