package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func cardInsertCases() []testCase {
	return []testCase{
		{"a batch of cards is stored whole, in its order", cardsInserted},
		{"a batch with an id that is taken conflicts and stores none", cardsConflict},
		{"a batch for a missing, foreign or deleted deck is not found and stores none", cardsNoDeck},
		{"of many batches that want one id one is stored whole and the others not at all", cardsRace},
	}
}

func cardsInserted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	cards := []domain.Card{}
	for n := range 40 {
		card := newCard(deck, n)
		card.CreatedAt = at(1)
		cards = append(cards, card)
	}
	require.NoError(t, s.Cards.InsertCards(t.Context(), ada, deck.ID, cards))
	got, err := s.Cards.Cards(t.Context(), ada, deck.ID, ports.Page{Limit: 100})
	require.NoError(t, err)
	require.Equal(t, cards, got)
	requireMemory(t, s, domain.NewMemory(), ada, cards[39].ID)
}

func cardsConflict(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, other := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	taken := addCard(t, s, other, 3)
	batch := []domain.Card{newCard(deck, 1), newCard(deck, 2), newCard(deck, 3), newCard(deck, 4)}
	requireCode(t, domain.CodeConflict, s.Cards.InsertCards(t.Context(), ada, deck.ID, batch))
	got, err := s.Cards.Cards(t.Context(), ada, "", ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.Card{taken}, got)
	for _, n := range []int{1, 2, 4} {
		_, err = s.Cards.Card(t.Context(), ada, cardID(n))
		requireNotFound(t, err)
	}
	require.NoError(t, s.Cards.InsertCards(t.Context(), ada, deck.ID, []domain.Card{newCard(deck, 1)}), "its id is free")
}

func cardsNoDeck(t *testing.T, engine Engine) {
	s := engine.Open(t)
	theirs, gone := addDeck(t, s, bob, 1), addDeck(t, s, ada, 2)
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, gone.ID))
	for _, id := range []domain.DeckID{deckID(9), theirs.ID, gone.ID} {
		deck := newDeck(ada, 1)
		deck.ID = id
		batch := []domain.Card{newCard(deck, 1), newCard(deck, 2)}
		requireNotFound(t, s.Cards.InsertCards(t.Context(), ada, id, batch))
		for _, owner := range []domain.UserID{ada, bob} {
			list, err := s.Cards.Cards(t.Context(), owner, "", ports.Page{Limit: 10})
			requireEmpty(t, list, err)
		}
	}
}

func cardsRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	batch := func(i int) []domain.Card {
		wanted := newCard(deck, 500)
		wanted.Answer = "of batch " + string(rune('a'+i))
		return []domain.Card{newCard(deck, 10*i), newCard(deck, 10*i+1), wanted}
	}
	got := race(8, func(i int) error { return s.Cards.InsertCards(t.Context(), ada, deck.ID, batch(i)) })
	winner := requireOneWinner(t, got, domain.CodeConflict, domain.CodeBusy)
	list, err := s.Cards.Cards(t.Context(), ada, deck.ID, ports.Page{Limit: 100})
	require.NoError(t, err)
	require.Equal(t, batch(winner), list)
}
