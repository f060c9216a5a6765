package porttest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testEventFacts(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"what is counted of events of every kind comes back as given, all else is zero", factsOfKinds},
		{"times that are counted come back in UTC to the millisecond, zero as zero", factsTimes},
		{"what is counted follows a number, in order", factsFollow},
		{"each person's own events are counted", factsOfTwo},
		{"more events than a server sends at once are counted", factsOfMany},
		{"a loop over what is counted may end early", factsBreak},
		{"a caller may read and write while it loops over what is counted", factsMeanwhile},
		{"a cancelled context counts nothing", factsCancelled},
	})
}

// factsOf returns what is counted of events.
func factsOf(events ...domain.Event) []domain.Event {
	facts := make([]domain.Event, len(events))
	for i, e := range events {
		facts[i] = domain.Event{
			User: e.User, Seq: e.Seq, Kind: e.Kind, Deck: e.Deck, Rating: e.Rating,
			StartedAt: e.StartedAt, FinishedAt: e.FinishedAt, AnsweredAt: e.AnsweredAt, Day: e.Day, Zone: e.Zone,
			Undoes: e.Undoes, Asked: e.Asked,
		}
	}
	return facts
}

// requireFacts checks what is counted of the events behind a number.
func requireFacts(t *testing.T, s ports.Storage, owner domain.UserID, after int64, want ...domain.Event) {
	t.Helper()
	got := []domain.Event{}
	for event, err := range s.EventFacts.EventFacts(t.Context(), owner, after) {
		require.NoError(t, err)
		got = append(got, event)
	}
	require.Equal(t, factsOf(want...), got)
}

func factsOfKinds(t *testing.T, engine Engine) {
	s := engine.Open(t)
	kinds := []domain.Kind{domain.KindReview, domain.KindReset, domain.KindUndo, domain.KindReschedule, domain.KindImport}
	events := []domain.Event{}
	for i, kind := range append(kinds, kinds...) {
		events = append(events, newEventOf(kind, ada, int64(i+1), cardID(i%3)))
	}
	bare := newEvent(ada, 11, cardID(1))
	bare.Day, bare.Deck, bare.Session = -1, deckID(2), ""
	asked := newEventOf(domain.KindReview, ada, 12, cardID(1))
	asked.Asked = domain.Asked{Phase: domain.PhaseNew, Recall: 0.1 + 0.2}
	events = append(events, bare, asked)
	appendEvents(t, s, events...)
	requireFacts(t, s, ada, 0, events...)
}

func factsTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := []domain.Event{}
	for i, instant := range append(instants(), time.Time{}, start) {
		event := newEvent(ada, int64(i+1), cardID(1))
		event.StartedAt, event.FinishedAt, event.AnsweredAt = instant, instant, instant
		appendEvents(t, s, event)
		event.StartedAt, event.FinishedAt, event.AnsweredAt = instant.UTC(), instant.UTC(), instant.UTC()
		events = append(events, event)
	}
	requireFacts(t, s, ada, 0, events...)
}

func factsFollow(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := shuffledEvents(cardID(1), cardID(2), cardID(1), cardID(3), cardID(2))
	appendEvents(t, s, events[:3]...)
	appendEvents(t, s, events[3:]...)
	for after := range len(events) + 2 {
		requireFacts(t, s, ada, int64(after), events[min(after, len(events)):]...)
	}
	requireFacts(t, s, ada, 1<<40)
}

func factsOfTwo(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireFacts(t, s, ada, 0)
	mine, theirs := newEvents(ada, 1, cardID(1), cardID(2)), newEvents(bob, 1, cardID(1), cardID(3), cardID(3))
	appendEvents(t, s, theirs...)
	requireFacts(t, s, ada, 0)
	appendEvents(t, s, mine...)
	requireFacts(t, s, ada, 0, mine...)
	requireFacts(t, s, bob, 1, theirs[1:]...)
}

// manyEvents appends more events than a server sends at once.
func manyEvents(t *testing.T, s ports.Storage) []domain.Event {
	t.Helper()
	events := newEvents(ada, 1, make([]domain.CardID, 250)...)
	for i := range events {
		events[i].Card = cardID(i % 7)
	}
	appendEvents(t, s, events...)
	return events
}

func factsOfMany(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := manyEvents(t, s)
	requireFacts(t, s, ada, 0, events...)
	requireFacts(t, s, ada, 20, events[20:]...)
}

func factsBreak(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := manyEvents(t, s)
	for range 30 {
		for event, err := range s.EventFacts.EventFacts(t.Context(), ada, 0) {
			require.NoError(t, err)
			require.Equal(t, int64(1), event.Seq)
			break
		}
	}
	// A store whose loop kept something of what it has few of would wait for ever.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, s.ReviewLog.Append(ctx, ada, []domain.Event{newEvent(ada, 251, cardID(1))}))
	requireFacts(t, s, ada, 248, append(events[248:], newEvent(ada, 251, cardID(1)))...)
}

func factsMeanwhile(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := manyEvents(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	seen := int64(0)
	for event, err := range s.EventFacts.EventFacts(ctx, ada, 0) {
		require.NoError(t, err)
		if event.Seq > int64(len(events)) {
			break // a loop may see what was appended after it began, or not
		}
		seen++
		require.Equal(t, seen, event.Seq)
		if seen%50 == 0 {
			put(ctx, t, s, ada, 0, cachedMonth(int(seen), seen))
			months, err := s.Statistics.CachedMonths(ctx, ada, int(seen), int(seen))
			require.NoError(t, err)
			require.Len(t, months, 1)
			require.NoError(t, s.ReviewLog.Append(ctx, ada, newEvents(ada, int64(len(events))+seen/50, cardID(1))))
		}
	}
	require.Equal(t, int64(len(events)), seen)
}

func factsCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	appendEvents(t, s, newEvent(ada, 1, cardID(1)))
	var loop error
	for _, err := range s.EventFacts.EventFacts(cancelled(t), ada, 0) {
		require.NoError(t, loop, "it ends after the first error")
		loop = err
	}
	requireCancelled(t, map[string]error{"EventFacts": loop})
}
