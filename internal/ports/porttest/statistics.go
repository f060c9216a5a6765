package porttest

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testStatistics(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a month comes back as given, its data byte for byte", monthRoundTrip},
		{"months are listed in order from one to another, both included", monthsListed},
		{"months that were never counted are an empty list", monthsNone},
		{"each person has months of their own", monthsOfTwo},
		{"forgetting removes all months of a person, which can be put again", monthsForgotten},
		{"what callers do to their copy of a month changes nothing", monthCopies},
		{"a cancelled context lists, puts and forgets no month", monthsCancelled},
	})
	runCases(t, engine, putMonthCases())
}

// cachedMonth returns a month that was counted up to a number. Its data tell of both.
func cachedMonth(month int, seq int64) ports.CachedMonth {
	return ports.CachedMonth{Month: month, Seq: seq, Data: fmt.Appendf(nil, "month %d up to %d", month, seq)}
}

// put stores a month where that must work.
func put(ctx context.Context, t *testing.T, s ports.Storage, owner domain.UserID, was int64, month ports.CachedMonth) {
	t.Helper()
	done, err := s.Statistics.PutCachedMonth(ctx, owner, was, month)
	require.NoError(t, err)
	require.True(t, done, "the month is stored")
}

// requireNotPut checks that a month is not stored.
func requireNotPut(t *testing.T, s ports.Storage, owner domain.UserID, was int64, month ports.CachedMonth) {
	t.Helper()
	done, err := s.Statistics.PutCachedMonth(t.Context(), owner, was, month)
	require.NoError(t, err, "another number is no error")
	require.False(t, done, "the month is not stored")
}

// requireMonths checks the months from one to another.
func requireMonths(t *testing.T, s ports.Storage, owner domain.UserID, from, to int, want ...ports.CachedMonth) {
	t.Helper()
	got, err := s.Statistics.CachedMonths(t.Context(), owner, from, to)
	require.NoError(t, err)
	require.NotNil(t, got, "a list is never nil")
	for i := range got {
		// Nothing need not be told from nothing.
		got[i].Data = append([]byte{}, got[i].Data...)
	}
	require.Equal(t, append([]ports.CachedMonth{}, want...), got)
}

// requireAllMonths checks all that was counted of a person.
func requireAllMonths(t *testing.T, s ports.Storage, owner domain.UserID, want ...ports.CachedMonth) {
	t.Helper()
	requireMonths(t, s, owner, 0, math.MaxInt32, want...)
}

func monthRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	bytes := make([]byte, 256)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	months := []ports.CachedMonth{
		{Month: 0, Seq: 7}, {Month: 1, Seq: 1, Data: []byte{0}}, {Month: 24_315, Seq: 1<<40 + 1, Data: bytes},
		{Month: 24_316, Seq: 1, Data: []byte("{}")}, {Month: 24_317, Seq: 2, Data: []byte{}},
	}
	for i, month := range months {
		put(t.Context(), t, s, ada, 0, month)
		months[i].Data = append([]byte{}, month.Data...)
		requireMonths(t, s, ada, month.Month, month.Month, months[i])
	}
	requireAllMonths(t, s, ada, months...)
	for i := range months {
		was := months[i].Seq
		months[i].Seq, months[i].Data = was+1, bytes[i:]
		put(t.Context(), t, s, ada, was, months[i])
	}
	requireAllMonths(t, s, ada, months...)
}

func monthsListed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	numbers := []int{0, 1, 9, 10, 24_314, 24_315, 24_317, 100_000, 119_999}
	for _, i := range []int{4, 8, 0, 6, 2, 7, 1, 5, 3} {
		put(t.Context(), t, s, ada, 0, cachedMonth(numbers[i], int64(i+1)))
	}
	want := []ports.CachedMonth{}
	for i, number := range numbers {
		want = append(want, cachedMonth(number, int64(i+1)))
	}
	requireMonths(t, s, ada, math.MinInt32, math.MaxInt32, want...)
	for from := range numbers {
		for to := from; to < len(numbers); to++ {
			requireMonths(t, s, ada, numbers[from], numbers[to], want[from:to+1]...)
		}
	}
	requireMonths(t, s, ada, 2, 24_316, want[2:6]...)
	requireMonths(t, s, ada, 24_316, 24_316)
	requireMonths(t, s, ada, 24_317, 24_314)
}

func monthsNone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireAllMonths(t, s, ada)
	put(t.Context(), t, s, ada, 0, cachedMonth(24_315, 1))
	requireMonths(t, s, ada, 24_316, 24_320)
	requireMonths(t, s, ada, 0, 24_314)
}

func monthsOfTwo(t *testing.T, engine Engine) {
	s := engine.Open(t)
	put(t.Context(), t, s, ada, 0, cachedMonth(24_315, 1))
	requireAllMonths(t, s, bob)
	requireNotPut(t, s, bob, 1, cachedMonth(24_315, 2))
	put(t.Context(), t, s, bob, 0, cachedMonth(24_315, 5))
	put(t.Context(), t, s, bob, 5, cachedMonth(24_315, 6))
	requireAllMonths(t, s, ada, cachedMonth(24_315, 1))
	requireAllMonths(t, s, bob, cachedMonth(24_315, 6))
	require.NoError(t, s.Statistics.ForgetCachedMonths(t.Context(), ada))
	requireAllMonths(t, s, ada)
	requireAllMonths(t, s, bob, cachedMonth(24_315, 6))
}

func monthsForgotten(t *testing.T, engine Engine) {
	s := engine.Open(t)
	require.NoError(t, s.Statistics.ForgetCachedMonths(t.Context(), ada), "there is nothing to forget")
	for _, number := range []int{0, 24_315, 119_999} {
		put(t.Context(), t, s, ada, 0, cachedMonth(number, 3))
	}
	event := newEvent(ada, 1, cardID(1))
	appendEvents(t, s, event)
	require.NoError(t, s.Statistics.ForgetCachedMonths(t.Context(), ada))
	requireAllMonths(t, s, ada)
	requireLog(t, s, ada, event)
	put(t.Context(), t, s, ada, 0, cachedMonth(24_315, 2))
	requireAllMonths(t, s, ada, cachedMonth(24_315, 2))
}

func monthCopies(t *testing.T, engine Engine) {
	s := engine.Open(t)
	month := cachedMonth(24_315, 1)
	put(t.Context(), t, s, ada, 0, month)
	month.Data[0] = 'X'
	requireAllMonths(t, s, ada, cachedMonth(24_315, 1))
	got, err := s.Statistics.CachedMonths(t.Context(), ada, 24_315, 24_315)
	require.NoError(t, err)
	require.Len(t, got, 1)
	got[0].Data[0] = 'X'
	requireAllMonths(t, s, ada, cachedMonth(24_315, 1))
}

func monthsCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	put(t.Context(), t, s, ada, 0, cachedMonth(24_315, 1))
	ctx := cancelled(t)
	_, list := s.Statistics.CachedMonths(ctx, ada, 0, 24_315)
	_, inserted := s.Statistics.PutCachedMonth(ctx, ada, 0, cachedMonth(24_316, 1))
	_, updated := s.Statistics.PutCachedMonth(ctx, ada, 1, cachedMonth(24_315, 2))
	forgotten := s.Statistics.ForgetCachedMonths(ctx, ada)
	requireCancelled(t, map[string]error{
		"CachedMonths": list, "PutCachedMonth (new)": inserted, "PutCachedMonth": updated, "ForgetCachedMonths": forgotten,
	})
	requireAllMonths(t, s, ada, cachedMonth(24_315, 1))
}
