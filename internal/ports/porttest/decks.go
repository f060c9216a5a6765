package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testDecks(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a deck comes back as given", deckRoundTrip},
		{"times of a deck come back in UTC to the millisecond, zero as zero", deckTimes},
		{"texts of a deck come back byte for byte", deckTexts},
		{"an unknown deck is not found", deckUnknown},
		{"another person's deck is not found and stays as it is", deckForeign},
		{"two people may have a deck of one id", deckSameID},
		{"a deck of an id that is taken conflicts", deckTaken},
		{"of many who insert a deck of one id one wins", deckRace},
		{"decks are listed by creation, then id, in pages", deckPages},
		{"a page goes on behind a deck that is gone", deckPageBehindGone},
		{"a list without decks is empty and not nil", deckListEmpty},
		{"a cancelled context stores, changes and deletes no deck", deckCancelled},
	})
	runCases(t, engine, deckUpdateCases())
	runCases(t, engine, deckDeleteCases())
}

func deckRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	public := publishedDeck(ada, 2, 7)
	require.NoError(t, s.Decks.InsertDeck(t.Context(), public))
	requireDeck(t, s, addDeck(t, s, ada, 1))
	requireDeck(t, s, public)
}

func deckTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range append(instants(), time.Time{}) {
		deck := newDeck(ada, i)
		deck.PublishedAt = instant
		if !instant.IsZero() {
			deck.CreatedAt, deck.UpdatedAt = instant, instant
		}
		require.NoError(t, s.Decks.InsertDeck(t.Context(), deck))
		deck.PublishedAt, deck.CreatedAt, deck.UpdatedAt = instant.UTC(), deck.CreatedAt.UTC(), deck.UpdatedAt.UTC()
		requireDeck(t, s, deck)
	}
}

func deckTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, text := range texts() {
		deck := newDeck(ada, i)
		deck.Name, deck.Description, deck.Color = text, text, text
		require.NoError(t, s.Decks.InsertDeck(t.Context(), deck))
		requireDeck(t, s, deck)
	}
	bare := newDeck(ada, 100)
	bare.Description, bare.Color = "", ""
	require.NoError(t, s.Decks.InsertDeck(t.Context(), bare))
	requireDeck(t, s, bare)
}

func deckUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addDeck(t, s, ada, 1)
	_, err := s.Decks.Deck(t.Context(), ada, deckID(2))
	requireNotFound(t, err)
	_, err = s.Decks.UpdateDeck(t.Context(), ada, deckID(2), func(*domain.Deck) error { return nil })
	requireNotFound(t, err)
	requireNotFound(t, s.Decks.DeleteDeck(t.Context(), ada, deckID(2)))
	_, err = s.Decks.Deck(t.Context(), ada, deckID(2))
	requireNotFound(t, err)
}

func deckForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := newDeck(ada, 1)
	deck.PublishedAt = at(1)
	require.NoError(t, s.Decks.InsertDeck(t.Context(), deck))
	_, err := s.Decks.Deck(t.Context(), bob, deck.ID)
	requireNotFound(t, err)
	_, err = s.Decks.UpdateDeck(t.Context(), bob, deck.ID, func(d *domain.Deck) error { d.Name = "bob's"; return nil })
	requireNotFound(t, err)
	requireNotFound(t, s.Decks.DeleteDeck(t.Context(), bob, deck.ID))
	list, err := s.Decks.Decks(t.Context(), bob, ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	requireDeck(t, s, deck)
}

func deckSameID(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine := addDeck(t, s, ada, 1)
	theirs := newDeck(bob, 1)
	theirs.Name = "Bob's"
	require.NoError(t, s.Decks.InsertDeck(t.Context(), theirs))
	requireDeck(t, s, mine)
	requireDeck(t, s, theirs)
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, mine.ID))
	requireDeck(t, s, theirs)
}

func deckTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	again := deck
	again.Name = "Again"
	requireCode(t, domain.CodeConflict, s.Decks.InsertDeck(t.Context(), again))
	requireDeck(t, s, deck)
}

func deckRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := func(i int) domain.Deck {
		d := newDeck(ada, 1)
		d.Rev = int64(i + 1)
		return d
	}
	got := race(racers, func(i int) error { return s.Decks.InsertDeck(t.Context(), deck(i)) })
	requireDeck(t, s, deck(requireOneWinner(t, got, domain.CodeConflict)))
}

// addDeckList inserts decks of a person, some created at one time, in another order than that of the list, and returns
// the list.
func addDeckList(t *testing.T, s ports.Storage, owner domain.UserID) []domain.Deck {
	t.Helper()
	list := []domain.Deck{}
	for i, n := range []int{6, 3, 1, 2, 5, 7, 4} {
		deck := newDeck(owner, n)
		deck.CreatedAt = at([]int{1, 2, 3, 3, 3, 5, 5}[i]).Add(time.Duration(i/6) * time.Millisecond)
		list = append(list, deck)
	}
	for _, i := range []int{4, 0, 6, 2, 3, 1, 5} {
		require.NoError(t, s.Decks.InsertDeck(t.Context(), list[i]))
	}
	return list
}

func deckPages(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addDeckList(t, s, ada)
	addDeckList(t, s, bob)
	requirePages(t, list, deckPlace, func(page ports.Page) ([]domain.Deck, error) {
		return s.Decks.Decks(t.Context(), ada, page)
	})
}

func deckPageBehindGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addDeckList(t, s, ada)
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, list[3].ID))
	got, err := s.Decks.Decks(t.Context(), ada, ports.Page{After: deckPlace(list[3]), Limit: 2})
	require.NoError(t, err)
	require.Equal(t, list[4:6], got)
}

func deckListEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list, err := s.Decks.Decks(t.Context(), ada, ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	deck := addDeck(t, s, ada, 1)
	list, err = s.Decks.Decks(t.Context(), ada, ports.Page{After: deckPlace(deck), Limit: 10})
	requireEmpty(t, list, err)
	list, err = s.Decks.Decks(t.Context(), ada, ports.Page{After: ports.Cursor{At: at(9999), ID: uuid(0, 0)}, Limit: 10})
	requireEmpty(t, list, err)
}

func deckCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	ctx := cancelled(t)
	_, read := s.Decks.Deck(ctx, ada, deck.ID)
	_, list := s.Decks.Decks(ctx, ada, ports.Page{Limit: 10})
	_, update := s.Decks.UpdateDeck(ctx, ada, deck.ID, func(d *domain.Deck) error { d.Name = "other"; return nil })
	requireCancelled(t, map[string]error{
		"InsertDeck": s.Decks.InsertDeck(ctx, newDeck(ada, 2)), "Deck": read, "Decks": list, "UpdateDeck": update,
		"DeleteDeck": s.Decks.DeleteDeck(ctx, ada, deck.ID),
	})
	requireDeck(t, s, deck)
	_, err := s.Decks.Deck(t.Context(), ada, deckID(2))
	requireNotFound(t, err)
}
