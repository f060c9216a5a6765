package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const owner = domain.UserID("00000000-0000-7000-8000-00000000000a")

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func addDeck(t *testing.T, s ports.Storage, id domain.DeckID) domain.Deck {
	t.Helper()
	deck := domain.Deck{ID: id, Owner: owner, Name: "Deck", Description: "About", Color: "red", PublishedAt: start, CreatedAt: start, Rev: 1}
	require.NoError(t, s.Decks.InsertDeck(t.Context(), deck))
	return deck
}

func event(seq int64, id string, card domain.CardID) domain.Event {
	return domain.Event{
		ID: domain.EventID(id), User: owner, Seq: seq, Kind: domain.KindReview, Card: card, Rating: domain.Good, RecordedAt: start,
		After: domain.Memory{Phase: domain.PhaseReview, Seq: seq},
	}
}

func TestTwoStoresOfOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spacey.db")
	stores := []*Store{openStore(t, path), openStore(t, path)}
	require.NoError(t, stores[0].Migrate(t.Context()))
	addDeck(t, stores[0].Ports(), "d")
	card := domain.Card{ID: "c", Owner: owner, Deck: "d", CreatedAt: start, Rev: 1}
	require.NoError(t, stores[1].Ports().Cards.InsertCards(t.Context(), owner, "d", []domain.Card{card}))

	t.Run("both append to one log without gaps, and edit one card without losses", func(t *testing.T) {
		const writers, each = 8, 10
		got := make([]error, writers)
		var running sync.WaitGroup
		for w := range writers {
			running.Go(func() {
				s := stores[w%2].Ports()
				for n := range each {
					if got[w] = appendNext(t.Context(), s, fmt.Sprintf("e%d-%d", w, n)); got[w] != nil {
						return
					}
					for {
						_, got[w] = s.Cards.UpdateCard(t.Context(), owner, "c", func(c *domain.Card) error { c.Answer += "x"; return nil })
						if domain.CodeOf(got[w]) != domain.CodeBusy {
							break
						}
					}
				}
			})
		}
		running.Wait()
		for _, err := range got {
			require.NoError(t, err)
		}
		for _, store := range stores {
			events, err := store.Ports().ReviewLog.Events(t.Context(), owner, 0, 1000)
			require.NoError(t, err)
			require.Len(t, events, writers*each)
			for i, event := range events {
				require.Equal(t, int64(i+1), event.Seq)
			}
			card, err := store.Ports().Cards.Card(t.Context(), owner, "c")
			require.NoError(t, err)
			require.Equal(t, strings.Repeat("x", writers*each), card.Answer)
			memory, err := store.Ports().Memories.Memory(t.Context(), owner, "c")
			require.NoError(t, err)
			require.Equal(t, int64(writers*each), memory.Memory.Seq)
		}
	})
}

// appendNext appends an event at the end of the log, however often others are faster.
func appendNext(ctx context.Context, s ports.Storage, id string) error {
	for {
		head, err := s.ReviewLog.Head(ctx, owner, "c")
		if err != nil {
			return err
		}
		err = s.ReviewLog.Append(ctx, owner, []domain.Event{event(head.Seq+1, id, "c")})
		if domain.CodeOf(err) != domain.CodeSeqTaken {
			return err
		}
	}
}

func TestFailures(t *testing.T) {
	t.Run("a full disk is unavailable, says so in the log, and leaves nothing half done", func(t *testing.T) {
		store := freshStore(t)
		s := store.Ports()
		addDeck(t, s, "d")
		_, err := store.writer.db.Exec("PRAGMA max_page_count = 1")
		require.NoError(t, err)
		cards := make([]domain.Card, 50)
		for i := range cards {
			cards[i] = domain.Card{ID: domain.CardID(fmt.Sprint(i)), CreatedAt: start, Question: strings.Repeat("x", 9999), Rev: 1}
		}
		err = s.Cards.InsertCards(t.Context(), owner, "d", cards)
		var failed *domain.Error
		require.ErrorAs(t, err, &failed)
		require.Equal(t, domain.CodeUnavailable, failed.Code)
		require.NotContains(t, failed.Message, store.path, "a caller is not told where things are")
		require.ErrorContains(t, failed.Err, "free some space")
		require.ErrorContains(t, failed.Err, store.path)
		list, err := s.Cards.Cards(t.Context(), owner, "", ports.Page{Limit: 100})
		require.NoError(t, err)
		require.Empty(t, list)
	})
	t.Run("a writer that waits for another process ends with its context", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "spacey.db")
		store, other := openStore(t, path), openStore(t, path)
		require.NoError(t, store.Migrate(t.Context()))
		held, err := other.writer.db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err = store.Ports().ReviewLog.Append(ctx, owner, []domain.Event{event(1, "e", "c")})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		require.NoError(t, held.Rollback())
		require.NoError(t, store.Ports().ReviewLog.Append(t.Context(), owner, []domain.Event{event(1, "e", "c")}))
	})
	t.Run("a lock that does not end is busy", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "spacey.db")
		store, other := openStore(t, path), openStore(t, path)
		require.NoError(t, store.Migrate(t.Context()))
		_, err := store.writer.db.Exec("PRAGMA busy_timeout = 1")
		require.NoError(t, err)
		held, err := other.writer.db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer held.Rollback() //nolint:errcheck // nothing was written
		require.Equal(t, domain.CodeBusy, domain.CodeOf(store.Ports().Sessions.EndSession(t.Context(), owner, "s")))
		err = store.Ports().ReviewLog.Append(t.Context(), owner, []domain.Event{event(1, "e", "c")})
		require.Equal(t, domain.CodeBusy, domain.CodeOf(err))
	})
	t.Run("a table that is not there is our fault", func(t *testing.T) {
		store := openStore(t, filepath.Join(t.TempDir(), "spacey.db"))
		_, err := store.Ports().Users.User(t.Context(), "u")
		require.Equal(t, domain.CodeInternal, domain.CodeOf(err))
	})
	t.Run("a closed store is unavailable", func(t *testing.T) {
		store, err := Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
		require.NoError(t, err)
		require.NoError(t, store.Migrate(t.Context()))
		_, err = store.Ports().Users.User(t.Context(), "u")
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
		require.NoError(t, store.Close())
		_, err = store.Ports().Users.User(t.Context(), "u")
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(store.Ports().Sessions.EndSession(t.Context(), owner, "s")))
	})
}

func TestDeletedDecks(t *testing.T) {
	store := freshStore(t)
	s := store.Ports()
	store.now = func() time.Time { return start }
	deck := addDeck(t, s, "d")
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), owner, "d"))
	sweep := func(now time.Time) {
		t.Helper()
		done, err := s.Sweeper.Sweep(t.Context(), now)
		require.NoError(t, err)
		require.True(t, done)
	}
	t.Run("nothing that a person wrote is left", func(t *testing.T) {
		var texts string
		var published any
		err := store.reader.db.QueryRow("SELECT name || description || color, published_at FROM decks").Scan(&texts, &published)
		require.NoError(t, err)
		require.Empty(t, texts)
		require.Nil(t, published)
	})
	t.Run("the id stays taken for a day", func(t *testing.T) {
		sweep(start.Add(buriedFor))
		require.Equal(t, domain.CodeConflict, domain.CodeOf(s.Decks.InsertDeck(t.Context(), deck)))
		sweep(start.Add(buriedFor + time.Millisecond))
		require.NoError(t, s.Decks.InsertDeck(t.Context(), deck))
	})
}

func TestSweepIsBounded(t *testing.T) {
	s := freshStore(t).Ports()
	for n := range sweepLimit + 1 {
		session := domain.Session{ID: domain.SessionID(fmt.Sprint(n)), Owner: owner, CreatedAt: start, ExpiresAt: start}
		require.NoError(t, s.Sessions.InsertSession(t.Context(), session))
	}
	for _, want := range []bool{false, true} {
		done, err := s.Sweeper.Sweep(t.Context(), start)
		require.NoError(t, err)
		require.Equal(t, want, done)
	}
	_, err := s.Sessions.Session(t.Context(), owner, "0")
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}
