package sqlite

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// learned returns a store in which the owner has so many cards, each answered once, and one more that is suspended.
func learned(t *testing.T, cards int) ports.Storage {
	t.Helper()
	s := freshStore(t).Ports()
	addDeck(t, s, "d")
	list, events := make([]domain.Card, cards+1), make([]domain.Event, cards)
	for i := range list {
		list[i] = domain.Card{ID: domain.CardID(fmt.Sprintf("c%04d", i)), CreatedAt: start, Rev: 1}
	}
	for i := range events {
		events[i] = event(int64(i+1), fmt.Sprintf("e%04d", i), list[i].ID)
	}
	require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", list))
	require.NoError(t, s.ReviewLog.Append(t.Context(), owner, events))
	require.NoError(t, s.Suspensions.Suspend(t.Context(), owner, list[cards].ID, true))
	return s
}

func TestErasureIsBounded(t *testing.T) {
	t.Run("of a log the newest events go first, and what was learned from the rest stays for so long", func(t *testing.T) {
		s := learned(t, eraseLimit+1)
		done, err := s.Erasure.EraseLearning(t.Context(), owner)
		require.NoError(t, err)
		require.False(t, done)
		events, err := s.ReviewLog.Events(t.Context(), owner, 0, 9)
		require.NoError(t, err)
		require.Len(t, events, 1)
		require.Equal(t, int64(1), events[0].Seq)
		memory, err := s.Memories.Memory(t.Context(), owner, "c0000")
		require.NoError(t, err)
		require.Equal(t, int64(1), memory.Memory.Seq)
	})
	t.Run("cards that are there yet are new in the end", func(t *testing.T) {
		s := learned(t, eraseLimit)
		calls := 0
		for done := false; !done; calls++ {
			require.Less(t, calls, 9)
			var err error
			done, err = s.Erasure.EraseLearning(t.Context(), owner)
			require.NoError(t, err)
		}
		require.Greater(t, calls, 2, "neither all events nor all memories go at once")
		memories, err := s.Projections.MemoriesByCard(t.Context(), owner, "", 2*eraseLimit)
		require.NoError(t, err)
		require.Len(t, memories, eraseLimit+1)
		for _, memory := range memories {
			require.Equal(t, domain.CardMemory{Card: memory.Card, Deck: "d", Memory: domain.NewMemory()}, memory)
		}
	})
	t.Run("a deck goes before its cards", func(t *testing.T) {
		s := learned(t, eraseLimit)
		done, err := s.Erasure.EraseDecks(t.Context(), owner)
		require.NoError(t, err)
		require.False(t, done)
		left, err := s.Cards.Cards(t.Context(), owner, "", ports.Page{Limit: 9})
		require.NoError(t, err)
		require.Len(t, left, 1)
		late := domain.Card{ID: "late", CreatedAt: start, Rev: 1}
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(s.Cards.InsertCards(t.Context(), owner, "d", []domain.Card{late})))
		done, err = s.Erasure.EraseDecks(t.Context(), owner)
		require.NoError(t, err)
		require.True(t, done)
	})
}

func TestErasureOfNotesIsBounded(t *testing.T) {
	s := freshStore(t).Ports()
	notes := make([]domain.Note, eraseLimit+1)
	for i := range notes {
		notes[i] = domain.Note{ID: domain.NoteID(fmt.Sprint(i)), Deck: domain.DeckID(fmt.Sprint(i)), Rev: 1}
	}
	require.NoError(t, s.Archive.Notes.Put(t.Context(), owner, notes))
	t.Run("a call removes 500, and the last one knows that it is done", func(t *testing.T) {
		for _, want := range []struct {
			done bool
			left int
		}{{false, 1}, {true, 0}} {
			done, err := s.Erasure.EraseGeneration(t.Context(), owner)
			require.NoError(t, err)
			require.Equal(t, want.done, done)
			left, err := s.Notes.NotesOf(t.Context(), owner, "", 9)
			require.NoError(t, err)
			require.Len(t, left, want.left)
		}
	})
}

func TestErasureOfNobody(t *testing.T) {
	s := freshStore(t).Ports()
	entry := domain.AuditEntry{ID: "a", At: start, Actor: domain.Operator("root"), Action: domain.ActionConfigSet, Object: "frontend"}
	require.NoError(t, s.Audits.InsertAudit(t.Context(), entry))
	done, err := s.Erasure.EraseAccount(t.Context(), "")
	require.NoError(t, err)
	require.True(t, done)
	t.Run("what was done to the installation stays noted", func(t *testing.T) {
		entries, err := s.Audits.AuditsOf(t.Context(), "", ports.Page{Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []domain.AuditEntry{entry}, entries)
	})
}
