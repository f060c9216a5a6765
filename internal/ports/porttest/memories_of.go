package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func memoriesOfCases() []testCase {
	return []testCase{
		{"memories of several cards are found together, those not there are left out", memoriesOf},
		{"memories of cards that are gone or another person's are not found", memoriesOfGone},
		{"as many memories as one call may name are found", memoriesOfMany},
		{"no cards have no memories", memoriesOfNobody},
	}
}

// memoriesFound returns what MemoriesOf finds, by card; a card that is found twice is a failure.
func memoriesFound(t *testing.T, s ports.Storage, owner domain.UserID, cards ...domain.CardID) map[domain.CardID]domain.CardMemory {
	t.Helper()
	list, err := s.Memories.MemoriesOf(t.Context(), owner, cards...)
	require.NoError(t, err)
	require.NotNil(t, list, "a list is never nil")
	got := map[domain.CardID]domain.CardMemory{}
	for _, memory := range list {
		require.NotContains(t, got, memory.Card, "a card is found once")
		got[memory.Card] = memory
	}
	return got
}

func memoriesOf(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	cards := append(addCards(t, s, first, 1, 2), addCards(t, s, second, 3, 4)...)
	require.True(t, settle(t, s, cards[0], newMemory(1)))
	require.True(t, settle(t, s, cards[2], newMemory(2)))
	got := memoriesFound(t, s, ada, cardID(3), cardID(9), cardID(2), cardID(1))
	require.Equal(t, map[domain.CardID]domain.CardMemory{
		cardID(1): {Card: cardID(1), Deck: first.ID, Memory: newMemory(1)},
		cardID(2): {Card: cardID(2), Deck: first.ID, Memory: domain.NewMemory()},
		cardID(3): {Card: cardID(3), Deck: second.ID, Memory: newMemory(2)},
	}, got)
}

func memoriesOfGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, lost := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	addCards(t, s, deck, 1, 2)
	addCard(t, s, lost, 3)
	theirs := addDeck(t, s, bob, 1)
	addCards(t, s, theirs, 1, 4)
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, cardID(2)))
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, lost.ID))
	require.Len(t, memoriesFound(t, s, ada, cardID(1), cardID(2), cardID(3), cardID(4)), 1)
	require.Empty(t, memoriesFound(t, s, ada, cardID(2), cardID(3), cardID(4)))
	require.Len(t, memoriesFound(t, s, bob, cardID(1), cardID(2), cardID(4)), 2)
}

func memoriesOfMany(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addCards(t, s, addDeck(t, s, ada, 1), 1, domain.MaxEntries)
	cards := []domain.CardID{}
	for n := 1; n <= domain.MaxEntries; n++ {
		cards = append(cards, cardID(n))
	}
	got := memoriesFound(t, s, ada, cards...)
	require.Len(t, got, 2)
	require.Contains(t, got, cardID(1))
	require.Contains(t, got, cardID(domain.MaxEntries))
}

func memoriesOfNobody(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addCard(t, s, addDeck(t, s, ada, 1), 1)
	require.Empty(t, memoriesFound(t, s, ada))
}
