package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testDayEvents(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"the events of a day are listed by number", dayEventsListed},
		{"an undo is found on the day that it carries", dayEventsUndo},
		{"events of every kind are found on their day", dayEventsKinds},
		{"days up to 1970 have their events", dayEventsEarly},
		{"a day without events, and another person's, is an empty list", dayEventsNone},
		{"a cancelled context finds no events of a day", dayEventsCancelled},
	})
}

func requireDay(t *testing.T, s ports.Storage, owner domain.UserID, day domain.Day, want ...domain.Event) {
	t.Helper()
	got, err := s.DayEvents.DayEvents(t.Context(), owner, day)
	require.NoError(t, err)
	require.Equal(t, append([]domain.Event{}, want...), got)
}

func dayEventsListed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := shuffledEvents(cardID(1), cardID(2), cardID(1), cardID(3), cardID(2), cardID(1))
	for i, day := range []domain.Day{20_000, 20_001, 20_000, 19_999, 20_001, 20_000} {
		events[i].Day = day
	}
	appendEvents(t, s, events...)
	theirs := newEvent(bob, 1, cardID(1))
	theirs.Day = 20_000
	appendEvents(t, s, theirs)
	requireDay(t, s, ada, 20_000, events[0], events[2], events[5])
	requireDay(t, s, ada, 20_001, events[1], events[4])
	requireDay(t, s, ada, 19_999, events[3])
	requireDay(t, s, bob, 20_000, theirs)
}

func dayEventsUndo(t *testing.T, engine Engine) {
	s := engine.Open(t)
	answer, undo := newEvent(ada, 1, cardID(1)), newEventOf(domain.KindUndo, ada, 2, cardID(1))
	answer.Day = domain.DefaultCalendar().DayOf(answer.AnsweredAt)
	undo.Undoes, undo.Day = answer.ID, answer.Day
	undo.StartedAt, undo.FinishedAt, undo.AnsweredAt, undo.RecordedAt = at(400_000), at(400_000), at(400_000), at(400_000)
	appendEvents(t, s, answer)
	appendEvents(t, s, undo)
	requireDay(t, s, ada, answer.Day, answer, undo)
	requireDay(t, s, ada, domain.DefaultCalendar().DayOf(undo.AnsweredAt))
}

func dayEventsKinds(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := []domain.Event{}
	for i, kind := range []domain.Kind{domain.KindImport, domain.KindReschedule, domain.KindUndo, domain.KindReset, domain.KindReview} {
		event := newEventOf(kind, ada, int64(i+1), cardID(i))
		event.Day = 20_000
		events = append(events, event)
	}
	appendEvents(t, s, events...)
	requireDay(t, s, ada, 20_000, events...)
}

func dayEventsEarly(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := newEvents(ada, 1, cardID(1), cardID(1), cardID(1))
	for i := range events {
		events[i].Day = domain.Day(i - 1)
	}
	appendEvents(t, s, events...)
	for i, event := range events {
		requireDay(t, s, ada, domain.Day(i-1), event)
	}
}

func dayEventsNone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireDay(t, s, ada, 0)
	event := newEvent(ada, 1, cardID(1))
	appendEvents(t, s, event)
	for _, day := range []domain.Day{event.Day - 1, event.Day + 1, 0} {
		requireDay(t, s, ada, day)
	}
	requireDay(t, s, bob, event.Day)
}

func dayEventsCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	_, err := s.DayEvents.DayEvents(cancelled(t), ada, 20_000)
	requireCancelled(t, map[string]error{"DayEvents": err})
}
