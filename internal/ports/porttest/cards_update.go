package porttest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func cardUpdateCases() []testCase {
	return []testCase{
		{"an update of a card is stored and counted", cardUpdate},
		{"an update cannot change id, owner, creation and revision of a card", cardUpdateFixed},
		{"an update of a card that its function refuses stores nothing", cardUpdateRefused},
		{"an update of a card leaves its memory", cardUpdateLeavesMemory},
		{"concurrent updates of a card lose nothing", cardUpdateRace},
		{"concurrent updates of content and memory lose nothing of each other", cardUpdateMemoryRace},
	}
}

func cardUpdate(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := addCards(t, s, addDeck(t, s, ada, 1), 1, 2)
	want := cards[0]
	for range 2 {
		want.Question, want.Answer, want.UpdatedAt = want.Question+" \n", want.Answer+" \n", want.UpdatedAt.AddDate(0, 0, 1)
		got, err := s.Cards.UpdateCard(t.Context(), ada, want.ID, func(c *domain.Card) error {
			c.Question, c.Answer, c.UpdatedAt = want.Question, want.Answer, want.UpdatedAt
			return nil
		})
		require.NoError(t, err)
		want.Rev++
		require.Equal(t, want, got)
		requireCard(t, s, want)
	}
	requireCard(t, s, cards[1])
}

func cardUpdateFixed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addCard(t, s, addDeck(t, s, ada, 1), 1)
	got, err := s.Cards.UpdateCard(t.Context(), ada, want.ID, func(c *domain.Card) error {
		c.ID, c.Owner, c.CreatedAt, c.Rev, c.Answer = cardID(9), bob, at(999), 77, "New"
		return nil
	})
	require.NoError(t, err)
	want.Answer, want.Rev = "New", 2
	require.Equal(t, want, got)
	requireCard(t, s, want)
	for _, owner := range []domain.UserID{ada, bob} {
		_, err = s.Cards.Card(t.Context(), owner, cardID(9))
		requireNotFound(t, err)
	}
	_, err = s.Cards.Card(t.Context(), bob, want.ID)
	requireNotFound(t, err)
}

func cardUpdateRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addCard(t, s, addDeck(t, s, ada, 1), 1)
	other := addDeck(t, s, ada, 2)
	_, err := s.Cards.UpdateCard(t.Context(), ada, want.ID, func(c *domain.Card) error {
		c.Answer, c.Deck = "New", other.ID
		return errEdit
	})
	require.Same(t, errEdit, err, "the error is returned as it is")
	requireCard(t, s, want)
}

func cardUpdateLeavesMemory(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	_, err := s.Memories.Settle(t.Context(), ada, card.ID, newMemory(5))
	require.NoError(t, err)
	_, err = s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer = "New"; return nil })
	require.NoError(t, err)
	requireMemory(t, s, newMemory(5), ada, card.ID)
}

func cardUpdateRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	got := race(racers, func(int) error {
		_, err := s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer += "x"; return nil })
		return err
	})
	done := requireMostDone(t, got)
	card.Answer, card.Rev = card.Answer+strings.Repeat("x", done), int64(1+done)
	requireCard(t, s, card)
}

func cardUpdateMemoryRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	got := race(racers, func(i int) error {
		if i%2 == 0 {
			_, err := s.Memories.Settle(t.Context(), ada, card.ID, newMemory(int64(i+1)))
			return err
		}
		_, err := s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer += "x"; return nil })
		return err
	})
	edits := []error{}
	for i, err := range got {
		if i%2 == 0 {
			require.NoError(t, err, "a memory is settled whoever edits the content")
		} else {
			edits = append(edits, err)
		}
	}
	done := requireMostDone(t, edits)
	card.Answer, card.Rev = card.Answer+strings.Repeat("x", done), int64(1+done)
	requireCard(t, s, card)
	requireMemory(t, s, newMemory(racers-1), ada, card.ID)
}
