package postgres

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

// meeting makes a call while a transaction is open that has run some statements, and returns its error. The call has to
// wait for the transaction.
func meeting(t *testing.T, store *Store, before func(tx pgx.Tx) error, call func() error) error {
	t.Helper()
	tx, err := store.pool.Begin(t.Context())
	require.NoError(t, err)
	defer tx.Rollback(context.Background()) //nolint:errcheck // it is committed, or has failed
	require.NoError(t, before(tx))
	ended := make(chan error, 1)
	go func() { ended <- call() }()
	for waits := false; !waits; time.Sleep(5 * time.Millisecond) {
		select {
		case err := <-ended:
			require.Fail(t, "the call does not wait for the transaction", "it returned %v", err)
		default:
		}
		waits = texts(t, store, `SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)[0] == "1"
	}
	require.NoError(t, tx.Commit(t.Context()))
	return <-ended
}

// run returns a function that runs statements in a transaction.
func run(ctx context.Context, q query, args ...any) func(pgx.Tx) error {
	return func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, string(q), args...)
		return err
	}
}

func TestCardsAndDecksThatMeet(t *testing.T) {
	insertion := func(deck domain.DeckID, cards ...domain.Card) []any {
		return append([]any{string(owner), string(deck), string(domain.PhaseNew)}, cardArrays(owner, cards)...)
	}
	moveTo := func(deck domain.DeckID) func(*domain.Card) error {
		return func(card *domain.Card) error { card.Deck = deck; return nil }
	}
	stores := &stock{t: t}
	// prepared returns a store with a card in deck a, and an empty deck b.
	prepared := func(t *testing.T) (*Store, ports.Storage) {
		t.Helper()
		store := stores.take(t)
		s := store.Ports()
		addDeck(t, s, "a")
		addDeck(t, s, "b")
		require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "a", []domain.Card{newCard("c", "a")}))
		return store, s
	}
	t.Run("cards are not put into a deck that is just being deleted", func(t *testing.T) {
		store, s := prepared(t)
		err := meeting(t, store, run(t.Context(), buryDeck, owner, "b", start), func() error {
			return s.Cards.InsertCards(t.Context(), owner, "b", []domain.Card{newCard("new", "b")})
		})
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
		require.Equal(t, []string{"c"}, texts(t, store, "SELECT id FROM cards"))
	})
	t.Run("cards that are just being put into a deck are deleted with it", func(t *testing.T) {
		store, s := prepared(t)
		require.NoError(t, meeting(t, store, run(t.Context(), insertCards, insertion("b", newCard("new", "b"))...), func() error {
			return s.Decks.DeleteDeck(t.Context(), owner, "b")
		}))
		require.Equal(t, []string{"c"}, texts(t, store, "SELECT id FROM cards"))
	})
	t.Run("a card does not move into a deck that is just being deleted", func(t *testing.T) {
		store, s := prepared(t)
		err := meeting(t, store, run(t.Context(), buryDeck, owner, "b", start), func() error {
			_, err := s.Cards.UpdateCard(t.Context(), owner, "c", moveTo("b"))
			return err
		})
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
		require.Equal(t, []string{"a"}, texts(t, store, "SELECT deck_id FROM cards"))
	})
	t.Run("a card that just moves into a deck is deleted with it", func(t *testing.T) {
		store, s := prepared(t)
		require.NoError(t, meeting(t, store, run(t.Context(), moveCard, owner, "b", "c", 1, "Q", "A", start, "q"), func() error {
			return s.Decks.DeleteDeck(t.Context(), owner, "b")
		}))
		require.Empty(t, texts(t, store, "SELECT id FROM cards"))
	})
	t.Run("a card that just moves out of a deck is not deleted with it", func(t *testing.T) {
		store, s := prepared(t)
		require.NoError(t, meeting(t, store, run(t.Context(), moveCard, owner, "b", "c", 1, "Q", "A", start, "q"), func() error {
			return s.Decks.DeleteDeck(t.Context(), owner, "a")
		}))
		require.Equal(t, []string{"b"}, texts(t, store, "SELECT deck_id FROM cards"))
	})
	t.Run("a deck that is made while one of its id is not found to be deleted keeps its cards", func(t *testing.T) {
		store, _ := prepared(t)
		command(t, store, string(deleteCardsOfDeck), owner, "a")
		require.Equal(t, []string{"c"}, texts(t, store, "SELECT id FROM cards"))
	})
	t.Run("a card that is just being written moves with what was written", func(t *testing.T) {
		store, s := prepared(t)
		require.NoError(t, meeting(t, store, run(t.Context(), updateCard, owner, "c", 1, "Q2", "A2", start), func() error {
			_, err := s.Cards.UpdateCard(t.Context(), owner, "c", moveTo("b"))
			return err
		}))
		require.Equal(t, []string{"b Q2 3"}, texts(t, store, "SELECT concat_ws(' ', deck_id, question, rev) FROM cards"))
	})
	t.Run("of many who fill, move and delete at once nobody leaves a card without a deck", func(t *testing.T) {
		store, s := prepared(t)
		var running sync.WaitGroup
		failed := make(chan error, 1000)
		for w := range 4 {
			running.Go(func() {
				for n := range 20 {
					deck, card := domain.DeckID(fmt.Sprint("d", n)), domain.CardID(fmt.Sprintf("c%d-%d", w, n))
					for _, err := range []error{
						s.Decks.InsertDeck(t.Context(), domain.Deck{ID: deck, Owner: owner, CreatedAt: start, Rev: 1}),
						s.Cards.InsertCards(t.Context(), owner, deck, []domain.Card{newCard(card, deck)}),
						s.Decks.DeleteDeck(t.Context(), owner, domain.DeckID(fmt.Sprint("d", (n+w)%20))),
					} {
						if code := domain.CodeOf(err); code != "" && code != domain.CodeNotFound && code != domain.CodeConflict {
							failed <- err
						}
					}
				}
			})
		}
		running.Wait()
		require.Empty(t, failed)
		require.Empty(t, texts(t, store, `SELECT id FROM cards WHERE NOT EXISTS
			(SELECT 1 FROM decks WHERE decks.user_id = cards.user_id AND decks.id = cards.deck_id AND deleted_at IS NULL)`))
	})
}

func TestTransactionsThatMeet(t *testing.T) {
	stores := &stock{t: t}
	// prepared returns a store with two sessions to be written.
	prepared := func(t *testing.T) *Store {
		t.Helper()
		store := stores.take(t)
		command(t, store, "INSERT INTO sessions (user_id, id) VALUES ('u', 'a'), ('u', 'b')")
		return store
	}
	const touch query = "UPDATE sessions SET expires_at = now() WHERE user_id = 'u' AND id = $1"

	t.Run("of two that wait for each other both succeed", func(t *testing.T) {
		store := prepared(t)
		var tries atomic.Int32
		var first, running sync.WaitGroup
		first.Add(2)
		got := make([]error, 2)
		for i, order := range [][]string{{"a", "b"}, {"b", "a"}} {
			met := false
			running.Go(func() {
				got[i] = store.transact(t.Context(), "touch", func(tx pgx.Tx) error {
					tries.Add(1)
					if err := run(t.Context(), touch, order[0])(tx); err != nil {
						return err
					}
					if !met {
						met = true
						first.Done()
						first.Wait()
					}
					return run(t.Context(), touch, order[1])(tx)
				})
			})
		}
		running.Wait()
		require.NoError(t, got[0])
		require.NoError(t, got[1])
		require.GreaterOrEqual(t, tries.Load(), int32(3), "one of them was undone and made again")
	})
	// overtaken is a transaction that others overtake in its first tries.
	overtaken := func(t *testing.T, store *Store, times int) (tries int, err error) {
		t.Helper()
		err = store.transact(t.Context(), "touch", func(tx pgx.Tx) error {
			tries++
			if err := run(t.Context(), "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")(tx); err != nil {
				return err
			}
			if err := run(t.Context(), "SELECT count(*) FROM sessions")(tx); err != nil {
				return err
			}
			if tries <= times {
				command(t, store, string(touch), "a")
			}
			return run(t.Context(), touch, "a")(tx)
		})
		return tries, err
	}
	t.Run("one that others overtake is made again", func(t *testing.T) {
		tries, err := overtaken(t, prepared(t), 3)
		require.NoError(t, err)
		require.Equal(t, 4, tries)
	})
	t.Run("one that others always overtake is busy after a bounded number of tries", func(t *testing.T) {
		tries, err := overtaken(t, prepared(t), 1000)
		require.Equal(t, domain.CodeBusy, domain.CodeOf(err))
		require.Equal(t, callTries, tries)
	})
	t.Run("one whose context ends is not made again", func(t *testing.T) {
		store := prepared(t)
		ctx, cancel := context.WithCancel(t.Context())
		tries := 0
		err := store.transact(ctx, "touch", func(pgx.Tx) error {
			tries++
			cancel()
			return context.Canceled
		})
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 1, tries)
	})
	t.Run("a lock that the URL does not let it wait for is busy", func(t *testing.T) {
		store := prepared(t)
		hasty := openStore(t, withParameter(t, store.pool.Config().ConnString(), "lock_timeout", "20"))
		tx, err := store.pool.Begin(t.Context())
		require.NoError(t, err)
		defer tx.Rollback(context.Background()) //nolint:errcheck // nothing is kept
		require.NoError(t, run(t.Context(), touch, "a")(tx))
		require.Equal(t, domain.CodeBusy, domain.CodeOf(hasty.Ports().Sessions.EndSession(t.Context(), "u", "a")))
		require.NoError(t, hasty.Ports().Sessions.EndSession(t.Context(), "u", "b"))
	})
	t.Run("of several that sweep at once none fails, and all is swept", func(t *testing.T) {
		store := prepared(t)
		command(t, store, "INSERT INTO sessions (user_id, id, expires_at) SELECT 'u', n::text, $1 FROM generate_series(1, 2000) AS n", start)
		var running sync.WaitGroup
		got := make([]error, 4)
		for i := range got {
			running.Go(func() {
				for done := false; !done && got[i] == nil; {
					done, got[i] = store.Ports().Sweeper.Sweep(t.Context(), start)
				}
			})
		}
		running.Wait()
		for _, err := range got {
			require.NoError(t, err)
		}
		require.Equal(t, []string{"a", "b"}, texts(t, store, "SELECT id FROM sessions ORDER BY id"))
	})
}

func TestFailures(t *testing.T) {
	t.Run("a value that does not fit its column is our fault, and no outage", func(t *testing.T) {
		s := freshStore(t).Ports()
		event := domain.Event{ID: "e", Seq: 1, RecordedAt: start, Buttons: math.MaxInt64}
		_, number := s.Statistics.PutCachedMonth(t.Context(), owner, 0, ports.CachedMonth{Month: math.MaxInt64, Seq: 1})
		_, document := s.LearningSettings.UpdateLearningSettings(t.Context(), owner, func(changed *domain.Settings) error {
			changed.Schedules = []domain.Schedule{{Retention: math.NaN()}}
			return nil
		})
		for what, err := range map[string]error{
			"a number": number, "a document": document,
			"in a batch": s.ReviewLog.Append(t.Context(), owner, []domain.Event{event}),
			"copied":     s.Archive.Events.PutEvents(t.Context(), owner, []domain.Event{event}),
		} {
			require.Equal(t, domain.CodeInternal, domain.CodeOf(err), "%s: %v", what, err)
		}
	})
	t.Run("a table that is not there is our fault", func(t *testing.T) {
		store := openStore(t, engines.PostgresDatabase(t))
		_, err := store.Ports().Users.User(t.Context(), "u")
		require.Equal(t, domain.CodeInternal, domain.CodeOf(err))
	})
	t.Run("what is stored and cannot be read is our fault", func(t *testing.T) {
		store := freshStore(t)
		command(t, store, "INSERT INTO sessions (user_id, id, expires_at) VALUES ('u', 's', 'infinity')")
		_, err := store.Ports().Sessions.Session(t.Context(), "u", "s")
		require.Equal(t, domain.CodeInternal, domain.CodeOf(err))
		require.ErrorContains(t, err, "infinite")
	})
	t.Run("the cause is for the log, with what was being tried, and no caller is told where things are", func(t *testing.T) {
		store := freshStore(t)
		require.NoError(t, store.Close())
		_, err := store.Ports().Users.User(t.Context(), "u")
		var failed *domain.Error
		require.ErrorAs(t, err, &failed)
		require.NotContains(t, failed.Message, store.place)
		require.ErrorContains(t, failed.Err, "read a user")
	})
}
