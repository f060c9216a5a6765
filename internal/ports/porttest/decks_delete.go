package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func deckDeleteCases() []testCase {
	return []testCase{
		{"a deleted deck cannot be seen, changed or deleted again", deckDeleted},
		{"the cards of a deleted deck cannot be seen or changed", deckDeletedCards},
		{"the memories of a deleted deck's cards cannot be seen or changed", deckDeletedMemories},
		{"the events of a deleted deck's cards stay and more may come", deckDeletedEvents},
		{"the id of a deleted deck stays taken", deckDeletedID},
		{"deleting a deck leaves all other decks and cards", deckDeletedOthers},
		{"no card outlives a deck that is deleted while cards are added", deckDeleteRace},
	}
}

// deleteDeck deletes a deck with one answered card, and returns both and the event.
func deleteDeck(t *testing.T, s ports.Storage) (domain.Deck, domain.Card, domain.Event) {
	t.Helper()
	deck := publishedDeck(ada, 1, 5)
	require.NoError(t, s.Decks.InsertDeck(t.Context(), deck))
	card := addCard(t, s, deck, 1)
	event := newEvent(ada, 1, card.ID)
	require.NoError(t, s.ReviewLog.Append(t.Context(), ada, []domain.Event{event}))
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, deck.ID))
	return deck, card, event
}

func deckDeleted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, _, _ := deleteDeck(t, s)
	_, err := s.Decks.Deck(t.Context(), ada, deck.ID)
	requireNotFound(t, err)
	list, err := s.Decks.Decks(t.Context(), ada, ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	list, err = s.PublishedDecks.PublishedDecks(t.Context(), ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	_, err = s.Decks.UpdateDeck(t.Context(), ada, deck.ID, func(d *domain.Deck) error { d.Name = "New"; return nil })
	requireNotFound(t, err)
	requireNotFound(t, s.Decks.DeleteDeck(t.Context(), ada, deck.ID))
	_, err = s.Decks.Deck(t.Context(), ada, deck.ID)
	requireNotFound(t, err)
}

func deckDeletedCards(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, card, _ := deleteDeck(t, s)
	_, err := s.Cards.Card(t.Context(), ada, card.ID)
	requireNotFound(t, err)
	for _, id := range []domain.DeckID{deck.ID, ""} {
		list, err := s.Cards.Cards(t.Context(), ada, id, ports.Page{Limit: 10})
		requireEmpty(t, list, err)
	}
	_, err = s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer = "New"; return nil })
	requireNotFound(t, err)
	requireNotFound(t, s.Cards.DeleteCard(t.Context(), ada, card.ID))
	other := addDeck(t, s, ada, 2)
	_, err = s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Deck = other.ID; return nil })
	requireNotFound(t, err)
	requireNotFound(t, s.Cards.InsertCards(t.Context(), ada, deck.ID, []domain.Card{newCard(deck, 2)}))
	list, err := s.Cards.Cards(t.Context(), ada, "", ports.Page{Limit: 10})
	requireEmpty(t, list, err)
}

func deckDeletedMemories(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, card, _ := deleteDeck(t, s)
	_, err := s.Memories.Memory(t.Context(), ada, card.ID)
	requireNotFound(t, err)
	require.Empty(t, deckMemories(t, s, ada, deck.ID))
	settled, err := s.Memories.Settle(t.Context(), ada, card.ID, newMemory(9))
	require.NoError(t, err)
	require.False(t, settled, "a card that is gone is not settled")
}

func deckDeletedEvents(t *testing.T, engine Engine) {
	s := engine.Open(t)
	_, card, event := deleteDeck(t, s)
	more := newEvent(ada, 2, card.ID)
	require.NoError(t, s.ReviewLog.Append(t.Context(), ada, []domain.Event{more}))
	requireLog(t, s, ada, event, more)
	events, err := s.ReviewLog.CardEvents(t.Context(), ada, card.ID)
	require.NoError(t, err)
	require.Equal(t, []domain.Event{event, more}, events)
	requireEvent(t, s, event)
}

func deckDeletedID(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, _, _ := deleteDeck(t, s)
	requireCode(t, domain.CodeConflict, s.Decks.InsertDeck(t.Context(), deck))
	_, err := s.Decks.Deck(t.Context(), ada, deck.ID)
	requireNotFound(t, err)
	require.NoError(t, s.Decks.InsertDeck(t.Context(), newDeck(bob, 1)))
}

func deckDeletedOthers(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second, theirs := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2), addDeck(t, s, bob, 1)
	addCard(t, s, first, 1)
	stays, foreign := addCard(t, s, second, 2), addCard(t, s, theirs, 1)
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, first.ID))
	requireDeck(t, s, second)
	requireDeck(t, s, theirs)
	requireCard(t, s, stays)
	requireCard(t, s, foreign)
	requireMemory(t, s, domain.NewMemory(), ada, stays.ID)
	requireMemory(t, s, domain.NewMemory(), bob, foreign.ID)
}

func deckDeleteRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for round := range 4 {
		deck := addDeck(t, s, ada, round)
		got := race(6, func(i int) error {
			if i == 3 {
				return s.Decks.DeleteDeck(t.Context(), ada, deck.ID)
			}
			return s.Cards.InsertCards(t.Context(), ada, deck.ID, []domain.Card{newCard(deck, 10*round+i)})
		})
		for i, err := range got {
			if i == 3 {
				require.NoError(t, err)
			} else if err != nil {
				require.Contains(t, []domain.Code{domain.CodeNotFound, domain.CodeBusy}, domain.CodeOf(err))
			}
		}
		list, err := s.Cards.Cards(t.Context(), ada, "", ports.Page{Limit: 100})
		requireEmpty(t, list, err)
	}
}
