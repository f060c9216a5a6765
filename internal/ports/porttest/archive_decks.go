package porttest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func archiveDeckCases() []testCase {
	return []testCase{
		{"of a deleted deck its id, times and revision are on the shelf", archiveDeckDeleted},
		{"a deleted deck that is put keeps its id taken for a day, and is swept then", archiveDeckBuried},
		{"a deck that is put is listed by what it is now", archiveDeckListed},
	}
}

func archiveDeckDeleted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	began := time.Now().Add(-time.Minute)
	deck, _, _ := deleteDeck(t, s)
	other := addDeck(t, s, ada, 2)
	got, err := s.Archive.Decks.Page(t.Context(), ada, "", 10)
	require.NoError(t, err)
	require.Len(t, got, 2)
	deletedAt := got[0].DeletedAt
	require.WithinRange(t, deletedAt, began, began.Add(time.Hour))
	require.Equal(t, deletedAt, deletedAt.UTC().Truncate(time.Millisecond))
	buried := domain.Deck{ID: deck.ID, Owner: ada, CreatedAt: deck.CreatedAt, UpdatedAt: deck.UpdatedAt, Rev: deck.Rev}
	require.Equal(t, []ports.ArchivedDeck{{Deck: buried, DeletedAt: deletedAt}, {Deck: other}}, got)

	elsewhere := engine.Open(t)
	putItems(t, elsewhere.Archive.Decks, ada, got...)
	requireShelf(t, elsewhere.Archive.Decks, ada, got)
	requireCode(t, domain.CodeConflict, elsewhere.Decks.InsertDeck(t.Context(), deck))
	requireDeck(t, elsewhere, other)
}

// buriedDeck returns what is left of a deck that was deleted.
func buriedDeck(n int, deletedAt time.Time) ports.ArchivedDeck {
	return ports.ArchivedDeck{
		Deck: domain.Deck{ID: deckID(n), Owner: ada, CreatedAt: at(n), UpdatedAt: at(n + 1), Rev: 7}, DeletedAt: deletedAt,
	}
}

func archiveDeckBuried(t *testing.T, engine Engine) {
	s := engine.Open(t)
	shelf := s.Archive.Decks
	require.NoError(t, s.Decks.InsertDeck(t.Context(), publishedDeck(ada, 1, 5)))
	first, second, stays := buriedDeck(1, at(0)), buriedDeck(2, at(3600)), addDeck(t, s, ada, 3)
	putItems(t, shelf, ada, first, second)
	requireShelf(t, shelf, ada, []ports.ArchivedDeck{first, second, {Deck: stays}})
	for _, deck := range []ports.ArchivedDeck{first, second} {
		_, err := s.Decks.Deck(t.Context(), ada, deck.ID)
		requireNotFound(t, err)
		requireCode(t, domain.CodeConflict, s.Decks.InsertDeck(t.Context(), deck.Deck))
		requireNotFound(t, s.Decks.DeleteDeck(t.Context(), ada, deck.ID))
		requireNotFound(t, s.Cards.InsertCards(t.Context(), ada, deck.ID, []domain.Card{newCard(deck.Deck, 1)}))
	}
	list, err := s.Decks.Decks(t.Context(), ada, ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.Deck{stays}, list)
	list, err = s.PublishedDecks.PublishedDecks(t.Context(), ports.Page{Limit: 10})
	requireEmpty(t, list, err)

	sweep(t, s, at(0).Add(24*time.Hour-time.Second))
	requireShelf(t, shelf, ada, []ports.ArchivedDeck{first, second, {Deck: stays}})
	sweep(t, s, at(0).Add(24*time.Hour+time.Second))
	requireShelf(t, shelf, ada, []ports.ArchivedDeck{second, {Deck: stays}})
	require.NoError(t, s.Decks.InsertDeck(t.Context(), newDeck(ada, 1)))
	requireCode(t, domain.CodeConflict, s.Decks.InsertDeck(t.Context(), newDeck(ada, 2)))
	require.NoError(t, shelf.Remove(t.Context(), ada, []string{string(second.ID)}))
	require.NoError(t, s.Decks.InsertDeck(t.Context(), newDeck(ada, 2)))
}

func archiveDeckListed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second, third := newDeck(ada, 1), publishedDeck(ada, 2, 50), publishedDeck(ada, 3, 60)
	back := newDeck(ada, 4)
	putItems(t, s.Archive.Decks, ada, buriedDeck(4, at(0)))
	putItems(t, s.Archive.Decks, ada, ports.ArchivedDeck{Deck: first}, ports.ArchivedDeck{Deck: second}, ports.ArchivedDeck{Deck: third})
	first.CreatedAt, first.PublishedAt = at(30), at(70)
	second.PublishedAt = time.Time{}
	third.Name, third.PublishedAt = fmt.Sprint("Again ", third.Name), at(80)
	putItems(t, s.Archive.Decks, ada, ports.ArchivedDeck{Deck: first}, ports.ArchivedDeck{Deck: second},
		ports.ArchivedDeck{Deck: third}, ports.ArchivedDeck{Deck: back})
	requirePages(t, []domain.Deck{second, third, back, first}, deckPlace, func(page ports.Page) ([]domain.Deck, error) {
		return s.Decks.Decks(t.Context(), ada, page)
	})
	got, err := s.PublishedDecks.PublishedDecks(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.Deck{first, third}, got)
	changed, err := s.Decks.UpdateDeck(t.Context(), ada, back.ID, func(d *domain.Deck) error { d.Name = "New"; return nil })
	require.NoError(t, err)
	require.Equal(t, back.Rev+1, changed.Rev)
}
