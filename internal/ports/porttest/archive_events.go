package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func archiveEventCases() []testCase {
	return []testCase{
		{"events of all kinds that are put come back as they are, wherever events are read", archiveEvents},
		{"events that are put go on from the newest one of the log", archiveEventsContinue},
		{"events that are put give no card a memory", archiveEventsMemories},
		{"events that leave a gap or begin with a taken number are not put", archiveEventsGap},
		{"events with an id that is taken are not put", archiveEventsTaken},
		{"many events are put at once", archiveEventsMany},
		{"of many who put events at one number one wins", archiveEventsRace},
	}
}

// putEvents puts events of one person.
func putEvents(t *testing.T, s ports.Storage, events ...domain.Event) {
	t.Helper()
	require.NoError(t, s.Archive.Events.PutEvents(t.Context(), events[0].User, events))
}

// allKinds returns events of all kinds, with the numbers from first.
func allKinds(owner domain.UserID, first int64) []domain.Event {
	kinds := []domain.Kind{domain.KindReview, domain.KindUndo, domain.KindReset, domain.KindReschedule, domain.KindImport}
	events := make([]domain.Event, len(kinds))
	for i, kind := range kinds {
		events[i] = newEventOf(kind, owner, first+int64(i), cardID(1+i%2))
	}
	return events
}

func archiveEvents(t *testing.T, engine Engine) {
	s := engine.Open(t)
	require.NoError(t, s.Archive.Events.PutEvents(t.Context(), ada, nil), "nothing can be put")
	requireLog(t, s, ada)
	events := allKinds(ada, 1)
	putEvents(t, s, events...)
	requireLog(t, s, ada, events...)
	for _, event := range events {
		requireEvent(t, s, event)
		day, err := s.DayEvents.DayEvents(t.Context(), ada, event.Day)
		require.NoError(t, err)
		require.Equal(t, []domain.Event{event}, day)
	}
	head, err := s.ReviewLog.Head(t.Context(), ada, cardID(1), cardID(2))
	require.NoError(t, err)
	require.Equal(t, ports.Head{Seq: 5, Newest: map[domain.CardID]domain.Event{cardID(1): events[4], cardID(2): events[3]}}, head)
	recent, err := s.RecentEvents.RecordedSince(t.Context(), at(3), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, events[2:], recent)
}

func archiveEventsContinue(t *testing.T, engine Engine) {
	s := engine.Open(t)
	theirs := newEvents(bob, 1, cardID(1), cardID(1), cardID(1), cardID(1))
	putEvents(t, s, theirs...)
	log := newEvents(ada, 1, cardID(1), cardID(2))
	appendEvents(t, s, log...)
	for _, batch := range [][]domain.Event{allKinds(ada, 3), newEvents(ada, 8, cardID(1))} {
		putEvents(t, s, batch...)
		log = append(log, batch...)
		requireLog(t, s, ada, log...)
	}
	appendEvents(t, s, newEvent(ada, 9, cardID(1)))
	putEvents(t, s, newEvent(ada, 10, cardID(2)))
	requireLog(t, s, ada, append(log, newEvent(ada, 9, cardID(1)), newEvent(ada, 10, cardID(2)))...)
	requireLog(t, s, bob, theirs...)
}

func archiveEventsMemories(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := addCards(t, s, addDeck(t, s, ada, 1), 1, 2)
	require.True(t, settle(t, s, cards[1], newMemory(1)))
	putEvents(t, s, newEvents(ada, 1, cards[0].ID, cards[1].ID, cards[0].ID)...)
	requireMemory(t, s, domain.NewMemory(), ada, cards[0].ID)
	requireMemory(t, s, newMemory(1), ada, cards[1].ID)
	requireCard(t, s, cards[0])
	appendEvents(t, s, newEvent(ada, 4, cards[0].ID))
	requireMemory(t, s, newMemory(4), ada, cards[0].ID)
}

func archiveEventsGap(t *testing.T, engine Engine) {
	s := engine.Open(t)
	refuse := func(owner domain.UserID, first int64) {
		t.Helper()
		for _, cards := range [][]domain.CardID{{cardID(1)}, {cardID(1), cardID(2), cardID(3)}} {
			batch := newEvents(owner, first, cards...)
			for i := range batch {
				batch[i].ID = eventID(50 + i)
			}
			requireCode(t, domain.CodeSeqTaken, s.Archive.Events.PutEvents(t.Context(), owner, batch))
		}
	}
	refuse(ada, 2)
	requireLog(t, s, ada)
	log := newEvents(ada, 1, cardID(1), cardID(2), cardID(3))
	putEvents(t, s, log...)
	for _, first := range []int64{1, 3, 5, 9} {
		refuse(ada, first)
		requireLog(t, s, ada, log...)
	}
	refuse(bob, 4)
	requireLog(t, s, bob)
}

func archiveEventsTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first := newEvent(ada, 1, cardID(9))
	putEvents(t, s, first)
	again := newEvent(ada, 2, cardID(1))
	again.ID = first.ID
	requireCode(t, domain.CodeConflict, s.Archive.Events.PutEvents(t.Context(), ada, []domain.Event{again}))
	for taken := range 3 {
		batch := newEvents(ada, 2, cardID(1), cardID(2), cardID(3))
		batch[taken].ID = first.ID
		requireCode(t, domain.CodeConflict, s.Archive.Events.PutEvents(t.Context(), ada, batch))
		requireLog(t, s, ada, first)
	}
	theirs := newEvent(bob, 1, cardID(9))
	putEvents(t, s, theirs)
	requireLog(t, s, bob, theirs)
}

func archiveEventsMany(t *testing.T, engine Engine) {
	s := engine.Open(t)
	const all, atOnce = 1100, 550
	for first := int64(1); first <= all; first += atOnce {
		cards := make([]domain.CardID, atOnce)
		for i := range cards {
			cards[i] = cardID(i % 90)
		}
		putEvents(t, s, newEvents(ada, first, cards...)...)
	}
	got, err := s.ReviewLog.Events(t.Context(), ada, 0, 2*all)
	require.NoError(t, err)
	require.Len(t, got, all)
	for i, event := range got {
		require.Equal(t, newEvent(ada, int64(i+1), event.Card), event)
	}
}

func archiveEventsRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first := newEvent(ada, 1, cardID(1))
	putEvents(t, s, first)
	event := func(i int) domain.Event {
		e := newEvent(ada, 2, cardID(i))
		e.ID = eventID(100 + i)
		return e
	}
	got := race(racers, func(i int) error {
		if i%5 == 0 {
			return s.ReviewLog.Append(t.Context(), ada, []domain.Event{event(i)})
		}
		return s.Archive.Events.PutEvents(t.Context(), ada, []domain.Event{event(i)})
	})
	requireLog(t, s, ada, first, event(requireOneWinner(t, got, domain.CodeSeqTaken)))
}
