package mongo

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// eraseDecks removes decks and cards in one call.
func eraseDecks(t *testing.T, s *Store) {
	t.Helper()
	done, err := s.EraseDecks(t.Context(), ada)
	require.NoError(t, err)
	require.True(t, done)
}

// requireNothing checks that no document of some collections is left.
func requireNothing(t *testing.T, collections ...*driver.Collection) {
	t.Helper()
	for _, in := range collections {
		requireStored(t, 0, in)
	}
}

func TestEraseDecksWhileCardsAreAdded(t *testing.T) {
	for _, at := range []step{intentStored, cardsStored, intentDecided} {
		t.Run("nothing is left when "+string(at)+", and their maker goes on", func(t *testing.T) {
			t.Parallel()
			s, deck, cards := openWithDeck(t)
			erased := s.doing(at, func() error { eraseDecks(t, s); return nil })
			err := erased.InsertCards(t.Context(), ada, deck.ID, cards)
			if at == intentDecided {
				require.NoError(t, err, "they were added before")
			} else {
				requireCode(t, domain.CodeBusy, err)
			}
			requireNothing(t, s.decks, s.cards, s.intents)
			sweep(t, s, start.Add(2*intentLinger))
			requireUnseen(t, s, deck, cards)
		})

		t.Run("nothing is left when "+string(at)+", and their maker has crashed", func(t *testing.T) {
			t.Parallel()
			s, deck, cards := openWithDeck(t)
			require.ErrorIs(t, s.crashing(at).InsertCards(t.Context(), ada, deck.ID, cards), errCrash)
			eraseDecks(t, s)
			requireNothing(t, s.decks, s.cards, s.intents)
			sweep(t, s, start.Add(2*intentLinger))
			requireNothing(t, s.decks, s.cards, s.intents)
		})
	}

	t.Run("a sweep that has found an intent brings nothing back", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.ErrorIs(t, s.crashing(intentDecided).InsertCards(t.Context(), ada, deck.ID, cards), errCrash)
		intent, err := findOne[intentRecord](t.Context(), s.intents, "intent", ownKeysBehind(ada, ""))
		require.NoError(t, err)
		eraseDecks(t, s)
		require.NoError(t, s.sweepIntent(t.Context(), intent, start.Add(2*intentAge)))
		require.NoError(t, s.showCards(t.Context(), intent))
		requireNothing(t, s.decks, s.cards, s.intents)
	})

	t.Run("cards that came late are removed by the next erasure, though their deck and intent are gone", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		eraseDecks(t, s)
		hidden := newCardRecord(cards[1])
		hidden.Deck = intentRecord{Key: key(ada, "gone")}.place()
		_, err := s.cards.InsertMany(t.Context(), []cardRecord{newCardRecord(cards[0]), hidden})
		require.NoError(t, err)
		requireUnseen(t, s, deck, cards)
		eraseDecks(t, s)
		requireNothing(t, s.cards)
	})
}

func TestErasure(t *testing.T) {
	t.Run("the rest of a deck that was deleted goes too", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, cards))
		require.ErrorIs(t, s.crashing(deckTombstoned).DeleteDeck(t.Context(), ada, deck.ID), errCrash)
		eraseDecks(t, s)
		requireNothing(t, s.decks, s.cards)
		require.NoError(t, s.InsertDeck(t.Context(), deck), "the id is free again")
	})

	t.Run("a call removes a part of much, and says that there may be more", func(t *testing.T) {
		t.Parallel()
		s, deck, _ := openWithDeck(t)
		numbers := make([]int, eraseAtOnce+1)
		for i := range numbers {
			numbers[i] = i
		}
		require.NoError(t, s.archive().Cards.Put(t.Context(), ada, archivedCards(newCards(deck, numbers...))))
		done, err := s.EraseDecks(t.Context(), ada)
		require.NoError(t, err)
		require.False(t, done)
		requireStored(t, 1, s.cards)
		eraseDecks(t, s)
		requireNothing(t, s.decks, s.cards)
	})

	t.Run("cards that are there become new, those that were made new again too, and are asked again", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, cards))
		for i, memory := range []domain.Memory{
			{Phase: domain.PhaseReview, Stability: 3, Difficulty: 5, Due: start, LastReview: start, LastDay: 7, Reps: 2, Lapses: 1, Seq: 4},
			{Phase: domain.PhaseNew, Seq: 5},
		} {
			settled, err := s.Settle(t.Context(), ada, cards[i].ID, memory)
			require.NoError(t, err)
			require.True(t, settled)
		}
		require.NoError(t, s.Suspend(t.Context(), ada, cards[2].ID, true))
		done, err := s.EraseLearning(t.Context(), ada)
		require.NoError(t, err)
		require.True(t, done)
		requireCards(t, s, deck, cards)
	})

	t.Run("nothing is left of an account", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		require.NoError(t, s.InsertUser(t.Context(), domain.User{ID: ada, Email: "ada@example.org", CreatedAt: start, Rev: 1}))
		for i := range 2 {
			name := fmt.Sprint("0", i)
			require.NoError(t, s.InsertSession(t.Context(), domain.Session{ID: domain.SessionID(name), Owner: ada}))
			require.NoError(t, s.PutAPIToken(t.Context(), domain.APIToken{ID: domain.APITokenID(name), Owner: ada}))
			require.NoError(t, s.InsertToken(t.Context(), domain.OneTimeToken{Hash: name, Owner: ada}))
			_, err := s.SeePlace(t.Context(), domain.SignInPlace{Owner: ada, Network: name, FirstSeen: start, LastSeen: start})
			require.NoError(t, err)
			require.NoError(t, s.InsertAudit(t.Context(), domain.AuditEntry{ID: domain.AuditEntryID(name), Subject: ada, At: start}))
			_, mine, err := s.BeginRequest(t.Context(), domain.IdempotentRequest{Owner: ada, Key: name, ExpiresAt: start}, start.Add(-time.Hour))
			require.NoError(t, err)
			require.True(t, mine)
		}
		done, err := s.EraseAccount(t.Context(), ada)
		require.NoError(t, err)
		require.True(t, done)
		requireNothing(t, s.users, s.sessions, s.apiTokens, s.tokens, s.places, s.audits, s.requests)
	})
}

func TestEraseGeneration(t *testing.T) {
	s := openTest(t)
	for i := range 2 {
		require.NoError(t, s.PutNote(t.Context(), noteOf(domain.DeckID(fmt.Sprint("deck-", i)), domain.NoteID(fmt.Sprint("note-", i)))))
		granted, err := s.CountUsage(t.Context(), ada, domain.Day(i), 1, 1)
		require.NoError(t, err)
		require.True(t, granted)
	}
	done, err := s.EraseGeneration(t.Context(), ada)
	require.NoError(t, err)
	require.True(t, done)
	requireNothing(t, s.notes, s.usage)
}

func TestRemoveSome(t *testing.T) {
	t.Run("what is renewed after it was found to have expired stays", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		for i, name := range []string{"expired", "renewed"} {
			_, err := s.UpdateAttempts(t.Context(), name, func(a *domain.Attempts) error {
				a.Failures, a.ExpiresAt = 1, start.Add(time.Duration(i)*time.Hour)
				return nil
			})
			require.NoError(t, err)
		}
		found := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: []string{"expired", "renewed"}}}}}
		done, err := removeSome(t.Context(), s.attempts, "counts", found, earlier("expires_at", start.Add(time.Minute)), 9)
		require.NoError(t, err)
		require.True(t, done)
		for name, want := range map[string]int{"expired": 0, "renewed": 1} {
			got, err := s.Attempts(t.Context(), name)
			require.NoError(t, err)
			require.Equal(t, want, got.Failures, name)
		}
	})
}
