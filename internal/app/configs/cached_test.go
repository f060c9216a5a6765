package configs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/configs"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// movableClock is a clock that stands still until it is moved.
type movableClock struct {
	mu  sync.Mutex
	now time.Time
	// asked is how often the time was asked for.
	asked int
}

func (c *movableClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	return c.now
}

func (c *movableClock) timesAsked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

func (c *movableClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newCached(t *testing.T) (*configs.Cached, *mocks.Configs, *movableClock) {
	store, clock := mocks.NewConfigs(t), &movableClock{now: noon}
	return configs.NewCached(store, clock), store, clock
}

func document(name, value string) domain.ConfigDocument {
	return domain.ConfigDocument{Name: name, Public: true, Value: json.RawMessage(value), UpdatedAt: noon, Rev: 1}
}

func TestDocumentsAreKeptForAWhile(t *testing.T) {
	t.Run("storage is asked once, and again when that was long ago", func(t *testing.T) {
		c, store, clock := newCached(t)
		store.EXPECT().Config(mock.Anything, "a").Return(document("a", "1"), nil).Once()
		for range 3 {
			got, err := c.Config(t.Context(), "a")
			require.NoError(t, err)
			assert.Equal(t, document("a", "1"), got)
		}
		clock.move(configs.FreshFor - time.Millisecond)
		got, err := c.Config(t.Context(), "a")
		require.NoError(t, err)
		assert.Equal(t, document("a", "1"), got)

		clock.move(time.Millisecond)
		store.EXPECT().Config(mock.Anything, "a").Return(document("a", "2"), nil).Once()
		got, err = c.Config(t.Context(), "a")
		require.NoError(t, err)
		assert.Equal(t, document("a", "2"), got)
	})
	t.Run("what a caller does to a document is not seen by the next one", func(t *testing.T) {
		c, store, _ := newCached(t)
		store.EXPECT().Config(mock.Anything, "a").Return(document("a", "1"), nil).Once()
		for range 2 {
			got, err := c.Config(t.Context(), "a")
			require.NoError(t, err)
			assert.Equal(t, "1", string(got.Value))
			got.Value[0] = '9'
		}
	})
	t.Run("a document that is not there is found when it has come", func(t *testing.T) {
		c, store, _ := newCached(t)
		store.EXPECT().Config(mock.Anything, "a").Return(domain.ConfigDocument{}, domain.NotFound("configuration")).Once()
		_, err := c.Config(t.Context(), "a")
		assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
		store.EXPECT().InsertConfig(mock.Anything, document("a", "1")).Return(nil).Once()
		require.NoError(t, c.InsertConfig(t.Context(), document("a", "1")))
		store.EXPECT().Config(mock.Anything, "a").Return(document("a", "1"), nil).Once()
		_, err = c.Config(t.Context(), "a")
		require.NoError(t, err)
	})
	t.Run("a failure is told, and storage is asked again at once", func(t *testing.T) {
		c, store, clock := newCached(t)
		store.EXPECT().Config(mock.Anything, "a").Return(document("a", "1"), nil).Once()
		_, err := c.Config(t.Context(), "a")
		require.NoError(t, err)
		clock.move(configs.FreshFor)
		lost := domain.NewError(domain.CodeUnavailable, "no answer")
		store.EXPECT().Config(mock.Anything, "a").Return(domain.ConfigDocument{}, lost).Once()
		_, err = c.Config(t.Context(), "a")
		require.ErrorIs(t, err, lost)
		store.EXPECT().Config(mock.Anything, "a").Return(document("a", "2"), nil).Once()
		got, err := c.Config(t.Context(), "a")
		require.NoError(t, err)
		assert.Equal(t, "2", string(got.Value))
	})
	t.Run("no more than so many are kept", func(t *testing.T) {
		c, store, _ := newCached(t)
		store.EXPECT().Config(mock.Anything, mock.Anything).RunAndReturn(func(_ context.Context, name string) (domain.ConfigDocument, error) {
			return document(name, "1"), nil
		}).Times(66)
		for i := range 65 {
			_, err := c.Config(t.Context(), fmt.Sprint(i))
			require.NoError(t, err)
		}
		for _, name := range []string{"64", "0"} { // the last one is kept, the first one is not
			_, err := c.Config(t.Context(), name)
			require.NoError(t, err)
		}
	})
}

func TestOneReadsForAll(t *testing.T) {
	c, store, clock := newCached(t)
	begun, answer := make(chan struct{}), make(chan struct{})
	store.EXPECT().Config(mock.Anything, "a").RunAndReturn(func(ctx context.Context, _ string) (domain.ConfigDocument, error) {
		close(begun)
		<-answer
		_, limited := ctx.Deadline()
		assert.True(t, limited, "it cannot hang")
		return document("a", "1"), ctx.Err()
	}).Once()

	first, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := c.Config(first, "a")
		gone <- err
	}()
	<-begun
	var others sync.WaitGroup
	for range 5 {
		others.Go(func() {
			got, err := c.Config(t.Context(), "a")
			assert.NoError(t, err, "the one who asked first has gone, and the others still get their answer")
			assert.Equal(t, "1", string(got.Value))
		})
	}
	require.Eventually(t, func() bool { return clock.timesAsked() == 6 }, 10*time.Second, time.Millisecond, "all have come")
	cancel()
	err := <-gone
	assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	require.ErrorIs(t, err, context.Canceled)
	close(answer)
	others.Wait()
}
