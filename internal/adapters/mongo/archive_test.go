package mongo

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	monitors "go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

// archivedCards returns new cards as they are on their shelf.
func archivedCards(cards []domain.Card) []ports.ArchivedCard {
	archived := make([]ports.ArchivedCard, len(cards))
	for i, card := range cards {
		archived[i] = ports.ArchivedCard{Card: card, Memory: domain.NewMemory()}
	}
	return archived
}

// requireOnShelf checks which cards are on the shelf, in pages of every size.
func requireOnShelf(t *testing.T, s *Store, want []ports.ArchivedCard) {
	t.Helper()
	for limit := 1; limit <= len(want)+1; limit++ {
		got, after := []ports.ArchivedCard{}, ""
		for {
			page, err := s.archive().Cards.Page(t.Context(), ada, after, limit)
			require.NoError(t, err)
			got = append(got, page...)
			if len(page) < limit {
				break
			}
			after = string(page[len(page)-1].ID)
		}
		require.Equal(t, append([]ports.ArchivedCard{}, want...), got)
	}
}

func TestShelves(t *testing.T) {
	t.Run("cards that are being added are not on the shelf until they are", func(t *testing.T) {
		t.Parallel()
		for _, at := range []step{cardsStored, intentDecided} {
			s, deck, cards := openWithDeck(t)
			single := newCards(deck, 0, 9)
			require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, single[:1]))
			require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, single[1:]))
			require.Error(t, s.crashing(at).InsertCards(t.Context(), ada, deck.ID, cards))
			requireStored(t, 5, s.cards)
			requireOnShelf(t, s, archivedCards(single))
			want := single
			if at == intentDecided {
				want = slices.Concat(single[:1], cards, single[1:])
			}
			sweep(t, s, start.Add(2*intentAge))
			requireOnShelf(t, s, archivedCards(want))
		}
	})

	t.Run("a card that is put in place of one that is being added stays", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.Error(t, s.crashing(cardsStored).InsertCards(t.Context(), ada, deck.ID, cards))
		want := archivedCards(cards[1:2])
		require.NoError(t, s.archive().Cards.Put(t.Context(), ada, want))
		requireOnShelf(t, s, want)
		sweep(t, s, start.Add(2*intentAge))
		requireOnShelf(t, s, want)
		requireCards(t, s, deck, cards[1:2])
	})

	t.Run("cards of a deck that was deleted are not on the shelf before they are gone", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, cards))
		other := domain.Deck{ID: "deck-2", Owner: ada, Name: "Other", Color: "red", CreatedAt: start, UpdatedAt: start, Rev: 1}
		require.NoError(t, s.InsertDeck(t.Context(), other))
		stays := newCards(other, 0, 9)
		require.NoError(t, s.InsertCards(t.Context(), ada, other.ID, stays))
		require.Error(t, s.crashing(deckTombstoned).DeleteDeck(t.Context(), ada, deck.ID))
		requireStored(t, 5, s.cards)
		requireOnShelf(t, s, archivedCards(stays))
	})

	t.Run("new items are put in one call, and those that are there in some more", func(t *testing.T) {
		t.Parallel()
		s, deck, _ := openWithDeck(t)
		var calls []string
		monitor := &monitors.CommandMonitor{Started: func(_ context.Context, started *monitors.CommandStartedEvent) {
			calls = append(calls, started.CommandName)
		}}
		counted, err := open(options.Client().ApplyURI(engines.Mongo(t)).SetMonitor(monitor), s.database.Name())
		require.NoError(t, err)
		defer counted.Close(context.WithoutCancel(t.Context()))
		numbers := make([]int, 100)
		for i := range numbers {
			numbers[i] = i
		}
		cards := archivedCards(newCards(deck, numbers...))
		require.NoError(t, counted.archive().Cards.Put(t.Context(), ada, cards[:80]))
		require.Equal(t, []string{"insert"}, calls)
		for i := range cards {
			cards[i].Answer = fmt.Sprint("Again ", i)
		}
		calls = nil
		require.NoError(t, counted.archive().Cards.Put(t.Context(), ada, cards[20:]))
		require.Equal(t, []string{"insert", "update", "update"}, calls)
		got, err := s.archive().Cards.Page(t.Context(), ada, "card-019", 200)
		require.NoError(t, err)
		require.Equal(t, cards[20:], got)
	})

	t.Run("of two items of one key the last is stored", func(t *testing.T) {
		t.Parallel()
		s, deck, _ := openWithDeck(t)
		cards := archivedCards(newCards(deck, 1, 1, 1))
		for i := range cards {
			cards[i].Answer = fmt.Sprint(i)
		}
		for range 2 {
			require.NoError(t, s.archive().Cards.Put(t.Context(), ada, cards))
			requireOnShelf(t, s, cards[2:])
		}
	})
}
