package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func appendCases() []testCase {
	return []testCase{
		{"a number that leaves a gap is refused", appendGap},
		{"a number that is taken is refused", appendTaken},
		{"a batch that overlaps the log is refused whole", appendOverlap},
		{"an event id that is taken conflicts", appendIDTaken},
		{"a batch with an event id that is taken is refused whole", appendBatchIDTaken},
		{"batches of many sizes take consecutive numbers", appendBatches},
		{"of many who append at one number one wins", appendRace},
		{"of many batches at one number one is stored whole and the others not at all", appendBatchRace},
		{"of many who append one event id one wins", appendIDRace},
		{"appenders who try again fill the log without gaps", appendRetryRace},
	}
}

func appendGap(t *testing.T, engine Engine) {
	s := engine.Open(t)
	gap := func(seq int64) error {
		return s.ReviewLog.Append(t.Context(), ada, []domain.Event{newEvent(ada, seq, cardID(1))})
	}
	requireCode(t, domain.CodeSeqTaken, gap(2))
	requireLog(t, s, ada)
	first := newEvent(ada, 1, cardID(1))
	appendEvents(t, s, first)
	for _, seq := range []int64{3, 9} {
		requireCode(t, domain.CodeSeqTaken, gap(seq))
	}
	requireCode(t, domain.CodeSeqTaken, s.ReviewLog.Append(t.Context(), ada, newEvents(ada, 3, cardID(1), cardID(2))))
	requireLog(t, s, ada, first)
	requireCode(t, domain.CodeSeqTaken, s.ReviewLog.Append(t.Context(), bob, newEvents(bob, 2, cardID(1))))
	requireLog(t, s, bob)
}

func appendTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	events := newEvents(ada, 1, cardID(9), cardID(9), cardID(9))
	appendEvents(t, s, events...)
	for seq := int64(1); seq <= 3; seq++ {
		again := newEvent(ada, seq, card.ID)
		again.ID = eventID(50)
		requireCode(t, domain.CodeSeqTaken, s.ReviewLog.Append(t.Context(), ada, []domain.Event{again}))
	}
	requireLog(t, s, ada, events...)
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
	requireNoEvents(t, s, ada, eventID(50))
}

func appendOverlap(t *testing.T, engine Engine) {
	s := engine.Open(t)
	events := newEvents(ada, 1, cardID(1), cardID(2), cardID(3))
	appendEvents(t, s, events...)
	batch := newEvents(ada, 3, cardID(1), cardID(2), cardID(3))
	batch[0].ID = eventID(50)
	requireCode(t, domain.CodeSeqTaken, s.ReviewLog.Append(t.Context(), ada, batch))
	requireLog(t, s, ada, events...)
	appendEvents(t, s, batch[1:]...)
	requireLog(t, s, ada, append(events, batch[1:]...)...)
}

func appendIDTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	events := newEvents(ada, 1, cardID(8), cardID(9))
	appendEvents(t, s, events...)
	again := newEvent(ada, 3, card.ID)
	again.ID = events[0].ID
	requireCode(t, domain.CodeConflict, s.ReviewLog.Append(t.Context(), ada, []domain.Event{again}))
	requireLog(t, s, ada, events...)
	requireEvent(t, s, events[0])
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
	appendEvents(t, s, newEvent(ada, 3, card.ID))
}

func appendBatchIDTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	first := newEvent(ada, 1, cardID(9))
	appendEvents(t, s, first)
	for taken := range 3 {
		batch := newEvents(ada, 2, card.ID, card.ID, card.ID)
		batch[taken].ID = first.ID
		requireCode(t, domain.CodeConflict, s.ReviewLog.Append(t.Context(), ada, batch))
		requireLog(t, s, ada, first)
		requireMemory(t, s, domain.NewMemory(), ada, card.ID)
	}
}

func appendBatches(t *testing.T, engine Engine) {
	s := engine.Open(t)
	all := []domain.Event{}
	for _, size := range []int{1, 2, 1, 40, 3} {
		cards := make([]domain.CardID, size)
		for i := range cards {
			cards[i] = cardID(i % 7)
		}
		batch := newEvents(ada, int64(len(all)+1), cards...)
		appendEvents(t, s, batch...)
		all = append(all, batch...)
		head, err := s.ReviewLog.Head(t.Context(), ada)
		require.NoError(t, err)
		require.Equal(t, int64(len(all)), head.Seq)
	}
	requireLog(t, s, ada, all...)
}

func appendRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first := newEvent(ada, 1, cardID(1))
	appendEvents(t, s, first)
	event := func(i int) domain.Event {
		e := newEvent(ada, 2, cardID(i))
		e.ID = eventID(100 + i)
		return e
	}
	got := race(racers, func(i int) error { return s.ReviewLog.Append(t.Context(), ada, []domain.Event{event(i)}) })
	requireLog(t, s, ada, first, event(requireOneWinner(t, got, domain.CodeSeqTaken)))
}

func appendBatchRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	batch := func(i int) []domain.Event {
		events := newEvents(ada, 1, cardID(i), cardID(i), cardID(i))
		for n := range events {
			events[n].ID = eventID(100*i + n)
		}
		return events
	}
	got := race(8, func(i int) error { return s.ReviewLog.Append(t.Context(), ada, batch(i)) })
	requireLog(t, s, ada, batch(requireOneWinner(t, got, domain.CodeSeqTaken))...)
}

func appendIDRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first := newEvent(ada, 1, cardID(1))
	appendEvents(t, s, first)
	event := func(i int) domain.Event {
		e := newEvent(ada, 2, cardID(i))
		e.ScheduleVersion = i
		return e
	}
	got := race(racers, func(i int) error { return s.ReviewLog.Append(t.Context(), ada, []domain.Event{event(i)}) })
	winner := requireOneWinner(t, got, domain.CodeSeqTaken, domain.CodeConflict)
	requireLog(t, s, ada, first, event(winner))
}

func appendRetryRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	const writers = 8
	got := race(writers, func(i int) error {
		var err error
		for range writers {
			head, failed := s.ReviewLog.Head(t.Context(), ada)
			if failed != nil {
				return failed
			}
			event := newEvent(ada, head.Seq+1, cardID(i))
			event.ID = eventID(100 + i)
			if err = s.ReviewLog.Append(t.Context(), ada, []domain.Event{event}); domain.CodeOf(err) != domain.CodeSeqTaken {
				return err
			}
		}
		return err
	})
	for _, err := range got {
		require.NoError(t, err, "each time somebody wins, so as many tries as writers are enough")
	}
	events, err := s.ReviewLog.Events(t.Context(), ada, 0, 100)
	require.NoError(t, err)
	require.Len(t, events, writers)
	for i, event := range events {
		require.Equal(t, int64(i+1), event.Seq)
	}
}
