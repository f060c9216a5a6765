package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testRecentEvents(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"an empty store has no newest event and an empty list", recentEmpty},
		{"the newest event is the one recorded last, whoever's it is", recentLast},
		{"events of all people are listed by time of recording, then id, in pages", recentPages},
		{"events are listed from a time on, that time included", recentSince},
		{"a cancelled context lists no events", recentCancelled},
	})
}

func recentEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	last, err := s.RecentEvents.LastRecorded(t.Context())
	require.NoError(t, err)
	require.True(t, last.IsZero())
	list, err := s.RecentEvents.RecordedSince(t.Context(), time.UnixMilli(0).UTC(), ports.Page{Limit: 10})
	requireEmpty(t, list, err)
}

// addRecent appends events of two people, some recorded at one time, and returns them by time, then id.
func addRecent(t *testing.T, s ports.Storage) []domain.Event {
	t.Helper()
	event := func(owner domain.UserID, seq int64, id, seconds int) domain.Event {
		e := newEvent(owner, seq, cardID(1))
		e.ID, e.RecordedAt = eventID(id), at(seconds)
		return e
	}
	list := []domain.Event{
		event(bob, 2, 9, 10), event(ada, 1, 1, 20), event(bob, 1, 2, 20), event(ada, 3, 3, 20), event(bob, 3, 4, 20),
		event(bob, 4, 5, 30), event(ada, 2, 6, 30), event(ada, 4, 0, 40),
	}
	for _, i := range []int{1, 2, 6, 0, 3, 4, 5, 7} {
		appendEvents(t, s, list[i])
	}
	return list
}

func recentLast(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireLast := func(want time.Time) {
		t.Helper()
		last, err := s.RecentEvents.LastRecorded(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, last)
	}
	for _, step := range []struct {
		owner              domain.UserID
		seq                int64
		recorded, expected int
	}{{ada, 1, 50, 50}, {bob, 1, 40, 50}, {bob, 2, 60, 60}, {ada, 2, 55, 60}, {bob, 3, 30, 60}} {
		event := newEvent(step.owner, step.seq, cardID(1))
		event.RecordedAt, event.FinishedAt = at(step.recorded), at(9999)
		appendEvents(t, s, event)
		requireLast(at(step.expected))
	}
}

func recentPages(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addRecent(t, s)
	place := func(e domain.Event) ports.Cursor { return ports.Cursor{At: e.RecordedAt, ID: string(e.ID)} }
	requirePages(t, list, place, func(page ports.Page) ([]domain.Event, error) {
		return s.RecentEvents.RecordedSince(t.Context(), at(0), page)
	})
}

func recentSince(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addRecent(t, s)
	for since, want := range map[time.Time][]domain.Event{
		at(10): list, at(10).Add(time.Millisecond): list[1:], at(20): list[1:], at(30): list[5:], at(40): list[7:],
	} {
		got, err := s.RecentEvents.RecordedSince(t.Context(), since, ports.Page{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	early := ports.Cursor{At: at(10), ID: string(eventID(9))}
	got, err := s.RecentEvents.RecordedSince(t.Context(), at(30), ports.Page{After: early, Limit: 10})
	require.NoError(t, err)
	require.Equal(t, list[5:], got, "the later of the time and the cursor counts")
	got, err = s.RecentEvents.RecordedSince(t.Context(), at(41), ports.Page{Limit: 10})
	requireEmpty(t, got, err)
}

func recentCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	ctx := cancelled(t)
	_, last := s.RecentEvents.LastRecorded(ctx)
	_, list := s.RecentEvents.RecordedSince(ctx, at(0), ports.Page{Limit: 10})
	requireCancelled(t, map[string]error{"LastRecorded": last, "RecordedSince": list})
}
