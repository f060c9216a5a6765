package decks_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/decks"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

func TestCardsAreFoundByTheirWords(t *testing.T) {
	s := newService(t)
	deck, err := s.Create(t.Context(), caller, domain.DeckText{Name: "Rivers"})
	require.NoError(t, err)
	added, err := s.AddCards(t.Context(), caller, deck.ID, []domain.CardText{
		{Question: "Where does the Rhine rise?", Answer: "In the Alps"},
		{Question: "Where does the Rhine end?", Answer: "In the North Sea"},
		{Question: "Where does the Elbe end?", Answer: "In the North Sea"},
	}, "")
	require.NoError(t, err)
	find := func(t *testing.T, who domain.Identity, query string, limit int) []domain.CardID {
		t.Helper()
		found, err := s.FindCards(t.Context(), who, query, limit)
		require.NoError(t, err)
		require.NotNil(t, found)
		ids := []domain.CardID{}
		for _, card := range found {
			ids = append(ids, card.ID)
		}
		return ids
	}
	t.Run("those with all words, and no other", func(t *testing.T) {
		assert.Equal(t, []domain.CardID{added[1].ID}, find(t, caller, "the Rhine in the north", 50))
	})
	t.Run("where none has all words, those with one", func(t *testing.T) {
		assert.ElementsMatch(t, []domain.CardID{added[0].ID, added[1].ID}, find(t, caller, "Rhine dolphins", 50))
	})
	t.Run("no more than are asked for", func(t *testing.T) {
		assert.Len(t, find(t, caller, "sea", 1), 1)
	})
	t.Run("nothing where no word is", func(t *testing.T) {
		assert.Empty(t, find(t, caller, "dolphins whales", 50))
	})
	t.Run("never those of others", func(t *testing.T) {
		assert.Empty(t, find(t, stranger, "Rhine", 50))
	})
	t.Run("not by nothing", func(t *testing.T) {
		_, err := s.FindCards(t.Context(), caller, "?!", 50)
		assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	})
}

func TestASearchOfCardsIsBounded(t *testing.T) {
	search := mocks.NewCardSearch(t)
	s := decks.New(ports.Storage{CardSearch: search}, system.Clock{}, system.IDs{})
	for asked, most := range map[int]int{domain.MaxFound + 1: domain.MaxFound, 7: 7, 0: 1, -1: 1} {
		search.EXPECT().SearchCards(mock.Anything, caller.User, mock.Anything, most).Return([]domain.Card{{ID: "one"}}, nil).Once()
		_, err := s.FindCards(t.Context(), caller, "rhine", asked)
		require.NoError(t, err)
	}
	t.Run("and ends with the first failure", func(t *testing.T) {
		away := errors.New("away")
		search.EXPECT().SearchCards(mock.Anything, caller.User, mock.Anything, 5).Return(nil, away).Once()
		_, err := s.FindCards(t.Context(), caller, "rhine elbe", 5)
		assert.ErrorIs(t, err, away)
	})
}
