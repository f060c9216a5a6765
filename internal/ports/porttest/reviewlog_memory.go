package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func appendMemoryCases() []testCase {
	return []testCase{
		{"an event gives its card the memory it leads to", appendMemory},
		{"a batch gives each card the memory of its last event", appendBatchMemory},
		{"an event never gives a card an older memory", appendMemoryUpward},
		{"an event leaves the content of its card", appendLeavesContent},
		{"an event of a card that is gone or never was is taken", appendGone},
		{"an event leaves another person's card of the same id", appendForeignCard},
		{"a crash between event and memory leaves nothing, or what can be completed", appendCrash},
		{"a crash in a batch leaves a prefix that can be completed", appendBatchCrash},
	}
}

func appendMemory(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := addCards(t, s, addDeck(t, s, ada, 1), 1, 2)
	for _, event := range newEvents(ada, 1, cards[0].ID, cards[0].ID) {
		appendEvents(t, s, event)
		requireMemory(t, s, event.After, ada, cards[0].ID)
	}
	requireMemory(t, s, domain.NewMemory(), ada, cards[1].ID)
}

func appendBatchMemory(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := addCards(t, s, addDeck(t, s, ada, 1), 1, 2, 3, 4)
	events := newEvents(ada, 1, cards[0].ID, cards[1].ID, cards[0].ID, cards[2].ID, cards[1].ID)
	appendEvents(t, s, events...)
	requireMemory(t, s, events[2].After, ada, cards[0].ID)
	requireMemory(t, s, events[4].After, ada, cards[1].ID)
	requireMemory(t, s, events[3].After, ada, cards[2].ID)
	requireMemory(t, s, domain.NewMemory(), ada, cards[3].ID)
}

func appendMemoryUpward(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	_, err := s.Memories.Settle(t.Context(), ada, card.ID, newMemory(3))
	require.NoError(t, err)
	events := newEvents(ada, 1, card.ID, card.ID, card.ID, card.ID)
	events[2].After.Reps = 999
	for _, event := range events[:3] {
		appendEvents(t, s, event)
		requireMemory(t, s, newMemory(3), ada, card.ID)
	}
	appendEvents(t, s, events[3])
	requireMemory(t, s, newMemory(4), ada, card.ID)
}

func appendLeavesContent(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	card, err := s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer = "New"; return nil })
	require.NoError(t, err)
	event := newEvent(ada, 1, card.ID)
	event.Deck = deckID(7) // the deck of an event is history, the card's may be another one by now
	appendEvents(t, s, event)
	requireCard(t, s, card)
}

func appendGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, card.ID))
	events := newEvents(ada, 1, card.ID, cardID(2), card.ID)
	appendEvents(t, s, events[0])
	appendEvents(t, s, events[1:]...)
	requireLog(t, s, ada, events...)
	for _, id := range []domain.CardID{card.ID, cardID(2)} {
		_, err := s.Cards.Card(t.Context(), ada, id)
		requireNotFound(t, err)
		_, err = s.Memories.Memory(t.Context(), ada, id)
		requireNotFound(t, err)
	}
	list, err := s.Cards.Cards(t.Context(), ada, "", ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	require.Empty(t, deckMemories(t, s, ada, deckID(1)))
}

func appendForeignCard(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine, theirs := addCard(t, s, addDeck(t, s, ada, 1), 1), addCard(t, s, addDeck(t, s, bob, 1), 1)
	appendEvents(t, s, newEvent(ada, 1, mine.ID))
	requireMemory(t, s, newMemory(1), ada, mine.ID)
	requireMemory(t, s, domain.NewMemory(), bob, theirs.ID)
	requireCard(t, s, theirs)
}

// requireCompletable checks that what a crash left of events is a prefix of them, and that Settle completes the
// memories. It returns how many events are there.
func requireCompletable(t *testing.T, s ports.Storage, events []domain.Event) int {
	t.Helper()
	got, err := s.ReviewLog.Events(t.Context(), ada, 0, 100)
	require.NoError(t, err)
	require.LessOrEqual(t, len(got), len(events))
	require.Equal(t, append([]domain.Event{}, events[:len(got)]...), got)
	head, err := s.ReviewLog.Head(t.Context(), ada)
	require.NoError(t, err)
	require.Equal(t, int64(len(got)), head.Seq)
	newest := map[domain.CardID]domain.Memory{}
	for _, event := range events {
		newest[event.Card] = domain.NewMemory()
	}
	for _, event := range got {
		newest[event.Card] = event.After
		_, err = s.Memories.Settle(t.Context(), ada, event.Card, event.After)
		require.NoError(t, err)
	}
	for card, memory := range newest {
		requireMemory(t, s, memory, ada, card)
	}
	return len(got)
}

func appendCrash(t *testing.T, engine Engine) {
	s := engine.OpenCrashing(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	event := newEvent(ada, 1, card.ID)
	require.Error(t, s.ReviewLog.Append(t.Context(), ada, []domain.Event{event}))
	memory, err := s.Memories.Memory(t.Context(), ada, card.ID)
	require.NoError(t, err)
	left := requireCompletable(t, s, []domain.Event{event})
	if left == 0 {
		require.Equal(t, domain.NewMemory(), memory.Memory, "a memory without its event")
	}
	recent, err := s.RecentEvents.RecordedSince(t.Context(), event.RecordedAt, ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, recent, left, "a sweep finds what is to be completed")
	requireCard(t, s, card)
}

func appendBatchCrash(t *testing.T, engine Engine) {
	s := engine.OpenCrashing(t)
	cards := addCards(t, s, addDeck(t, s, ada, 1), 1, 2)
	events := newEvents(ada, 1, cards[0].ID, cards[1].ID, cards[0].ID)
	require.Error(t, s.ReviewLog.Append(t.Context(), ada, events))
	left := requireCompletable(t, s, events)
	more := newEvent(ada, int64(left+1), cards[1].ID)
	more.ID = eventID(50)
	require.Error(t, s.ReviewLog.Append(t.Context(), ada, []domain.Event{more}))
	got, err := s.ReviewLog.Events(t.Context(), ada, int64(left), 10)
	require.NoError(t, err)
	require.Equal(t, append([]domain.Event{}, []domain.Event{more}[:len(got)]...), got)
}
