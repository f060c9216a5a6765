package mongo

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const ada = domain.UserID("0000ada0-0000-7000-8000-000000000001")

// start is the time at which the stores of the crash tests stand.
var start = time.Date(2026, 3, 1, 12, 0, 0, 123_000_000, time.UTC)

// errCrash is what stops a method between two of its writes.
var errCrash = errors.New("crash")

// crashing returns the store on the same data, with methods that stop at a step.
func (s *Store) crashing(at step) *Store {
	return s.doing(at, func() error { return errCrash })
}

// doing returns the store on the same data, with methods that do something at a step.
func (s *Store) doing(at step, do func() error) *Store {
	changed := *s
	changed.interrupt = func(now step) error {
		if now == at {
			return do()
		}
		return nil
	}
	return &changed
}

// openWithDeck returns a store at a fixed time with a deck, and cards that are not in it yet.
func openWithDeck(t *testing.T) (*Store, domain.Deck, []domain.Card) {
	t.Helper()
	s := openTest(t)
	s.now = func() time.Time { return start }
	deck := domain.Deck{ID: "deck-1", Owner: ada, Name: "Deck", CreatedAt: start, UpdatedAt: start, Rev: 1}
	require.NoError(t, s.InsertDeck(t.Context(), deck))
	return s, deck, newCards(deck, 1, 2, 3)
}

func newCards(deck domain.Deck, numbers ...int) []domain.Card {
	cards := make([]domain.Card, len(numbers))
	for i, n := range numbers {
		at := start.Add(time.Duration(n) * time.Second)
		cards[i] = domain.Card{
			ID: domain.CardID(fmt.Sprintf("card-%03d", n)), Owner: deck.Owner, Deck: deck.ID,
			Question: "Q", Answer: "A", CreatedAt: at, UpdatedAt: at, Rev: 1,
		}
	}
	return cards
}

func requireCode(t *testing.T, want domain.Code, err error) {
	t.Helper()
	require.Equalf(t, want, domain.CodeOf(err), "the code of: %v", err)
}

// requireUnseen checks that no method shows or changes any of the cards.
func requireUnseen(t *testing.T, s *Store, deck domain.Deck, cards []domain.Card) {
	t.Helper()
	for _, card := range cards {
		_, err := s.Card(t.Context(), ada, card.ID)
		requireCode(t, domain.CodeNotFound, err)
		_, err = s.Memory(t.Context(), ada, card.ID)
		requireCode(t, domain.CodeNotFound, err)
		_, err = s.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer = "Changed"; return nil })
		requireCode(t, domain.CodeNotFound, err)
		requireCode(t, domain.CodeNotFound, s.DeleteCard(t.Context(), ada, card.ID))
		requireCode(t, domain.CodeNotFound, s.Suspend(t.Context(), ada, card.ID, true))
		memories, err := s.MemoriesOf(t.Context(), ada, card.ID)
		require.NoError(t, err)
		require.Empty(t, memories)
	}
	requireCards(t, s, deck, []domain.Card{})
}

// requireCards checks that all lists show these cards and no other ones.
func requireCards(t *testing.T, s *Store, deck domain.Deck, want []domain.Card) {
	t.Helper()
	for _, id := range []domain.DeckID{deck.ID, ""} {
		got, err := s.Cards(t.Context(), ada, id, ports.Page{Limit: 100})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	memories := 0
	for _, err := range s.DeckMemories(t.Context(), ada, []domain.DeckID{deck.ID}) {
		require.NoError(t, err)
		memories++
	}
	require.Equal(t, len(want), memories)
	requireStudied(t, s, want)
}

// requireStudied checks that these new cards and no other ones are found by what finds cards of all decks.
func requireStudied(t *testing.T, s *Store, want []domain.Card) {
	t.Helper()
	study, err := s.StudyCards(t.Context(), ada, ports.StudyQuery{Phase: domain.PhaseNew, Limit: 100})
	require.NoError(t, err)
	memories, err := s.MemoriesByCard(t.Context(), ada, "", 100)
	require.NoError(t, err)
	require.Len(t, study, len(want))
	require.Len(t, memories, len(want))
	for i, card := range want {
		require.Equal(t, domain.StudyCard{Card: card, Memory: domain.NewMemory()}, study[i])
		require.Equal(t, domain.CardMemory{Card: card.ID, Deck: card.Deck, Memory: domain.NewMemory()}, memories[i])
	}
}

// requireStored checks how many documents a collection has, whoever may see them.
func requireStored(t *testing.T, want int64, in *driver.Collection) {
	t.Helper()
	got, err := in.CountDocuments(t.Context(), bson.D{})
	require.NoError(t, err)
	require.Equal(t, want, got, "documents in %s", in.Name())
}

func sweep(t *testing.T, s *Store, now time.Time) {
	t.Helper()
	done, err := s.Sweep(t.Context(), now)
	require.NoError(t, err)
	require.True(t, done)
}

func TestCrashWhileCardsAreAdded(t *testing.T) {
	for _, at := range []step{intentStored, cardsStored} {
		t.Run("none is ever seen when "+string(at), func(t *testing.T) {
			t.Parallel()
			s, deck, cards := openWithDeck(t)
			require.ErrorIs(t, s.crashing(at).InsertCards(t.Context(), ada, deck.ID, cards), errCrash)
			requireUnseen(t, s, deck, cards)
			sweep(t, s, start.Add(2*intentAge))
			requireUnseen(t, s, deck, cards)
			requireStored(t, 0, s.cards)
			require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, cards), "the ids are free again")
			requireCards(t, s, deck, cards)
			sweep(t, s, start.Add(2*intentAge+2*intentLinger))
			requireStored(t, 0, s.intents)
			requireCards(t, s, deck, cards)
		})
	}

	t.Run("all are seen after a sweep when they were decided", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.ErrorIs(t, s.crashing(intentDecided).InsertCards(t.Context(), ada, deck.ID, cards), errCrash)
		requireUnseen(t, s, deck, cards)
		sweep(t, s, start.Add(2*intentAge))
		requireCards(t, s, deck, cards)
		requireStored(t, 0, s.intents)
	})

	t.Run("none is seen after a sweep when the deck was deleted meanwhile", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.ErrorIs(t, s.crashing(intentDecided).InsertCards(t.Context(), ada, deck.ID, cards), errCrash)
		require.NoError(t, s.DeleteDeck(t.Context(), ada, deck.ID))
		sweep(t, s, start.Add(2*intentAge))
		requireUnseen(t, s, deck, cards)
		requireStored(t, 0, s.cards)
		requireStored(t, 0, s.intents)
	})
}

func TestInsertCards(t *testing.T) {
	t.Run("ids that are being added are busy, to batches and to single cards", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.ErrorIs(t, s.crashing(cardsStored).InsertCards(t.Context(), ada, deck.ID, cards), errCrash)
		requireCode(t, domain.CodeBusy, s.InsertCards(t.Context(), ada, deck.ID, cards[:1]))
		requireCode(t, domain.CodeBusy, s.InsertCards(t.Context(), ada, deck.ID, cards[1:]))
		requireStored(t, 3, s.cards)
	})

	t.Run("a batch that names a card twice conflicts", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		requireCode(t, domain.CodeConflict, s.InsertCards(t.Context(), ada, deck.ID, append(cards, cards[0])))
		requireStored(t, 0, s.cards)
	})

	t.Run("a batch that loses an id to another one leaves nothing", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		late := s.doing(intentStored, func() error { return s.InsertCards(t.Context(), ada, deck.ID, cards[2:]) })
		requireCode(t, domain.CodeConflict, late.InsertCards(t.Context(), ada, deck.ID, cards))
		requireCards(t, s, deck, cards[2:])
		requireStored(t, 1, s.cards)
		requireStored(t, 0, s.intents)
	})

	t.Run("a sweep leaves a batch that is under way alone", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		swept := s.doing(cardsStored, func() error { sweep(t, s, start.Add(intentAge/2)); return nil })
		require.NoError(t, swept.InsertCards(t.Context(), ada, deck.ID, cards))
		requireCards(t, s, deck, cards)
	})

	t.Run("a batch that was given up by a sweep adds nothing, though it goes on", func(t *testing.T) {
		t.Parallel()
		for _, at := range []step{intentStored, cardsStored} {
			s, deck, cards := openWithDeck(t)
			swept := s.doing(at, func() error { sweep(t, s, start.Add(2*intentAge)); return nil })
			requireCode(t, domain.CodeBusy, swept.InsertCards(t.Context(), ada, deck.ID, cards))
			requireUnseen(t, s, deck, cards)
			sweep(t, s, start.Add(2*intentAge+2*intentLinger))
			requireStored(t, 0, s.cards)
			requireStored(t, 0, s.intents)
		}
	})
}

func TestCrashWhileADeckIsDeleted(t *testing.T) {
	// deletedHalf returns a store that stopped with the deck deleted and its cards there.
	deletedHalf := func(t *testing.T) (*Store, domain.Deck, []domain.Card) {
		s, deck, cards := openWithDeck(t)
		require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, cards))
		require.ErrorIs(t, s.crashing(deckTombstoned).DeleteDeck(t.Context(), ada, deck.ID), errCrash)
		requireStored(t, 3, s.cards)
		return s, deck, cards
	}

	t.Run("deck and cards are gone for everybody at once", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := deletedHalf(t)
		_, err := s.Deck(t.Context(), ada, deck.ID)
		requireCode(t, domain.CodeNotFound, err)
		requireCode(t, domain.CodeNotFound, s.DeleteDeck(t.Context(), ada, deck.ID))
		requireCode(t, domain.CodeNotFound, s.InsertCards(t.Context(), ada, deck.ID, newCards(deck, 9)))
		requireUnseen(t, s, deck, cards)
		requireCode(t, domain.CodeConflict, s.InsertDeck(t.Context(), deck))
	})

	t.Run("the cards of other decks fill the pages", func(t *testing.T) {
		t.Parallel()
		s, deck, _ := deletedHalf(t)
		other := deck
		other.ID = "deck-2"
		require.NoError(t, s.InsertDeck(t.Context(), other))
		cards := newCards(other, 0, 4, 5, 6)
		require.NoError(t, s.InsertCards(t.Context(), ada, other.ID, cards))
		first, err := s.Cards(t.Context(), ada, "", ports.Page{Limit: 2})
		require.NoError(t, err)
		require.Equal(t, cards[:2], first)
		after := ports.Cursor{At: cards[0].CreatedAt, ID: string(cards[0].ID)}
		rest, err := s.Cards(t.Context(), ada, "", ports.Page{After: after, Limit: 9})
		require.NoError(t, err)
		require.Equal(t, cards[1:], rest)

		ids, err := s.StudyIDs(t.Context(), ada, ports.StudyQuery{Phase: domain.PhaseNew, Limit: 2})
		require.NoError(t, err)
		require.Equal(t, []domain.CardID{cards[0].ID, cards[1].ID}, ids)
		memories, err := s.MemoriesByCard(t.Context(), ada, "", 2)
		require.NoError(t, err)
		require.Len(t, memories, 2)
		require.Equal(t, cards[1].ID, memories[1].Card)
		memories, err = s.MemoriesByCard(t.Context(), ada, cards[0].ID, 9)
		require.NoError(t, err)
		require.Len(t, memories, 3)
	})

	t.Run("a study query of the deck finds nothing", func(t *testing.T) {
		t.Parallel()
		s, deck, _ := deletedHalf(t)
		ids, err := s.StudyIDs(t.Context(), ada, ports.StudyQuery{Deck: deck.ID, Phase: domain.PhaseNew, Limit: 2})
		require.NoError(t, err)
		require.Equal(t, []domain.CardID{}, ids)
	})

	t.Run("a sweep within a day leaves the tombstone, since inserts may be under way", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := deletedHalf(t)
		sweep(t, s, start.Add(tombstoneAge/2))
		requireStored(t, 1, s.decks)
		requireUnseen(t, s, deck, cards)
	})

	t.Run("a sweep after a day removes the cards, those that came late too, and the tombstone", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := deletedHalf(t)
		_, err := s.cards.InsertOne(t.Context(), newCardRecord(newCards(deck, 9)[0]))
		require.NoError(t, err)
		_, err = s.crashing(tombstoneEmptied).Sweep(t.Context(), start.Add(2*tombstoneAge))
		require.ErrorIs(t, err, errCrash)
		requireUnseen(t, s, deck, cards)
		sweep(t, s, start.Add(2*tombstoneAge))
		requireStored(t, 0, s.cards)
		requireStored(t, 0, s.decks)
		requireUnseen(t, s, deck, cards)
	})
}
