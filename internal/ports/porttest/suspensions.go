package porttest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testSuspensions(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a suspended card says so wherever its memory is read, until it may be asked again", suspendSeen},
		{"suspending leaves content and memory, and other cards", suspendLeaves},
		{"a card stays suspended when it is answered, settled, restored, rewritten and moved", suspendStays},
		{"a card that is gone, unknown or another person's cannot be suspended", suspendUnknown},
		{"suspending at the same time as other changes loses nothing of them", suspendRace},
		{"a cancelled context suspends nothing", suspendCancelled},
	})
}

func suspend(t *testing.T, s ports.Storage, card domain.Card, suspended bool) {
	t.Helper()
	require.NoError(t, s.Suspensions.Suspend(t.Context(), card.Owner, card.ID, suspended))
}

// requireSuspended checks a card's suspension wherever it can be read.
func requireSuspended(t *testing.T, s ports.Storage, want bool, owner domain.UserID, card domain.CardID) {
	t.Helper()
	memory, err := s.Memories.Memory(t.Context(), owner, card)
	require.NoError(t, err)
	require.Equal(t, want, memory.Suspended, "Memory")
	require.Equal(t, want, memoriesFound(t, s, owner, card)[card].Suspended, "MemoriesOf")
	require.Equal(t, want, deckMemories(t, s, owner, memory.Deck)[card].Suspended, "DeckMemories")
	list, err := s.Projections.MemoriesByCard(t.Context(), owner, "", 100)
	require.NoError(t, err)
	require.Contains(t, list, memory, "MemoriesByCard")
}

func suspendSeen(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	requireSuspended(t, s, false, ada, card.ID)
	for _, suspended := range []bool{true, true, false, false, true} {
		suspend(t, s, card, suspended)
		requireSuspended(t, s, suspended, ada, card.ID)
	}
}

func suspendLeaves(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := addCards(t, s, addDeck(t, s, ada, 1), 1, 2)
	theirs := addCard(t, s, addDeck(t, s, bob, 1), 1)
	require.True(t, settle(t, s, cards[0], newMemory(3)))
	suspend(t, s, cards[0], true)
	for _, card := range []domain.Card{cards[0], cards[1], theirs} {
		requireCard(t, s, card)
	}
	requireMemory(t, s, newMemory(3), ada, cards[0].ID)
	requireSuspended(t, s, false, ada, cards[1].ID)
	requireSuspended(t, s, false, bob, theirs.ID)
}

func suspendStays(t *testing.T, engine Engine) {
	s := engine.Open(t)
	from, to := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	card := addCard(t, s, from, 1)
	suspend(t, s, card, true)
	appendEvents(t, s, newEvent(ada, 1, card.ID))
	requireSuspended(t, s, true, ada, card.ID)
	require.True(t, settle(t, s, card, newMemory(2)))
	requireSuspended(t, s, true, ada, card.ID)
	require.True(t, restore(t, s, card, 2, newMemory(1)))
	requireSuspended(t, s, true, ada, card.ID)
	_, err := s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer = "New"; return nil })
	require.NoError(t, err)
	requireSuspended(t, s, true, ada, card.ID)
	moved, err := moveCard(t, s, card, to.ID)
	require.NoError(t, err)
	requireSuspended(t, s, true, ada, card.ID)
	requireMemory(t, s, newMemory(1), ada, card.ID)
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseRelearning, DueBy: at(1_000_000)})
	suspend(t, s, card, false)
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseRelearning, DueBy: at(1_000_000)},
		domain.StudyCard{Card: moved, Memory: newMemory(1)})
}

func suspendUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, lost := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	card, gone, under := addCard(t, s, deck, 1), addCard(t, s, deck, 2), addCard(t, s, lost, 3)
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, gone.ID))
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, lost.ID))
	for _, id := range []domain.CardID{gone.ID, under.ID, cardID(9)} {
		requireNotFound(t, s.Suspensions.Suspend(t.Context(), ada, id, true))
		requireNotFound(t, s.Suspensions.Suspend(t.Context(), ada, id, false))
	}
	requireNotFound(t, s.Suspensions.Suspend(t.Context(), bob, card.ID, true))
	requireSuspended(t, s, false, ada, card.ID)
	require.Len(t, deckMemories(t, s, ada, deck.ID, lost.ID), 1)
}

func suspendRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	got := race(12, func(i int) error {
		switch i % 3 {
		case 0:
			return s.Suspensions.Suspend(t.Context(), ada, card.ID, true)
		case 1:
			_, err := s.Memories.Settle(t.Context(), ada, card.ID, newMemory(int64(i)))
			return err
		}
		_, err := s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer += "x"; return nil })
		return err
	})
	edits := []error{}
	for i, err := range got {
		if i%3 == 2 {
			edits = append(edits, err)
		} else {
			require.NoError(t, err, "a card is suspended and settled whoever edits the content")
		}
	}
	done := requireMostDone(t, edits)
	card.Answer, card.Rev = card.Answer+strings.Repeat("x", done), int64(1+done)
	requireCard(t, s, card)
	requireMemory(t, s, newMemory(10), ada, card.ID)
	requireSuspended(t, s, true, ada, card.ID)
}

func suspendCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	requireCancelled(t, map[string]error{"Suspend": s.Suspensions.Suspend(cancelled(t), ada, card.ID, true)})
	requireSuspended(t, s, false, ada, card.ID)
}
