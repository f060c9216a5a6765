package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func restoreCases() []testCase {
	return []testCase{
		{"a memory is restored upward, downward and at its own number", restoreBothWays},
		{"a memory of another number than expected stays", restoreOtherNumber},
		{"restoring leaves the content and other cards", restoreLeaves},
		{"restoring a card that is gone or foreign is no error", restoreGone},
		{"a restored memory takes the next event", restoreGoesOn},
		{"of many who restore at once one does", restoreRace},
	}
}

func restore(t *testing.T, s ports.Storage, card domain.Card, was int64, memory domain.Memory) bool {
	t.Helper()
	restored, err := s.Projections.Restore(t.Context(), card.Owner, card.ID, was, memory)
	require.NoError(t, err)
	return restored
}

func restoreBothWays(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	was := int64(0)
	same := newMemory(3)
	same.Reps, same.Phase, same.Due = 999, domain.PhaseReview, at(5)
	for _, memory := range []domain.Memory{newMemory(7), newMemory(3), same, domain.NewMemory(), newMemory(2)} {
		require.True(t, restore(t, s, card, was, memory))
		requireMemory(t, s, memory, ada, card.ID)
		was = memory.Seq
	}
}

func restoreOtherNumber(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	require.False(t, restore(t, s, card, 1, newMemory(1)), "a new card has number 0")
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
	require.True(t, settle(t, s, card, newMemory(5)))
	for _, was := range []int64{0, 4, 6} {
		for _, seq := range []int64{4, 5, 9} {
			other := newMemory(seq)
			other.Reps = 999
			require.Falsef(t, restore(t, s, card, was, other), "it is 5, not %d", was)
			requireMemory(t, s, newMemory(5), ada, card.ID)
		}
	}
}

func restoreLeaves(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := addCards(t, s, addDeck(t, s, ada, 1), 1, 2)
	theirs := addCard(t, s, addDeck(t, s, bob, 1), 1)
	require.True(t, restore(t, s, cards[0], 0, newMemory(5)))
	for _, card := range []domain.Card{cards[0], cards[1], theirs} {
		requireCard(t, s, card)
	}
	requireMemory(t, s, domain.NewMemory(), ada, cards[1].ID)
	requireMemory(t, s, domain.NewMemory(), bob, theirs.ID)
	requireSuspended(t, s, false, ada, cards[0].ID)
}

func restoreGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, lost := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	card, gone, under := addCard(t, s, deck, 1), addCard(t, s, deck, 2), addCard(t, s, lost, 3)
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, gone.ID))
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, lost.ID))
	for _, absent := range []domain.Card{gone, under, newCard(deck, 9)} {
		require.False(t, restore(t, s, absent, 0, newMemory(1)))
	}
	restored, err := s.Projections.Restore(t.Context(), bob, card.ID, 0, newMemory(1))
	require.NoError(t, err)
	require.False(t, restored)
	require.Len(t, deckMemories(t, s, ada, deck.ID, lost.ID), 1)
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
}

func restoreGoesOn(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	require.True(t, settle(t, s, card, newMemory(9)), "a memory that the log knows nothing of")
	require.True(t, restore(t, s, card, 9, domain.NewMemory()))
	appendEvents(t, s, newEvent(ada, 1, card.ID))
	requireMemory(t, s, newMemory(1), ada, card.ID)
}

func restoreRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	require.True(t, settle(t, s, card, newMemory(40)))
	did := make([]bool, racers)
	for _, err := range race(racers, func(i int) (err error) {
		did[i], err = s.Projections.Restore(t.Context(), ada, card.ID, 40, newMemory(int64(i+1)))
		return err
	}) {
		require.NoError(t, err)
	}
	winner := 0
	for i, restored := range did {
		if restored {
			require.Zero(t, winner, "there are two winners")
			winner = i + 1
		}
	}
	require.NotZero(t, winner, "there is no winner")
	requireMemory(t, s, newMemory(int64(winner)), ada, card.ID)
}
