package postgres

import (
	"context"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

// newEvent returns the answer of a number in the owner's log.
func newEvent(seq int64, id string, card domain.CardID) domain.Event {
	return domain.Event{
		ID: domain.EventID(id), User: owner, Seq: seq, Kind: domain.KindReview, Card: card, Rating: domain.Good, RecordedAt: start,
		After: domain.Memory{Phase: domain.PhaseReview, Seq: seq},
	}
}

// addCards adds a deck with cards.
func addCards(t *testing.T, s ports.Storage, ids ...domain.CardID) {
	t.Helper()
	addDeck(t, s, "d")
	cards := make([]domain.Card, len(ids))
	for i, id := range ids {
		cards[i] = newCard(id, "d")
	}
	require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", cards))
}

// requireLog checks which events there are, and which memories the cards have.
func requireLog(t *testing.T, store *Store, events, memories []string) {
	t.Helper()
	require.Equal(t, events, texts(t, store, "SELECT concat_ws(' ', seq, id) FROM review_events ORDER BY seq"))
	require.Equal(t, memories, texts(t, store, "SELECT concat_ws(' ', id, seq) FROM cards ORDER BY id"))
}

func TestAppendsThatMeet(t *testing.T) {
	stores := &stock{t: t}
	t.Run("many of two processes give each number once, and leave none out", func(t *testing.T) {
		database := engines.PostgresDatabase(t)
		two := []*Store{openStore(t, database), openStore(t, database)}
		require.NoError(t, two[0].Migrate(t.Context()))
		addCards(t, two[0].Ports(), "c")
		const writers, each = 32, 5
		got := make([]error, writers)
		var running sync.WaitGroup
		for w := range writers {
			running.Go(func() {
				for n := 0; n < each && got[w] == nil; n++ {
					got[w] = appendNext(t.Context(), two[w%2].Ports(), fmt.Sprintf("e%d-%d", w, n))
				}
			})
		}
		running.Wait()
		for _, err := range got {
			require.NoError(t, err)
		}
		numbers := []string{}
		for n := range writers * each {
			numbers = append(numbers, fmt.Sprint(n+1))
		}
		require.Equal(t, numbers, texts(t, two[0], "SELECT seq::text FROM review_events ORDER BY review_events.seq"))
		require.Equal(t, []string{fmt.Sprint(writers * each)}, texts(t, two[0], "SELECT seq::text FROM cards"))
	})
	t.Run("one that waits for a number is refused whole when it is taken", func(t *testing.T) {
		store := stores.take(t)
		addCards(t, store.Ports(), "c")
		faster := newEvent(1, "faster", "other")
		err := meeting(t, store, run(t.Context(), insertEvent, eventValues(owner, &faster)...), func() error {
			return store.Ports().ReviewLog.Append(t.Context(), owner, []domain.Event{newEvent(1, "a", "c"), newEvent(2, "b", "c")})
		})
		require.Equal(t, domain.CodeSeqTaken, domain.CodeOf(err))
		requireLog(t, store, []string{"1 faster"}, []string{"c 0"})
	})
	t.Run("one that is undone since others wait for it is made again", func(t *testing.T) {
		store := freshStore(t)
		addCards(t, store.Ports(), "a", "b")
		command(t, store, "CREATE SEQUENCE tries")
		command(t, store, `CREATE FUNCTION undone_once() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
			IF nextval('tries') = 1 THEN RAISE 'deadlock detected' USING ERRCODE = '40P01'; END IF; END $$`)
		store.interrupt = "SELECT undone_once()"
		require.NoError(t, store.Ports().ReviewLog.Append(t.Context(), owner, []domain.Event{newEvent(1, "e", "b"), newEvent(2, "f", "a")}))
		requireLog(t, store, []string{"1 e", "2 f"}, []string{"a 2", "b 1"})
		require.Equal(t, []string{"2"}, texts(t, store, "SELECT last_value::text FROM tries"))
	})
	t.Run("one that stops before the memories leaves nothing, and hinders nobody", func(t *testing.T) {
		store := stores.take(t)
		addCards(t, store.Ports(), "c")
		crashing := *store
		crashing.interrupt = "SELECT 1/0"
		batch := []domain.Event{newEvent(1, "a", "c"), newEvent(2, "b", "c")}
		require.Equal(t, domain.CodeInternal, domain.CodeOf(crashing.Ports().ReviewLog.Append(t.Context(), owner, batch)))
		requireLog(t, store, []string{}, []string{"c 0"})
		require.NoError(t, store.Ports().ReviewLog.Append(t.Context(), owner, batch))
		requireLog(t, store, []string{"1 a", "2 b"}, []string{"c 2"})
	})
}

// appendNext appends an event at the end of the log, however often others are faster.
func appendNext(ctx context.Context, s ports.Storage, id string) error {
	for {
		head, err := s.ReviewLog.Head(ctx, owner, "c")
		if err != nil {
			return err
		}
		err = s.ReviewLog.Append(ctx, owner, []domain.Event{newEvent(head.Seq+1, id, "c")})
		if domain.CodeOf(err) != domain.CodeSeqTaken {
			return err
		}
	}
}

func TestLongLog(t *testing.T) {
	database := engines.PostgresDatabase(t)
	require.NoError(t, openStore(t, database).Migrate(t.Context()))
	store, err := Open(t.Context(), withParameter(t, database, "pool_max_conns", "1"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	s := store.Ports()
	const length = 2*factsPage + 1
	events := make([]domain.Event, length)
	for i := range events {
		events[i] = newEvent(int64(i+1), fmt.Sprint("e", i), "c")
	}
	require.NoError(t, s.Archive.Events.PutEvents(t.Context(), owner, events))

	t.Run("what is counted comes page by page, every event once, and a loop over it keeps no connection", func(t *testing.T) {
		// A loop that kept the only connection would wait for ever.
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for _, after := range []int64{0, 1, factsPage, factsPage + 1, length - 1, length, length + 1} {
			next := after + 1
			for event, err := range s.EventFacts.EventFacts(ctx, owner, after) {
				require.NoError(t, err)
				require.Equal(t, next, event.Seq)
				if next++; event.Seq%1000 == 0 {
					_, err = s.Projections.CountEvents(ctx, owner)
					require.NoError(t, err)
				}
			}
			require.Equal(t, max(length, after)+1, next)
		}
	})
	t.Run("a limit may be larger than there can be numbers", func(t *testing.T) {
		found, err := s.ReviewLog.Events(t.Context(), owner, length-2, math.MaxInt)
		require.NoError(t, err)
		require.Equal(t, events[length-2:], found)
		found, err = s.ReviewLog.Events(t.Context(), owner, math.MaxInt64, math.MaxInt)
		require.NoError(t, err)
		require.Empty(t, found)
	})
	t.Run("events that are put must follow each other", func(t *testing.T) {
		for _, next := range [][]int64{{length + 1, length + 3}, {length + 1, length + 1}, {length + 2}, {0}, {-1}} {
			batch := []domain.Event{}
			for i, seq := range next {
				batch = append(batch, newEvent(seq, fmt.Sprint("new", i), "c"))
			}
			require.Equal(t, domain.CodeSeqTaken, domain.CodeOf(s.Archive.Events.PutEvents(t.Context(), owner, batch)))
		}
		count, err := s.Projections.CountEvents(t.Context(), owner)
		require.NoError(t, err)
		require.Equal(t, int64(length), count)
	})
}
