package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// queue makes calls that wait for the writer, and returns when all wait. The function it returns lets them run and
// returns their outcomes.
func queue(t *testing.T, store *Store, calls ...func(*transaction) error) (let func() []error) {
	t.Helper()
	held, err := store.writer.db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	outcomes := make([]error, len(calls))
	var running sync.WaitGroup
	for i, call := range calls {
		running.Go(func() { outcomes[i] = store.appends.transact(t.Context(), call) })
		waitFor(t, store, i+1) // they run in order
	}
	return func() []error {
		require.NoError(t, held.Rollback())
		running.Wait()
		return outcomes
	}
}

// waitFor returns when n calls wait.
func waitFor(t *testing.T, store *Store, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		store.appends.mu.Lock()
		defer store.appends.mu.Unlock()
		return len(store.appends.waiting) == n
	}, 10*time.Second, time.Millisecond)
}

// note writes a row.
func note(name string) func(*transaction) error {
	return func(t *transaction) error {
		_, err := t.exec(insertConfig, name, false, []byte("{}"), 0, 1)
		return err
	}
}

// noted returns the names of the rows of note.
func noted(t *testing.T, store *Store) []string {
	t.Helper()
	rows, err := store.reader.db.QueryContext(t.Context(), "SELECT name FROM configs ORDER BY rowid")
	require.NoError(t, err)
	defer rows.Close()
	names := []string{}
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(t, rows.Err())
	return names
}

func TestCallsThatShareATransaction(t *testing.T) {
	t.Run("those that wait at the same time share one, each up to its limit", func(t *testing.T) {
		store := freshStore(t)
		var mu sync.Mutex
		var sizes []int
		var last *transaction
		calls := make([]func(*transaction) error, maxGroup+3)
		for i := range calls {
			calls[i] = func(tx *transaction) error {
				mu.Lock()
				defer mu.Unlock()
				if tx != last {
					sizes, last = append(sizes, 0), tx
				}
				sizes[len(sizes)-1]++
				return note(fmt.Sprint(i))(tx)
			}
		}
		for _, err := range queue(t, store, calls...)() {
			require.NoError(t, err)
		}
		assert.Equal(t, []int{maxGroup, 3}, sizes)
		assert.Len(t, noted(t, store), len(calls))
	})
	t.Run("one that fails is undone alone, and gets its own error", func(t *testing.T) {
		store := freshStore(t)
		mine := errors.New("mine")
		outcomes := queue(t, store, note("a"), func(tx *transaction) error {
			require.NoError(t, note("half")(tx))
			return mine
		}, note("a"), note("b"))()
		require.NoError(t, outcomes[0])
		require.ErrorIs(t, outcomes[1], mine)
		require.True(t, breaks(outcomes[2], primaryKey), outcomes[2])
		require.NoError(t, outcomes[3])
		assert.Equal(t, []string{"a", "b"}, noted(t, store))
	})
	t.Run("one whose context ends while it waits is not run", func(t *testing.T) {
		store := freshStore(t)
		let := queue(t, store, note("a"))
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error)
		go func() { left <- store.appends.transact(ctx, note("left")) }()
		waitFor(t, store, 2)
		cancel()
		require.ErrorIs(t, <-left, context.Canceled)
		require.NoError(t, let()[0])
		for i := range 200 {
			require.ErrorIs(t, store.appends.transact(ctx, note(fmt.Sprint("late ", i))), context.Canceled)
		}
		assert.Equal(t, []string{"a"}, noted(t, store))
	})
	t.Run("one whose context ends while it runs tells what became of it", func(t *testing.T) {
		store := freshStore(t)
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, store.appends.transact(ctx, func(tx *transaction) error {
			cancel()
			return note("a")(tx)
		}))
		assert.Equal(t, []string{"a"}, noted(t, store))
	})
	t.Run("when SQLite gives the transaction up, all of it fail, for that reason", func(t *testing.T) {
		store := freshStore(t)
		full := func(tx *transaction) error {
			if _, err := tx.tx.Exec("PRAGMA max_page_count = 1"); err != nil {
				return err
			}
			_, err := tx.exec(insertConfig, "large", false, []byte(strings.Repeat("x", 1<<20)), 0, 1)
			return errors.Join(err, tx.tx.Rollback()) // SQLite itself does so for some failures
		}
		outcomes := queue(t, store, note("a"), full, note("b"))()
		for _, err := range outcomes {
			require.ErrorContains(t, err, "full")
		}
		assert.Empty(t, noted(t, store))
	})
	t.Run("what one call did wrong is no reason for the others", func(t *testing.T) {
		wrong, undoing := domain.NewError(domain.CodeSeqTaken, "taken"), errors.New("no such savepoint")
		require.Equal(t, undoing, lost(wrong, undoing))
		require.Equal(t, undoing, lost(undoing, wrong))
	})
	t.Run("when no transaction can be had all of them fail", func(t *testing.T) {
		store := freshStore(t)
		require.NoError(t, store.Close())
		require.Error(t, store.appends.transact(t.Context(), note("a")))
	})
}
