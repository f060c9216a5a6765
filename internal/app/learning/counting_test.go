package learning_test

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// connection is the only one to a storage. A loop over a log keeps it until it ends.
type connection chan struct{}

func (c connection) take(ctx context.Context) error {
	select {
	case c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type facts struct {
	under ports.EventFacts
	connection
	// read is how many events were read.
	read atomic.Int64
}

func (f *facts) EventFacts(ctx context.Context, owner domain.UserID, after int64) iter.Seq2[domain.Event, error] {
	return func(yield func(domain.Event, error) bool) {
		if err := f.take(ctx); err != nil {
			yield(domain.Event{}, err)
			return
		}
		defer func() { <-f.connection }()
		for event, err := range f.under.EventFacts(ctx, owner, after) {
			f.read.Add(1)
			if !yield(event, err) {
				return
			}
		}
	}
}

type counted struct {
	ports.Statistics
	connection
}

func (c counted) CachedMonths(ctx context.Context, owner domain.UserID, from, to int) ([]ports.CachedMonth, error) {
	if err := c.take(ctx); err != nil {
		return nil, err
	}
	defer func() { <-c.connection }()
	return c.Statistics.CachedMonths(ctx, owner, from, to)
}

// longLog gives the desk's person a log of some answers, one every ten minutes up to now, and returns a service whose
// storage has one connection.
func longLog(t *testing.T, d desk, events int) (*learning.Service, *facts) {
	t.Helper()
	settings := domain.DefaultSettings(caller.User)
	var log []domain.Event
	for seq := 1; seq <= events; seq++ {
		at := noon.Add(-time.Duration(events-seq) * 10 * time.Minute)
		event := domain.NewEvent(caller.User, domain.Entry{
			ID: domain.EventID(domain.NameID("long log", fmt.Sprint(seq))), Kind: domain.KindReview, Card: d.cards[0], Rating: domain.Good, Buttons: 2,
			StartedAt: at.Add(-time.Second), FinishedAt: at,
		}, d.deck, nil, settings, at)
		event.Seq = int64(seq)
		log = append(log, event)
	}
	require.NoError(t, d.storage.ReviewLog.Append(t.Context(), caller.User, log))
	one := make(connection, 1)
	found := &facts{under: d.storage.EventFacts, connection: one}
	storage := d.storage
	storage.EventFacts, storage.Statistics = found, counted{d.storage.Statistics, one}
	return learning.New(storage, d.clock, system.IDs{}), found
}

func TestALongLogIsCounted(t *testing.T) {
	// Around the pages in which a log is read.
	for _, events := range []int{2000, 2001, 4001} {
		t.Run(fmt.Sprint("of ", events, " events, while storage has one connection"), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, 1)
			service, _ := longLog(t, d, events)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			today := domain.DefaultCalendar().DayOf(noon)
			found, err := service.Statistics(ctx, caller, today-365, today, "")
			require.NoError(t, err)
			assert.Equal(t, events, found.Total.Reviews)
		})
	}
	t.Run("once, however many look at the same time", func(t *testing.T) {
		t.Parallel()
		const events, people = 6000, 10
		d := newDesk(t, 1)
		service, facts := longLog(t, d, events)
		today := domain.DefaultCalendar().DayOf(noon)
		timed, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		group, ctx := errgroup.WithContext(timed)
		for range people {
			group.Go(func() error {
				found, err := service.Statistics(ctx, caller, today-365, today, "")
				assert.Equal(t, events, found.Total.Reviews)
				return err
			})
		}
		require.NoError(t, group.Wait())
		assert.Less(t, facts.read.Load(), int64(events+(people+1)*2001), "each may have looked at a page before its turn")
	})
}
