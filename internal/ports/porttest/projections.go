package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testProjections(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"people who have cards or events are listed in order, each once, in parts", learnersListed},
		{"an empty store has no learners", learnersNone},
		{"the events of a log are counted", eventsCounted},
		{"memories of all decks are listed by the id of the card, in parts", memoriesByCard},
		{"memories of cards that are gone or another person's are not listed", memoriesByCardGone},
		{"a cancelled context lists, counts and restores nothing", projectionsCancelled},
	})
	runCases(t, engine, restoreCases())
}

func learnersListed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	// In order: 1 has cards, 2 events, 3 both, 4 cards of two decks, 5 events of two cards. The others have neither.
	for _, n := range []int{4, 1, 3} {
		deck := addDeck(t, s, userID(n), 1)
		addCards(t, s, deck, 1, 2)
	}
	addCard(t, s, addDeck(t, s, userID(4), 2), 3)
	appendEvents(t, s, newEvents(userID(5), 1, cardID(1), cardID(2))...)
	appendEvents(t, s, newEvents(userID(3), 1, cardID(1), cardID(1))...)
	appendEvents(t, s, newEvent(userID(2), 1, cardID(9)))
	addDeck(t, s, userID(6), 1)
	require.NoError(t, s.Users.InsertUser(t.Context(), newUser(7)))
	gone := addCard(t, s, addDeck(t, s, userID(8), 1), 1)
	require.NoError(t, s.Cards.DeleteCard(t.Context(), userID(8), gone.ID))

	want := []domain.UserID{userID(1), userID(2), userID(3), userID(4), userID(5)}
	place := func(id domain.UserID) ports.Cursor { return ports.Cursor{ID: string(id)} }
	requirePages(t, want, place, func(page ports.Page) ([]domain.UserID, error) {
		return s.Projections.Learners(t.Context(), domain.UserID(page.After.ID), page.Limit)
	})
	got, err := s.Projections.Learners(t.Context(), userID(2)+"0", 10)
	require.NoError(t, err)
	require.Equal(t, want[2:], got, "the person behind whom a part begins need not be there")
}

func learnersNone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	got, err := s.Projections.Learners(t.Context(), "", 10)
	requireEmpty(t, got, err)
}

func eventsCounted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireCount := func(want int64, owner domain.UserID) {
		t.Helper()
		got, err := s.Projections.CountEvents(t.Context(), owner)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	requireCount(0, ada)
	appendEvents(t, s, newEvents(ada, 1, cardID(1), cardID(1), cardID(2))...)
	appendEvents(t, s, newEvent(bob, 1, cardID(1)))
	requireCount(3, ada)
	appendEvents(t, s, newEventOf(domain.KindUndo, ada, 4, cardID(1)))
	requireCount(4, ada)
	requireCount(1, bob)
}

func memoriesByCard(t *testing.T, engine Engine) {
	s := engine.Open(t)
	got, err := s.Projections.MemoriesByCard(t.Context(), ada, "", 10)
	requireEmpty(t, got, err)
	decks := []domain.Deck{addDeck(t, s, ada, 2), addDeck(t, s, ada, 1)}
	addCards(t, s, decks[0], 6, 1, 4)
	addCards(t, s, decks[1], 5, 2)
	addCards(t, s, addDeck(t, s, bob, 1), 2, 3)
	want := []domain.CardMemory{}
	for _, n := range []int{1, 2, 4, 5, 6} {
		want = append(want, domain.CardMemory{Card: cardID(n), Deck: decks[0].ID, Memory: domain.NewMemory()})
	}
	want[1].Deck, want[3].Deck = decks[1].ID, decks[1].ID
	require.True(t, settle(t, s, newCard(decks[1], 2), newMemory(8)))
	want[1].Memory = newMemory(8)
	suspend(t, s, newCard(decks[0], 4), true)
	want[2].Suspended = true
	place := func(m domain.CardMemory) ports.Cursor { return ports.Cursor{ID: string(m.Card)} }
	requirePages(t, want, place, func(page ports.Page) ([]domain.CardMemory, error) {
		return s.Projections.MemoriesByCard(t.Context(), ada, domain.CardID(page.After.ID), page.Limit)
	})
	got, err = s.Projections.MemoriesByCard(t.Context(), ada, cardID(3), 10)
	require.NoError(t, err)
	require.Equal(t, want[2:], got, "the card behind which a part begins need not be there")
}

func memoriesByCardGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, lost := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	addCards(t, s, deck, 1, 2, 5)
	addCards(t, s, lost, 3, 4)
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, cardID(2)))
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, lost.ID))
	for _, limit := range []int{2, 10} {
		got, err := s.Projections.MemoriesByCard(t.Context(), ada, "", limit)
		require.NoError(t, err)
		require.Equal(t, []domain.CardMemory{
			{Card: cardID(1), Deck: deck.ID, Memory: domain.NewMemory()}, {Card: cardID(5), Deck: deck.ID, Memory: domain.NewMemory()},
		}, got, "fewer than %d would be the end", limit)
	}
	got, err := s.Projections.MemoriesByCard(t.Context(), bob, "", 10)
	requireEmpty(t, got, err)
}

func projectionsCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := addCard(t, s, addDeck(t, s, ada, 1), 1)
	ctx := cancelled(t)
	_, learners := s.Projections.Learners(ctx, "", 10)
	_, count := s.Projections.CountEvents(ctx, ada)
	_, list := s.Projections.MemoriesByCard(ctx, ada, "", 10)
	_, restored := s.Projections.Restore(ctx, ada, card.ID, 0, newMemory(1))
	requireCancelled(t, map[string]error{"Learners": learners, "CountEvents": count, "MemoriesByCard": list, "Restore": restored})
	requireMemory(t, s, domain.NewMemory(), ada, card.ID)
}
