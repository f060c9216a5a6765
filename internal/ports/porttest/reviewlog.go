package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testReviewLog(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"every field of an event comes back as given", eventRoundTrip},
		{"events of every kind come back with the fields they have", eventKinds},
		{"times of an event come back in UTC to the millisecond, zero as zero", eventTimes},
		{"texts of an event come back byte for byte", eventTexts},
		{"another person's events are not found", eventForeign},
		{"two people have logs of their own, and may use one event id", logsOfTwo},
		{"the head of an empty log is zero", headEmpty},
		{"the head is the newest of the log and of each card asked for", headNewest},
		{"events follow a number, in order, up to a limit", logFeed},
		{"lists of events are empty and not nil", logListsEmpty},
		{"a cancelled context appends no event", logCancelled},
	})
	runCases(t, engine, logFindCases())
	runCases(t, engine, appendCases())
	runCases(t, engine, appendMemoryCases())
}

// appendEvents appends events that must be taken.
func appendEvents(t *testing.T, s ports.Storage, events ...domain.Event) {
	t.Helper()
	require.NoError(t, s.ReviewLog.Append(t.Context(), events[0].User, events))
}

func eventRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	edge := newEvent(ada, 2, cardID(1))
	edge.Day, edge.Rollover, edge.Buttons, edge.ScheduleVersion, edge.Fuzz, edge.Rating = -1, 0, 2, 1, 0, domain.Again
	edge.After = domain.Memory{
		Phase: domain.PhaseReview, Stability: 0.1 + 0.2, Difficulty: 1.0000000000000002, Due: edge.RecordedAt,
		LastReview: edge.RecordedAt, LastDay: -1, Seq: 2,
	}
	fine := newEvent(ada, 3, cardID(1))
	fine.Fuzz, fine.After.Stability = 0.9999999999999999, 36500
	events := []domain.Event{newEvent(ada, 1, cardID(1)), edge, fine}
	for _, event := range events {
		appendEvents(t, s, event)
	}
	for _, event := range events {
		requireEvent(t, s, event)
	}
	requireLog(t, s, ada, events...)
	got, err := s.ReviewLog.CardEvents(t.Context(), ada, cardID(1))
	require.NoError(t, err)
	require.Equal(t, events, got)
}

func eventKinds(t *testing.T, engine Engine) {
	s := engine.Open(t)
	kinds := []domain.Kind{domain.KindReview, domain.KindUndo, domain.KindReset, domain.KindReschedule, domain.KindImport}
	events := []domain.Event{}
	for i, kind := range append(kinds, kinds...) {
		events = append(events, newEventOf(kind, ada, int64(i+1), cardID(1)))
	}
	undo, reset, reschedule, imported := &events[6], &events[7], &events[8], &events[9]
	undo.Undoes, undo.Latest = events[0].ID, time.Time{}
	undo.After = domain.Memory{Phase: domain.PhaseNew, Seq: undo.Seq}
	reset.After = domain.Memory{Phase: domain.PhaseNew, Seq: reset.Seq}
	reschedule.DueDay = 0
	imported.Imported = domain.Imported{Stability: 1.0000000000000002, Difficulty: 0.1 + 0.2, Reps: 1}
	appendEvents(t, s, events[:7]...)
	for _, event := range events[7:] {
		appendEvents(t, s, event)
	}
	for _, event := range events {
		requireEvent(t, s, event)
	}
	requireLog(t, s, ada, events...)
	got, err := s.ReviewLog.CardEvents(t.Context(), ada, cardID(1))
	require.NoError(t, err)
	require.Equal(t, events, got)
	got, err = s.RecentEvents.RecordedSince(t.Context(), at(1), ports.Page{Limit: len(events)})
	require.NoError(t, err)
	require.Equal(t, events, got)
	head, err := s.ReviewLog.Head(t.Context(), ada, cardID(1))
	require.NoError(t, err)
	require.Equal(t, *imported, head.Newest[cardID(1)])
}

// moveTimes sets all times of an event to an instant.
func moveTimes(e domain.Event, instant time.Time) domain.Event {
	e.StartedAt, e.FinishedAt, e.RecordedAt, e.AnsweredAt, e.Latest = instant, instant, instant, instant, instant
	e.After.Due, e.After.LastReview = instant, instant
	if e.Kind == domain.KindImport {
		e.Imported.Due = instant
	}
	return e
}

func eventTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range instants() {
		for j, kind := range []domain.Kind{domain.KindReview, domain.KindImport} {
			event := newEventOf(kind, ada, int64(2*i+j+1), cardID(1))
			appendEvents(t, s, moveTimes(event, instant))
			requireEvent(t, s, moveTimes(event, instant.UTC()))
		}
	}
	event := newEventOf(domain.KindImport, ada, int64(2*len(instants())+1), cardID(1))
	event.Imported.Due, event.Latest = time.Time{}, time.Time{}
	event.After = domain.Memory{Phase: domain.PhaseNew, Seq: event.Seq}
	appendEvents(t, s, event)
	requireEvent(t, s, event)
}

func eventTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := []domain.Event{}
	for i, text := range texts() {
		event := newEvent(ada, int64(i+1), cardID(1))
		event.Zone = text
		events = append(events, event)
	}
	appendEvents(t, s, events...)
	requireLog(t, s, ada, events...)
}

func eventForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	appendEvents(t, s, newEvents(ada, 1, cardID(1), cardID(2))...)
	requireNoEvents(t, s, bob, eventID(1), eventID(2))
	events, err := s.ReviewLog.CardEvents(t.Context(), bob, cardID(1))
	requireEmpty(t, events, err)
	events, err = s.ReviewLog.Events(t.Context(), bob, 0, 10)
	requireEmpty(t, events, err)
	head, err := s.ReviewLog.Head(t.Context(), bob, cardID(1))
	require.NoError(t, err)
	require.Zero(t, head.Seq)
	require.Empty(t, head.Newest)
}

func logsOfTwo(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine := newEvents(ada, 1, cardID(1), cardID(2))
	appendEvents(t, s, mine...)
	theirs := newEvent(bob, 1, cardID(1))
	theirs.Rating, theirs.Zone = domain.Again, "Europe/Berlin"
	appendEvents(t, s, theirs)
	requireLog(t, s, ada, mine...)
	requireLog(t, s, bob, theirs)
	requireEvent(t, s, mine[0])
	requireEvent(t, s, theirs)
	head, err := s.ReviewLog.Head(t.Context(), bob, cardID(1), cardID(2))
	require.NoError(t, err)
	require.Equal(t, int64(1), head.Seq)
	require.Equal(t, map[domain.CardID]domain.Event{cardID(1): theirs}, head.Newest)
}

func headEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for _, cards := range [][]domain.CardID{nil, {cardID(1)}, {cardID(1), cardID(2)}} {
		head, err := s.ReviewLog.Head(t.Context(), ada, cards...)
		require.NoError(t, err)
		require.Zero(t, head.Seq)
		require.Empty(t, head.Newest)
	}
}

func headNewest(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireHead := func(seq int64, want map[domain.CardID]domain.Event, cards ...domain.CardID) {
		t.Helper()
		head, err := s.ReviewLog.Head(t.Context(), ada, cards...)
		require.NoError(t, err)
		require.Equal(t, seq, head.Seq)
		require.Len(t, head.Newest, len(want))
		for card, event := range want {
			require.Equal(t, event, head.Newest[card])
		}
	}
	events := newEvents(ada, 1, cardID(1), cardID(2), cardID(1), cardID(3), cardID(1), cardID(2))
	// The newest event is the one with the highest number, whatever its times are.
	events[4].RecordedAt, events[4].AnsweredAt, events[4].FinishedAt = at(-500), at(-500), at(-500)
	appendEvents(t, s, events[0])
	requireHead(1, map[domain.CardID]domain.Event{cardID(1): events[0]}, cardID(1), cardID(2))
	appendEvents(t, s, events[1:]...)
	requireHead(6, nil)
	requireHead(6, map[domain.CardID]domain.Event{cardID(3): events[3]}, cardID(3))
	requireHead(6, nil, cardID(4))
	requireHead(6, map[domain.CardID]domain.Event{cardID(1): events[4], cardID(2): events[5], cardID(3): events[3]},
		cardID(4), cardID(3), cardID(2), cardID(1))
}

func logFeed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := newEvents(ada, 1, cardID(1), cardID(2), cardID(1), cardID(3), cardID(4), cardID(1), cardID(2),
		cardID(1), cardID(1), cardID(1), cardID(1), cardID(1))
	for i := range events {
		events[i].ID = eventID(100 - i)
		events[i].RecordedAt = at(-i)
	}
	appendEvents(t, s, events[:7]...)
	appendEvents(t, s, events[7:]...)
	for _, limit := range []int{1, 5, 12, 100} {
		for after := range 12 {
			got, err := s.ReviewLog.Events(t.Context(), ada, int64(after), limit)
			require.NoError(t, err)
			require.Equalf(t, events[after:min(after+limit, 12)], got, "after %d, at most %d", after, limit)
		}
	}
}

func logListsEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events, err := s.ReviewLog.Events(t.Context(), ada, 0, 10)
	requireEmpty(t, events, err)
	events, err = s.ReviewLog.CardEvents(t.Context(), ada, cardID(1))
	requireEmpty(t, events, err)
	appendEvents(t, s, newEvent(ada, 1, cardID(1)))
	events, err = s.ReviewLog.CardEvents(t.Context(), ada, cardID(2))
	requireEmpty(t, events, err)
	for _, after := range []int64{1, 2, 1 << 40} {
		events, err = s.ReviewLog.Events(t.Context(), ada, after, 10)
		requireEmpty(t, events, err)
	}
}

func logCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	event := newEvent(ada, 1, card.ID)
	ctx := cancelled(t)
	_, head := s.ReviewLog.Head(ctx, ada, card.ID)
	_, byID := s.ReviewLog.EventsByID(ctx, ada, event.ID)
	_, ofCard := s.ReviewLog.CardEvents(ctx, ada, card.ID)
	_, events := s.ReviewLog.Events(ctx, ada, 0, 10)
	requireCancelled(t, map[string]error{
		"Append": s.ReviewLog.Append(ctx, ada, []domain.Event{event}), "Head": head, "EventsByID": byID, "CardEvents": ofCard, "Events": events,
	})
	requireLog(t, s, ada)
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
}
