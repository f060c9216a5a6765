package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testPublishedDecks(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"published decks of all people are listed by publication, then id, in pages", publishedPages},
		{"private decks are not listed", publishedPrivate},
		{"a deck is listed while it is published", publishedWhile},
		{"a list without published decks is empty and not nil", publishedEmpty},
		{"a cancelled context lists no published decks", publishedCancelled},
	})
}

func publishedPages(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := []domain.Deck{
		publishedDeck(bob, 9, 1), publishedDeck(ada, 7, 2), publishedDeck(ada, 1, 3), publishedDeck(bob, 2, 3),
		publishedDeck(ada, 5, 3), publishedDeck(bob, 3, 4), publishedDeck(ada, 4, 4),
	}
	for _, i := range []int{4, 0, 6, 2, 3, 1, 5} {
		require.NoError(t, s.Decks.InsertDeck(t.Context(), list[i]))
	}
	place := func(d domain.Deck) ports.Cursor { return ports.Cursor{At: d.PublishedAt, ID: string(d.ID)} }
	requirePages(t, list, place, func(page ports.Page) ([]domain.Deck, error) {
		return s.PublishedDecks.PublishedDecks(t.Context(), page)
	})
}

func publishedPrivate(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addDeck(t, s, ada, 1)
	public := publishedDeck(ada, 2, 5)
	require.NoError(t, s.Decks.InsertDeck(t.Context(), public))
	addDeck(t, s, bob, 3)
	list, err := s.PublishedDecks.PublishedDecks(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.Deck{public}, list)
}

func publishedWhile(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	publish := func(public bool) domain.Deck {
		got, err := s.Decks.UpdateDeck(t.Context(), ada, deck.ID, func(d *domain.Deck) error {
			d.Publish(public, at(50))
			return nil
		})
		require.NoError(t, err)
		return got
	}
	want := publish(true)
	list, err := s.PublishedDecks.PublishedDecks(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.Deck{want}, list)
	publish(false)
	list, err = s.PublishedDecks.PublishedDecks(t.Context(), ports.Page{Limit: 10})
	requireEmpty(t, list, err)
}

func publishedEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list, err := s.PublishedDecks.PublishedDecks(t.Context(), ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	require.NoError(t, s.Decks.InsertDeck(t.Context(), publishedDeck(ada, 1, 5)))
	list, err = s.PublishedDecks.PublishedDecks(t.Context(), ports.Page{After: ports.Cursor{At: at(5), ID: string(deckID(1))}, Limit: 10})
	requireEmpty(t, list, err)
}

func publishedCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	_, err := s.PublishedDecks.PublishedDecks(cancelled(t), ports.Page{Limit: 10})
	requireCancelled(t, map[string]error{"PublishedDecks": err})
}
