package decks_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/decks"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestAnExportTellsAllDecksThenAllCardsOfOnePerson(t *testing.T) {
	s := newService(t)
	first, err := s.Create(t.Context(), caller, domain.DeckText{Name: "first"})
	require.NoError(t, err)
	second, err := s.Create(t.Context(), caller, domain.DeckText{Name: "second"})
	require.NoError(t, err)
	theirs, err := s.Create(t.Context(), stranger, domain.DeckText{Name: "theirs"})
	require.NoError(t, err)
	_, err = s.AddCards(t.Context(), stranger, theirs.ID, texts(1), "")
	require.NoError(t, err)
	cards, err := s.AddCards(t.Context(), caller, second.ID, texts(1000), "")
	require.NoError(t, err)

	var told []decks.ExportedItem
	require.NoError(t, s.Export(t.Context(), caller, func(item decks.ExportedItem) error {
		told = append(told, item)
		return nil
	}))
	require.Len(t, told, 1002, "several pages")
	require.Equal(t, decks.ExportedItem{Deck: &first}, told[0])
	require.Equal(t, decks.ExportedItem{Deck: &second}, told[1])
	for i, card := range cards {
		require.Equal(t, decks.ExportedItem{Card: &card}, told[2+i])
	}

	t.Run("until nobody listens any more", func(t *testing.T) {
		gone := errors.New("gone")
		for _, stop := range []int{1, 2, 3, 700} {
			told := 0
			require.ErrorIs(t, s.Export(t.Context(), caller, func(decks.ExportedItem) error {
				if told++; told == stop {
					return gone
				}
				return nil
			}), gone)
			require.Equal(t, stop, told)
		}
	})
}
