package porttest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func archiveCardCases() []testCase {
	return []testCase{
		{"cards of a deleted deck are not on the shelf, and its pages are full", archiveCardsDeleted},
		{"cards that are put are studied when they are due", archiveCardsStudied},
		{"cards that are put are in their deck, and no longer in the one before", archiveCardsMoved},
		{"a memory that is put may be of a lower number, and goes on from there", archiveCardsMemory},
		{"many cards are put at once, some of them again", archiveCardsMany},
		{"texts of cards are put byte for byte", archiveCardsTexts},
	}
}

// archived returns a card with a memory.
func archived(card domain.Card, memory domain.Memory) ports.ArchivedCard {
	return ports.ArchivedCard{Card: card, Memory: memory}
}

func archiveCardsDeleted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, lost := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	for n := 1; n <= 9; n++ {
		home := deck
		if n%3 != 0 {
			home = lost
		}
		putItems(t, s.Archive.Cards, ada, archived(newCard(home, n), newMemory(int64(n))))
	}
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, lost.ID))
	want := []ports.ArchivedCard{
		archived(newCard(deck, 3), newMemory(3)), archived(newCard(deck, 6), newMemory(6)), archived(newCard(deck, 9), newMemory(9)),
	}
	place := func(c ports.ArchivedCard) ports.Cursor { return ports.Cursor{ID: string(c.ID)} }
	requirePages(t, want, place, func(page ports.Page) ([]ports.ArchivedCard, error) {
		return s.Archive.Cards.Page(t.Context(), ada, page.After.ID, page.Limit)
	})
}

func archiveCardsStudied(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	due := []ports.ArchivedCard{}
	for n := 1; n <= 4; n++ {
		due = append(due, archived(newCard(deck, n), dueMemory(n, domain.PhaseReview, at(100-n))))
	}
	fresh := archived(newCard(deck, 5), domain.NewMemory())
	putItems(t, s.Archive.Cards, ada, append(due, fresh)...)
	requireQueue := func(phase domain.Phase, want ...ports.ArchivedCard) {
		t.Helper()
		cards := []domain.StudyCard{}
		for _, card := range want {
			cards = append(cards, domain.StudyCard{Card: card.Card, Memory: card.Memory})
		}
		requireStudy(t, s, ada, ports.StudyQuery{Phase: phase, DueBy: at(100)}, cards...)
		requireStudy(t, s, ada, ports.StudyQuery{Phase: phase, DueBy: at(100), Deck: deck.ID}, cards...)
	}
	requireQueue(domain.PhaseReview, due[3], due[2], due[1], due[0])
	requireQueue(domain.PhaseNew, fresh)

	fresh.Memory = dueMemory(1, domain.PhaseReview, at(50))
	due[0].Memory, due[2].Memory.Due = domain.NewMemory(), at(101)
	due[3].Suspended = true
	putItems(t, s.Archive.Cards, ada, append(due, fresh)...)
	requireQueue(domain.PhaseReview, fresh, due[1])
	requireQueue(domain.PhaseNew, due[0])
	due[3].Suspended = false
	putItems(t, s.Archive.Cards, ada, due[3])
	requireQueue(domain.PhaseReview, fresh, due[3], due[1])
	require.NoError(t, s.Archive.Cards.Remove(t.Context(), ada, []string{string(fresh.ID)}))
	requireQueue(domain.PhaseReview, due[3], due[1])
}

func archiveCardsMoved(t *testing.T, engine Engine) {
	s := engine.Open(t)
	from, to := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	cards := addCards(t, s, from, 1, 2, 3)
	moved := cards[1]
	moved.Deck, moved.CreatedAt, moved.Rev = to.ID, at(40), 33
	putItems(t, s.Archive.Cards, ada, archived(moved, newMemory(4)))
	for deck, want := range map[domain.DeckID][]domain.Card{
		from.ID: {cards[0], cards[2]}, to.ID: {moved}, "": {cards[0], cards[2], moved},
	} {
		requirePages(t, want, cardPlace, func(page ports.Page) ([]domain.Card, error) {
			return s.Cards.Cards(t.Context(), ada, deck, page)
		})
	}
	require.Len(t, deckMemories(t, s, ada, from.ID), 2)
	require.Equal(t, newMemory(4), deckMemories(t, s, ada, to.ID)[moved.ID].Memory)
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, from.ID))
	requireShelf(t, s.Archive.Cards, ada, []ports.ArchivedCard{archived(moved, newMemory(4))})
}

func archiveCardsMemory(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	require.True(t, settle(t, s, card, newMemory(9)))
	suspend(t, s, card, true)
	putItems(t, s.Archive.Cards, ada, archived(card, newMemory(4)))
	requireMemory(t, s, newMemory(4), ada, card.ID)
	requireSuspended(t, s, false, ada, card.ID)
	require.False(t, settle(t, s, card, newMemory(4)))
	require.True(t, settle(t, s, card, newMemory(5)))
	changed, err := s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer = "New"; return nil })
	require.NoError(t, err)
	requireShelf(t, s.Archive.Cards, ada, []ports.ArchivedCard{archived(changed, newMemory(5))})
}

func archiveCardsMany(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, cards := addDeck(t, s, ada, 1), []ports.ArchivedCard{}
	for n := range 610 {
		cards = append(cards, archived(newCard(deck, n), newMemory(int64(n))))
	}
	putItems(t, s.Archive.Cards, ada, cards[:20]...)
	for n := range 20 {
		cards[n].Question, cards[n].Rev = "Again", 5
	}
	putItems(t, s.Archive.Cards, ada, cards...)
	requireShelf(t, s.Archive.Cards, ada, cards)
	keys := []string{}
	for _, card := range cards[5:] {
		keys = append(keys, string(card.ID))
	}
	require.NoError(t, s.Archive.Cards.Remove(t.Context(), ada, keys))
	requireShelf(t, s.Archive.Cards, ada, cards[:5])
}

func archiveCardsTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, cards := addDeck(t, s, ada, 1), []ports.ArchivedCard{}
	for n, text := range slices.Concat(texts(), []string{longText(), ""}) {
		card := archived(newCard(deck, n), domain.NewMemory())
		card.Question, card.Answer = text, text+"!"
		cards = append(cards, card)
	}
	putItems(t, s.Archive.Cards, ada, cards...)
	requireShelf(t, s.Archive.Cards, ada, cards)
	for _, card := range cards {
		requireCard(t, s, card.Card)
	}
}
