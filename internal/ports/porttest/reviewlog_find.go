package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func logFindCases() []testCase {
	return []testCase{
		{"events are found by their ids, unknown ones are left out", eventsByID},
		{"the events of a card are listed by number", logOfCard},
		{"the events of several cards are found together, those of each by number", logOfCards},
		{"as many events and cards as one call may name are found", logFindMany},
		{"nothing asked for is nothing found", logFindNone},
	}
}

// shuffledEvents returns events of some cards whose ids and times fall where their numbers rise.
func shuffledEvents(cards ...domain.CardID) []domain.Event {
	events := newEvents(ada, 1, cards...)
	for i := range events {
		events[i].ID = eventID(100 - i)
		events[i].RecordedAt, events[i].AnsweredAt = at(-i), at(-i)
	}
	return events
}

func eventsByID(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireNoEvents(t, s, ada, eventID(1))
	events := newEvents(ada, 1, cardID(1), cardID(2), cardID(1), cardID(3))
	appendEvents(t, s, events...)
	theirs := newEvents(bob, 1, cardID(1), cardID(1))
	theirs[1].ID = eventID(9)
	appendEvents(t, s, theirs...)
	for _, ids := range [][]int{{1}, {4, 2}, {1, 2, 3, 4}, {7, 3, 9, 8}, {9, 8}} {
		asked, want := []domain.EventID{}, []domain.Event{}
		for _, n := range ids {
			asked = append(asked, eventID(n))
			if n <= len(events) {
				want = append(want, events[n-1])
			}
		}
		got, err := s.ReviewLog.EventsByID(t.Context(), ada, asked...)
		require.NoError(t, err)
		require.NotNil(t, got, "a list is never nil")
		require.ElementsMatch(t, want, got)
	}
}

func logOfCard(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := shuffledEvents(cardID(1), cardID(2), cardID(1), cardID(2), cardID(2), cardID(1))
	appendEvents(t, s, events...)
	appendEvents(t, s, newEvents(bob, 1, cardID(1), cardID(1))...)
	got, err := s.ReviewLog.CardEvents(t.Context(), ada, cardID(1))
	require.NoError(t, err)
	require.Equal(t, []domain.Event{events[0], events[2], events[5]}, got)
}

func logOfCards(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := shuffledEvents(cardID(1), cardID(2), cardID(1), cardID(3), cardID(2), cardID(1), cardID(4))
	appendEvents(t, s, events...)
	appendEvents(t, s, newEvents(bob, 1, cardID(1), cardID(2))...)
	got, err := s.ReviewLog.CardEvents(t.Context(), ada, cardID(9), cardID(2), cardID(1), cardID(4))
	require.NoError(t, err)
	byCard := map[domain.CardID][]domain.Event{}
	for _, event := range got {
		byCard[event.Card] = append(byCard[event.Card], event)
	}
	require.Equal(t, map[domain.CardID][]domain.Event{
		cardID(1): {events[0], events[2], events[5]}, cardID(2): {events[1], events[4]}, cardID(4): {events[6]},
	}, byCard)
}

func logFindMany(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := newEvents(ada, 1, cardID(1), cardID(domain.MaxEntries))
	events[1].ID = eventID(domain.MaxEntries)
	appendEvents(t, s, events...)
	ids, cards := []domain.EventID{}, []domain.CardID{}
	for n := 1; n <= domain.MaxEntries; n++ {
		ids, cards = append(ids, eventID(n)), append(cards, cardID(n))
	}
	got, err := s.ReviewLog.EventsByID(t.Context(), ada, ids...)
	require.NoError(t, err)
	require.ElementsMatch(t, events, got)
	got, err = s.ReviewLog.CardEvents(t.Context(), ada, cards...)
	require.NoError(t, err)
	require.ElementsMatch(t, events, got)
	head, err := s.ReviewLog.Head(t.Context(), ada, cards...)
	require.NoError(t, err)
	require.Equal(t, map[domain.CardID]domain.Event{events[0].Card: events[0], events[1].Card: events[1]}, head.Newest)
}

func logFindNone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	appendEvents(t, s, newEvent(ada, 1, cardID(1)))
	requireNoEvents(t, s, ada)
	got, err := s.ReviewLog.CardEvents(t.Context(), ada)
	requireEmpty(t, got, err)
}
