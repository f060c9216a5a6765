package decks_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/decks"
	"github.com/moshrank/spacey-backend/internal/domain"
)

var (
	caller   = domain.Identity{User: "0190a000-0000-7000-8000-000000000001"}
	stranger = domain.Identity{User: "0190a000-0000-7000-8000-000000000002"}
)

func newService(t *testing.T) *decks.Service {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	return decks.New(store.Ports(), system.Clock{}, system.IDs{})
}

func texts(n int) []domain.CardText {
	list := make([]domain.CardText, n)
	for i := range list {
		list[i] = domain.CardText{Question: "q" + string(rune('a'+i%26)), Answer: "a"}
	}
	return list
}

func TestAListHoldsAllDecksWithAllCardsInOrder(t *testing.T) {
	s := newService(t)
	list, err := s.List(t.Context(), caller)
	require.NoError(t, err)
	assert.Equal(t, []decks.DeckWithCards{}, list)

	first, err := s.Create(t.Context(), caller, domain.DeckText{Name: "first"})
	require.NoError(t, err)
	second, err := s.Create(t.Context(), caller, domain.DeckText{Name: "second"})
	require.NoError(t, err)
	many, err := s.AddCards(t.Context(), caller, first.ID, texts(1000), "")
	require.NoError(t, err)
	one, err := s.AddCard(t.Context(), caller, second.ID, texts(1)[0])
	require.NoError(t, err)
	more, err := s.AddCards(t.Context(), caller, first.ID, texts(3), "")
	require.NoError(t, err)

	list, err = s.List(t.Context(), caller)
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, append(many, more...), list[0].Cards, "several pages of cards")
	assert.Equal(t, []domain.Card{one}, list[1].Cards)
	others, err := s.List(t.Context(), stranger)
	require.NoError(t, err)
	assert.Empty(t, others)
}

func TestACardMovesOnlyFromTheDeckItIsIn(t *testing.T) {
	s := newService(t)
	from, _ := s.Create(t.Context(), caller, domain.DeckText{Name: "from"})
	to, _ := s.Create(t.Context(), caller, domain.DeckText{Name: "to"})
	card, err := s.AddCard(t.Context(), caller, from.ID, domain.CardText{Question: "q", Answer: "a"})
	require.NoError(t, err)
	text := domain.CardText{Question: "q2", Answer: "a2"}

	_, err = s.RewriteCard(t.Context(), caller, to.ID, card.ID, text, "")
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(s.DeleteCard(t.Context(), caller, to.ID, card.ID)))

	moved, err := s.RewriteCard(t.Context(), caller, from.ID, card.ID, text, to.ID)
	require.NoError(t, err)
	assert.Equal(t, to.ID, moved.Deck)
	whole, err := s.Get(t.Context(), caller, to.ID)
	require.NoError(t, err)
	assert.Equal(t, []domain.Card{moved}, whole.Cards)
	require.NoError(t, s.DeleteCard(t.Context(), caller, to.ID, card.ID))
}

func TestABatchWithoutCardsStillNeedsItsDeck(t *testing.T) {
	s := newService(t)
	deck, _ := s.Create(t.Context(), caller, domain.DeckText{Name: "deck"})
	cards, err := s.AddCards(t.Context(), caller, deck.ID, nil, "")
	require.NoError(t, err)
	assert.Equal(t, []domain.Card{}, cards)
	_, err = s.AddCards(t.Context(), stranger, deck.ID, nil, "")
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestPublishedDecksAreSeenByAll(t *testing.T) {
	s := newService(t)
	deck, _ := s.Create(t.Context(), caller, domain.DeckText{Name: "deck"})
	published, err := s.Publish(t.Context(), caller, deck.ID, true)
	require.NoError(t, err)
	assert.False(t, published.PublishedAt.IsZero())
	list, err := s.Published(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []domain.Deck{published}, list)
	_, err = s.Publish(t.Context(), caller, deck.ID, false)
	require.NoError(t, err)
	list, err = s.Published(t.Context())
	require.NoError(t, err)
	assert.Empty(t, list)
	_, err = s.Publish(t.Context(), stranger, deck.ID, true)
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestWhatBreaksARuleIsNotStored(t *testing.T) {
	s := newService(t)
	_, err := s.Create(t.Context(), caller, domain.DeckText{})
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	deck, _ := s.Create(t.Context(), caller, domain.DeckText{Name: "deck"})
	_, err = s.Rewrite(t.Context(), caller, deck.ID, domain.DeckText{})
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	_, err = s.AddCards(t.Context(), caller, deck.ID, []domain.CardText{{Question: "q", Answer: "a"}, {}}, "")
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	whole, err := s.Get(t.Context(), caller, deck.ID)
	require.NoError(t, err)
	assert.Equal(t, deck, whole.Deck)
	assert.Empty(t, whole.Cards)
}

func TestCardsThatAreAddedAgainWithTheirKeyAreThereOnce(t *testing.T) {
	s := newService(t)
	deck, err := s.Create(t.Context(), caller, domain.DeckText{Name: "Capitals"})
	require.NoError(t, err)
	first, err := s.AddCards(t.Context(), caller, deck.ID, texts(3), "a key of a client")
	require.NoError(t, err)
	again, err := s.AddCards(t.Context(), caller, deck.ID, texts(3), "a key of a client")
	require.NoError(t, err)
	require.Equal(t, first, again)
	other, err := s.AddCards(t.Context(), caller, deck.ID, texts(3), "another key")
	require.NoError(t, err)
	require.NotEqual(t, first[0].ID, other[0].ID)
	require.NoError(t, s.DeleteCard(t.Context(), caller, deck.ID, first[1].ID))
	_, err = s.AddCards(t.Context(), caller, deck.ID, texts(3), "a key of a client")
	require.Equal(t, domain.CodeConflict, domain.CodeOf(err), "what was deleted since does not come back")
}
