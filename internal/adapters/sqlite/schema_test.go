package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// dump returns everything that the schema of a file says.
func dump(t *testing.T, db *sql.DB) string {
	t.Helper()
	var all sql.NullString
	require.NoError(t, db.QueryRow("SELECT group_concat(name || coalesce(sql, ''), char(10)) FROM sqlite_schema").Scan(&all))
	return all.String
}

func requireRefused(t *testing.T, err error, says ...string) {
	t.Helper()
	var failed *domain.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, domain.CodeSchema, failed.Code)
	for _, part := range says {
		require.Contains(t, failed.Message, part)
	}
}

func TestSchema(t *testing.T) {
	t.Run("a new database is refused, untouched, until it is migrated", func(t *testing.T) {
		store := openStore(t, filepath.Join(t.TempDir(), "spacey.db"))
		requireRefused(t, store.CheckSchema(t.Context()), "spacey migrate", store.path)
		require.Empty(t, dump(t, store.reader.db))
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.CheckSchema(t.Context()))
	})
	t.Run("an older schema is refused, untouched", func(t *testing.T) {
		store := freshStore(t)
		_, err := store.writer.db.Exec("DELETE FROM goose_db_version WHERE version_id > 0")
		require.NoError(t, err)
		requireRefused(t, store.CheckSchema(t.Context()), "spacey migrate", store.path)
	})
	t.Run("migrating twice changes nothing", func(t *testing.T) {
		store := freshStore(t)
		before := dump(t, store.reader.db)
		require.NoError(t, store.Ports().Users.InsertUser(t.Context(), domain.User{ID: "u", Rev: 1}))
		require.NoError(t, store.Migrate(t.Context()))
		require.Equal(t, before, dump(t, store.reader.db))
		_, err := store.Ports().Users.User(t.Context(), "u")
		require.NoError(t, err)
	})
	t.Run("a newer schema is refused and neither checked nor migrated away", func(t *testing.T) {
		store := freshStore(t)
		_, err := store.writer.db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
		require.NoError(t, err)
		before := dump(t, store.reader.db)
		requireRefused(t, store.CheckSchema(t.Context()), "newer spacey", store.path)
		requireRefused(t, store.Migrate(t.Context()), "newer spacey", store.path)
		require.Equal(t, before, dump(t, store.reader.db))
	})
	t.Run("the database of another program is refused, untouched", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "bookmarks.db")
		other, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		_, err = other.Exec("CREATE TABLE bookmarks (url TEXT)")
		require.NoError(t, err)
		require.NoError(t, other.Close())
		_, err = Open(t.Context(), path, nil)
		requireRefused(t, err, "another program", path)
		other, err = sql.Open("sqlite", path)
		require.NoError(t, err)
		defer other.Close()
		require.Equal(t, "bookmarksCREATE TABLE bookmarks (url TEXT)", dump(t, other))
	})
	t.Run("what was applied is logged", func(t *testing.T) {
		var log bytes.Buffer
		store, err := Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), slog.New(slog.NewTextHandler(&log, nil)))
		require.NoError(t, err)
		defer store.Close()
		require.NoError(t, store.Migrate(t.Context()))
		require.Contains(t, log.String(), "version=1")
	})
}

func TestStartTogether(t *testing.T) {
	const starts = 8
	together := func(do func(i int) error) {
		t.Helper()
		got := make([]error, starts)
		begin := make(chan struct{})
		var running sync.WaitGroup
		for i := range starts {
			running.Go(func() {
				<-begin
				got[i] = do(i)
			})
		}
		close(begin)
		running.Wait()
		for _, err := range got {
			require.NoError(t, err)
		}
	}
	path := filepath.Join(t.TempDir(), "spacey.db")
	stores := make([]*Store, starts)
	t.Run("many may open one new file at once", func(t *testing.T) {
		together(func(i int) (err error) {
			stores[i], err = Open(t.Context(), path, nil)
			return err
		})
	})
	for _, store := range stores {
		defer store.Close()
	}
	t.Run("many may migrate it at once, and one does", func(t *testing.T) {
		together(func(i int) error { return stores[i].Migrate(t.Context()) })
		var applied int
		require.NoError(t, stores[0].reader.db.QueryRow("SELECT count(*) FROM goose_db_version WHERE version_id = 1").Scan(&applied))
		require.Equal(t, 1, applied)
		require.NoError(t, stores[1].CheckSchema(t.Context()))
	})
	t.Run("while one process changes the file, others wait to open and to migrate it", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "spacey.db")
		store := openStore(t, path)
		require.NoError(t, openStore(t, path).alone(t.Context(), func() error {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			require.ErrorIs(t, store.Migrate(ctx), context.DeadlineExceeded)
			ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			_, err := Open(ctx, path, nil)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Empty(t, dump(t, store.reader.db))
			return nil
		}))
		require.NoError(t, store.Migrate(t.Context()))
	})
}
