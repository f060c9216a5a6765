package porttest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testMemories(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a new card has the memory of a card never answered", memoryNew},
		{"every field of a memory comes back as given", memoryRoundTrip},
		{"times of a memory come back in UTC to the millisecond, zero as zero", memoryTimes},
		{"the memory of an unknown or foreign card is not found", memoryUnknown},
		{"decks yield the memories of all their cards, new ones too", memoriesOfDecks},
		{"unknown, foreign and no decks yield nothing", memoriesOfNone},
		{"a loop over memories may end early", memoriesBreak},
		{"a memory is settled upward only, and truly reported", settleUpward},
		{"settling leaves the content and other cards", settleLeaves},
		{"settling a card that is gone or foreign is no error", settleGone},
		{"of many who settle at once the highest number stays", settleRace},
		{"a cancelled context settles and yields nothing", memoryCancelled},
	})
	runCases(t, engine, memoriesOfCases())
}

func settle(t *testing.T, s ports.Storage, card domain.Card, memory domain.Memory) bool {
	t.Helper()
	settled, err := s.Memories.Settle(t.Context(), card.Owner, card.ID, memory)
	require.NoError(t, err)
	return settled
}

func memoryNew(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	card := addCard(t, s, deck, 1)
	want := domain.CardMemory{Card: card.ID, Deck: deck.ID, Memory: domain.NewMemory()}
	got, err := s.Memories.Memory(t.Context(), ada, card.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, map[domain.CardID]domain.CardMemory{card.ID: want}, deckMemories(t, s, ada, deck.ID))
}

func memoryRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	card := addCard(t, s, deck, 1)
	memories := []domain.Memory{newMemory(1), newMemory(2)}
	for i, phase := range []domain.Phase{domain.PhaseNew, domain.PhaseLearning, domain.PhaseReview, domain.PhaseRelearning} {
		memories = append(memories, domain.Memory{
			Phase: phase, Stability: 0.001 / float64(i+3), Difficulty: 1.0000000000000002, LastDay: domain.Day(-i), Seq: int64(i + 3),
		})
	}
	for _, memory := range memories {
		require.True(t, settle(t, s, card, memory))
		requireMemory(t, s, memory, ada, card.ID)
		require.Equal(t, domain.CardMemory{Card: card.ID, Deck: deck.ID, Memory: memory}, deckMemories(t, s, ada, deck.ID)[card.ID])
	}
}

func memoryTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	for i, instant := range append(instants(), time.Time{}) {
		memory := newMemory(int64(i + 1))
		memory.Due, memory.LastReview = instant, instant
		require.True(t, settle(t, s, card, memory))
		memory.Due, memory.LastReview = instant.UTC(), instant.UTC()
		requireMemory(t, s, memory, ada, card.ID)
	}
}

func memoryUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	_, err := s.Memories.Memory(t.Context(), ada, cardID(2))
	requireNotFound(t, err)
	_, err = s.Memories.Memory(t.Context(), bob, card.ID)
	requireNotFound(t, err)
	_, err = s.Memories.Settle(t.Context(), ada, cardID(2), newMemory(1))
	require.NoError(t, err)
	_, err = s.Memories.Memory(t.Context(), ada, cardID(2))
	requireNotFound(t, err)
}

func memoriesOfDecks(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second, third := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2), addDeck(t, s, ada, 3)
	cards := append(addCards(t, s, first, 1, 2, 3), addCards(t, s, second, 4, 5)...)
	addCards(t, s, third, 6)
	addCards(t, s, addDeck(t, s, bob, 1), 1, 7)
	require.True(t, settle(t, s, cards[0], newMemory(1)))
	appendEvents(t, s, newEvents(ada, 1, cards[3].ID, cards[3].ID)...)
	want := map[domain.CardID]domain.CardMemory{}
	for _, card := range cards {
		want[card.ID] = domain.CardMemory{Card: card.ID, Deck: card.Deck, Memory: domain.NewMemory()}
	}
	want[cards[0].ID] = domain.CardMemory{Card: cards[0].ID, Deck: first.ID, Memory: newMemory(1)}
	want[cards[3].ID] = domain.CardMemory{Card: cards[3].ID, Deck: second.ID, Memory: newMemory(2)}
	require.Equal(t, want, deckMemories(t, s, ada, second.ID, deckID(9), first.ID))
	require.Len(t, deckMemories(t, s, ada, first.ID), 3)
	require.Len(t, deckMemories(t, s, ada, third.ID), 1)
}

func memoriesOfNone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addCard(t, s, addDeck(t, s, ada, 1), 1)
	theirs, empty := addDeck(t, s, bob, 2), addDeck(t, s, ada, 3)
	addCard(t, s, theirs, 2)
	require.Empty(t, deckMemories(t, s, ada))
	require.Empty(t, deckMemories(t, s, ada, deckID(9)))
	require.Empty(t, deckMemories(t, s, ada, theirs.ID))
	require.Empty(t, deckMemories(t, s, ada, empty.ID))
}

func memoriesBreak(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	cards := addCards(t, s, deck, 1, 2, 3, 4, 5, 6, 7, 8)
	for range 30 {
		for _, err := range s.Memories.DeckMemories(t.Context(), ada, []domain.DeckID{deck.ID}) {
			require.NoError(t, err)
			break
		}
	}
	// A store whose loop kept something of what it has few of would wait for ever.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	settled, err := s.Memories.Settle(ctx, ada, cards[0].ID, newMemory(1))
	require.NoError(t, err)
	require.True(t, settled)
	require.Len(t, deckMemories(t, s, ada, deck.ID), len(cards))
}

func settleUpward(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	require.False(t, settle(t, s, card, newMemory(0)), "a new card has number 0 already")
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
	require.True(t, settle(t, s, card, newMemory(5)))
	for _, seq := range []int64{0, 1, 4, 5} {
		other := newMemory(seq)
		other.Reps = 999
		require.Falsef(t, settle(t, s, card, other), "number %d after 5", seq)
		requireMemory(t, s, newMemory(5), ada, card.ID)
	}
	require.True(t, settle(t, s, card, newMemory(6)))
	far := newMemory(7)
	far.Seq = 1 << 33
	require.True(t, settle(t, s, card, far))
	requireMemory(t, s, far, ada, card.ID)
}

func settleLeaves(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := addCards(t, s, addDeck(t, s, ada, 1), 1, 2)
	theirs := addCard(t, s, addDeck(t, s, bob, 1), 1)
	require.True(t, settle(t, s, cards[0], newMemory(5)))
	for _, card := range []domain.Card{cards[0], cards[1], theirs} {
		requireCard(t, s, card)
	}
	requireMemory(t, s, domain.NewMemory(), ada, cards[1].ID)
	requireMemory(t, s, domain.NewMemory(), bob, theirs.ID)
}

func settleGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	card, gone := addCard(t, s, deck, 1), addCard(t, s, deck, 2)
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, gone.ID))
	require.False(t, settle(t, s, gone, newMemory(1)))
	require.False(t, settle(t, s, newCard(deck, 3), newMemory(1)))
	settled, err := s.Memories.Settle(t.Context(), bob, card.ID, newMemory(1))
	require.NoError(t, err)
	require.False(t, settled)
	require.Len(t, deckMemories(t, s, ada, deck.ID), 1)
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
}

func settleRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	for _, err := range race(racers, func(i int) error {
		_, err := s.Memories.Settle(t.Context(), ada, card.ID, newMemory(int64(1+(i*7)%racers)))
		return err
	}) {
		require.NoError(t, err)
	}
	requireMemory(t, s, newMemory(racers), ada, card.ID)
}

func memoryCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	card := addCard(t, s, deck, 1)
	ctx := cancelled(t)
	_, read := s.Memories.Memory(ctx, ada, card.ID)
	_, several := s.Memories.MemoriesOf(ctx, ada, card.ID)
	_, settled := s.Memories.Settle(ctx, ada, card.ID, newMemory(1))
	var loop error
	for _, err := range s.Memories.DeckMemories(ctx, ada, []domain.DeckID{deck.ID}) {
		require.NoError(t, loop, "it ends after the first error")
		loop = err
	}
	requireCancelled(t, map[string]error{"Memory": read, "MemoriesOf": several, "Settle": settled, "DeckMemories": loop})
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
}
