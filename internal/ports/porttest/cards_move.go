package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func cardMoveCases() []testCase {
	return []testCase{
		{"a card moves to another deck with its memory", cardMove},
		{"a card that moves to a missing, foreign or deleted deck stays", cardMoveNowhere},
		{"a card that moved away outlives its old deck", cardMoveOutlives},
		{"a card that moved is deleted with its new deck", cardMoveDeleted},
	}
}

func moveCard(t *testing.T, s ports.Storage, card domain.Card, deck domain.DeckID) (domain.Card, error) {
	t.Helper()
	return s.Cards.UpdateCard(t.Context(), card.Owner, card.ID, func(c *domain.Card) error {
		c.Deck, c.Question = deck, "Moved"
		return nil
	})
}

func cardMove(t *testing.T, engine Engine) {
	s := engine.Open(t)
	from, to := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	card := addCard(t, s, from, 1)
	_, err := s.Memories.Settle(t.Context(), ada, card.ID, newMemory(3))
	require.NoError(t, err)

	got, err := moveCard(t, s, card, to.ID)
	require.NoError(t, err)
	card.Deck, card.Question, card.Rev = to.ID, "Moved", 2
	require.Equal(t, card, got)
	requireCard(t, s, card)
	list, err := s.Cards.Cards(t.Context(), ada, from.ID, ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	list, err = s.Cards.Cards(t.Context(), ada, to.ID, ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.Card{card}, list)

	want := domain.CardMemory{Card: card.ID, Deck: to.ID, Memory: newMemory(3)}
	memory, err := s.Memories.Memory(t.Context(), ada, card.ID)
	require.NoError(t, err)
	require.Equal(t, want, memory)
	require.Empty(t, deckMemories(t, s, ada, from.ID))
	require.Equal(t, map[domain.CardID]domain.CardMemory{card.ID: want}, deckMemories(t, s, ada, to.ID))
}

func cardMoveNowhere(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	theirs, gone := addDeck(t, s, bob, 2), addDeck(t, s, ada, 3)
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, gone.ID))
	for _, deck := range []domain.DeckID{deckID(9), theirs.ID, gone.ID} {
		_, err := moveCard(t, s, card, deck)
		requireNotFound(t, err)
		requireCard(t, s, card)
		list, err := s.Cards.Cards(t.Context(), bob, "", ports.Page{Limit: 10})
		requireEmpty(t, list, err)
	}
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
}

func cardMoveOutlives(t *testing.T, engine Engine) {
	s := engine.Open(t)
	from, to := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	card, err := moveCard(t, s, addCard(t, s, from, 1), to.ID)
	require.NoError(t, err)
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, from.ID))
	requireCard(t, s, card)
	sweep(t, s, at(0).AddDate(1, 0, 0))
	requireCard(t, s, card)
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
}

func cardMoveDeleted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	from, to := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	card, err := moveCard(t, s, addCard(t, s, from, 1), to.ID)
	require.NoError(t, err)
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, to.ID))
	_, err = s.Cards.Card(t.Context(), ada, card.ID)
	requireNotFound(t, err)
	_, err = s.Memories.Memory(t.Context(), ada, card.ID)
	requireNotFound(t, err)
}
