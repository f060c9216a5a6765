package porttest

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testGenerationUsage(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"use is granted up to the limit and not beyond, and what is refused is not counted", usageLimit},
		{"the limit may be another one each time", usageOtherLimits},
		{"each person and day has a count of its own", usageOfTwo},
		{"large amounts are counted", usageLarge},
		{"many at once never get beyond the limit together", usageRace},
		{"many at once get all that the limit allows in the end", usageRaceFull},
		{"a cancelled context counts nothing", usageCancelled},
	})
}

// count counts use where that must work.
func count(t *testing.T, s ports.Storage, owner domain.UserID, day domain.Day, amount, limit int) (granted bool) {
	t.Helper()
	granted, err := s.GenerationUsage.CountUsage(t.Context(), owner, day, amount, limit)
	require.NoError(t, err)
	return granted
}

// requireUsed checks how much a person has used on a day. Afterwards it is one more.
func requireUsed(t *testing.T, s ports.Storage, want int, owner domain.UserID, day domain.Day) {
	t.Helper()
	require.Falsef(t, count(t, s, owner, day, 1, want), "there is room for 1 below %d on day %d", want, day)
	require.Truef(t, count(t, s, owner, day, 1, want+1), "there is no room for 1 above %d on day %d", want, day)
}

func usageLimit(t *testing.T, engine Engine) {
	s := engine.Open(t)
	require.False(t, count(t, s, ada, usageDay, 11, 10), "the first one may be too much")
	require.True(t, count(t, s, ada, usageDay, 4, 10))
	require.False(t, count(t, s, ada, usageDay, 7, 10))
	require.True(t, count(t, s, ada, usageDay, 5, 10))
	require.False(t, count(t, s, ada, usageDay, 2, 10))
	require.True(t, count(t, s, ada, usageDay, 1, 10), "up to the limit")
	for range 3 {
		require.False(t, count(t, s, ada, usageDay, 1, 10))
	}
	requireUsed(t, s, 10, ada, usageDay)
	require.True(t, count(t, s, ada, usageDay+1, 10, 10), "all at once")
	require.False(t, count(t, s, ada, usageDay+2, 1, 0), "nothing is allowed")
	requireUsed(t, s, 0, ada, usageDay+2)
}

func usageOtherLimits(t *testing.T, engine Engine) {
	s := engine.Open(t)
	require.True(t, count(t, s, ada, usageDay, 5, 5))
	require.True(t, count(t, s, ada, usageDay, 5, 20))
	require.False(t, count(t, s, ada, usageDay, 1, 5))
	require.False(t, count(t, s, ada, usageDay, 1, 10))
	require.False(t, count(t, s, ada, usageDay, 1, 0))
	require.True(t, count(t, s, ada, usageDay, 1, 11))
	requireUsed(t, s, 11, ada, usageDay)
}

func usageOfTwo(t *testing.T, engine Engine) {
	s := engine.Open(t)
	days := []domain.Day{0, 1, 10, 11, 20_513, 20_514, 205_130}
	for i, day := range days {
		require.True(t, count(t, s, ada, day, i+1, 100))
		require.True(t, count(t, s, bob, day, i+50, 100))
	}
	for i, day := range days {
		requireUsed(t, s, i+1, ada, day)
		requireUsed(t, s, i+50, bob, day)
	}
}

func usageLarge(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for used := range 3 {
		require.True(t, count(t, s, ada, usageDay, math.MaxInt32, 3*math.MaxInt32), used)
	}
	require.False(t, count(t, s, ada, usageDay, 1, 3*math.MaxInt32))
	requireUsed(t, s, 3*math.MaxInt32, ada, usageDay)
}

// errRefused is what a racer gets that is not granted.
var errRefused = errors.New("the use is not granted")

// countRace counts use from many goroutines and returns how much was granted, and how many were not.
func countRace(t *testing.T, s ports.Storage, amount func(i int) int, limit int) (granted, refused int) {
	t.Helper()
	got := race(racers, func(i int) error {
		ok, err := s.GenerationUsage.CountUsage(t.Context(), ada, usageDay, amount(i), limit)
		if err == nil && !ok {
			return errRefused
		}
		return err
	})
	for i, err := range got {
		if err == nil {
			granted += amount(i)
			continue
		}
		require.Same(t, errRefused, err)
		refused++
	}
	return granted, refused
}

func usageRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	const limit = 30
	granted, _ := countRace(t, s, func(i int) int { return 1 + i%5 }, limit)
	require.LessOrEqual(t, granted, limit)
	requireUsed(t, s, granted, ada, usageDay)
}

func usageRaceFull(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for _, rest := range []int{racers / 4, racers / 2} {
		granted, refused := countRace(t, s, func(int) int { return 3 }, 3*rest)
		require.Equal(t, 3*racers/4, granted, "how much is granted in each round")
		require.Equal(t, racers-granted/3, refused)
	}
	requireUsed(t, s, 3*racers/2, ada, usageDay)
}

func usageCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	require.True(t, count(t, s, ada, usageDay, 2, 10))
	_, more := s.GenerationUsage.CountUsage(cancelled(t), ada, usageDay, 1, 10)
	_, first := s.GenerationUsage.CountUsage(cancelled(t), bob, usageDay, 1, 10)
	requireCancelled(t, map[string]error{"CountUsage": more, "CountUsage for the first time": first})
	requireUsed(t, s, 2, ada, usageDay)
	requireUsed(t, s, 0, bob, usageDay)
}
