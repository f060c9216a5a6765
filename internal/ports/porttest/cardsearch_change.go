package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func cardSearchChangeCases() []testCase {
	return []testCase{
		{"a card is found by its new words after an update, and not by the old ones", searchCardUpdated},
		{"a card whose update is refused is found by its old words", searchCardRefused},
		{"cards that were not inserted are not found", searchCardsConflict},
		{"a card that moved is found in its new deck", searchCardMoved},
		{"a deleted card is not found, and one of its id by its own words only", searchCardDeleted},
		{"the cards of a deleted deck are not found", searchCardsDeckDeleted},
		{"erased cards are not found, and those of their ids by their own words only", searchCardsErased},
		{"what is learned leaves what is found", searchCardsLearned},
		{"a card is found by the words of the last of many updates", searchCardRace},
	}
}

func searchCardUpdated(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := writeCards(t, s, addDeck(t, s, ada, 1), 1, "first kept", "second kept")
	card, err := s.Cards.UpdateCard(t.Context(), ada, cards[0].ID, func(c *domain.Card) error { c.Question = "third kept"; return nil })
	require.NoError(t, err)
	requireFoundCards(t, s, ada, "third", card)
	requireFoundCards(t, s, ada, "kept", card, cards[1])
	requireFoundCards(t, s, ada, "first")
	requireFoundCards(t, s, ada, "second", cards[1])
	card, err = s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Question, c.Answer = "?", "fourth"; return nil })
	require.NoError(t, err)
	requireFoundCards(t, s, ada, "fourth", card)
	requireFoundCards(t, s, ada, "answer", cards[1])
	requireFoundCards(t, s, ada, "|third kept", cards[1])
	card, err = s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer = "..."; return nil })
	require.NoError(t, err)
	requireFoundCards(t, s, ada, "fourth")
	card, err = s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer = "fourth"; return nil })
	require.NoError(t, err)
	requireFoundCards(t, s, ada, "fourth", card)
}

func searchCardRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := writeCards(t, s, addDeck(t, s, ada, 1), 1, "old")[0]
	_, err := s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Question = "new"; return errEdit })
	require.ErrorIs(t, err, errEdit)
	_, err = s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error {
		c.Question, c.Deck = "new", deckID(9)
		return nil
	})
	requireNotFound(t, err)
	requireFoundCards(t, s, ada, "old", card)
	requireFoundCards(t, s, ada, "new")
}

func searchCardsConflict(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	taken := writeCards(t, s, deck, 3, "taken")[0]
	batch := []domain.Card{newCard(deck, 1), newCard(deck, 2), newCard(deck, 3)}
	requireCode(t, domain.CodeConflict, s.Cards.InsertCards(t.Context(), ada, deck.ID, batch))
	requireFoundCards(t, s, ada, "question")
	requireFoundCards(t, s, ada, "taken", taken)
}

func searchCardMoved(t *testing.T, engine Engine) {
	s := engine.Open(t)
	from, to := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	cards := writeCards(t, s, from, 1, "moved word", "other word")
	moved, err := s.Cards.UpdateCard(t.Context(), ada, cards[0].ID, func(c *domain.Card) error { c.Deck = to.ID; return nil })
	require.NoError(t, err)
	requireFoundCards(t, s, ada, "word", moved, cards[1])
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, from.ID))
	requireFoundCards(t, s, ada, "word", moved)
}

func searchCardDeleted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	cards := writeCards(t, s, deck, 1, "deleted word", "other word")
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, cards[0].ID))
	requireFoundCards(t, s, ada, "deleted")
	requireFoundCards(t, s, ada, "word", cards[1])
	again := writeCards(t, s, deck, 1, "again")[0]
	requireFoundCards(t, s, ada, "again", again)
	requireFoundCards(t, s, ada, "|deleted again", again)
	requireFoundCards(t, s, ada, "word", cards[1])
	requireFoundCards(t, s, ada, "deleted")
}

func searchCardsDeckDeleted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, other := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	writeCards(t, s, deck, 1, "gone word", "gone too")
	stays, theirs := writeCards(t, s, other, 5, "other word"), writeCards(t, s, addDeck(t, s, bob, 1), 1, "gone word")
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, deck.ID))
	requireFoundCards(t, s, ada, "gone")
	requireFoundCards(t, s, ada, "|word gone too", stays...)
	requireFoundCards(t, s, bob, "gone", theirs...)
	sweep(t, s, at(0))
	requireFoundCards(t, s, ada, "|word gone too", stays...)
}

func searchCardsErased(t *testing.T, engine Engine) {
	s := engine.Open(t)
	writeCards(t, s, addDeck(t, s, ada, 1), 1, "erased word", "erased too")
	theirs := writeCards(t, s, addDeck(t, s, bob, 1), 1, "erased word")
	erase(t, s, ada, domain.PartDecks)
	requireFoundCards(t, s, ada, "|erased word too")
	requireFoundCards(t, s, bob, "erased", theirs...)
	again := writeCards(t, s, addDeck(t, s, ada, 1), 1, "again")
	requireFoundCards(t, s, ada, "|erased word again", again...)
	requireFoundCards(t, s, ada, "erased")
}

func searchCardsLearned(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := writeCards(t, s, addDeck(t, s, ada, 1), 1, "learned word", "other word")
	appendEvents(t, s, newEvents(ada, 1, cards[0].ID)...)
	requireFoundCards(t, s, ada, "word", cards...)
	require.True(t, settle(t, s, cards[1], newMemory(8)))
	suspend(t, s, cards[0], true)
	requireFoundCards(t, s, ada, "word", cards...)
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, cards[1].ID))
	_, err := s.Memories.Settle(t.Context(), ada, cards[1].ID, newMemory(9))
	require.NoError(t, err)
	appendEvents(t, s, newEvents(ada, 2, cards[1].ID)...)
	requireFoundCards(t, s, ada, "word", cards[0])
	erase(t, s, ada, domain.PartLearning)
	requireFoundCards(t, s, ada, "word", cards[0])
}

func searchCardRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := writeCards(t, s, addDeck(t, s, ada, 1), 1, "begin")[0]
	word := func(i int) string { return "word" + string(rune('a'+i)) }
	got := race(8, func(i int) error {
		_, err := s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Question = word(i); return nil })
		return err
	})
	requireMostDone(t, got)
	last, err := s.Cards.Card(t.Context(), ada, card.ID)
	require.NoError(t, err)
	for i := range got {
		if word(i) == last.Question {
			requireFoundCards(t, s, ada, word(i), last)
			continue
		}
		requireFoundCards(t, s, ada, word(i))
	}
	requireFoundCards(t, s, ada, "begin")
}
