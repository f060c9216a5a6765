package cli

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/test/engines"
)

// alter runs a statement on a database that spacey made.
func alter(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(statement)
	require.NoError(t, err)
}

func TestMigrate(t *testing.T) {
	embedded := func(t *testing.T) (environ []string, path string) {
		folder := filepath.Join(t.TempDir(), "data")
		return []string{"STORAGE=sqlite", "DATA_DIR=" + folder}, filepath.Join(folder, "spacey.db")
	}

	t.Run("a database that is not there is stale, and status does not make it", func(t *testing.T) {
		environ, path := embedded(t)
		_, err := run(t, environ, "migrate", "status")
		require.ErrorIs(t, err, errStale)
		require.ErrorContains(t, err, "spacey migrate up")
		assert.NotErrorIs(t, err, process.ErrUsage, "the exit code is 1")
		assert.NoDirExists(t, filepath.Dir(path))
	})
	for _, args := range [][]string{{"migrate"}, {"migrate", "up"}} {
		t.Run("it is made, and then up to date", func(t *testing.T) {
			environ, path := embedded(t)
			for range 2 {
				stdout, err := run(t, environ, args...)
				require.NoError(t, err)
				assert.Contains(t, stdout, "The schema of sqlite is up to date: version 5")
				assert.Contains(t, stdout, path)
			}
			stdout, err := run(t, environ, "migrate", "status")
			require.NoError(t, err)
			assert.Equal(t, "storage  SQLite, "+path+"\nschema   version 5\nneeded   version 5\nstate    up to date\n", stdout)
		})
	}
	for engine, environ := range map[string][]string{
		"mongo":    {"STORAGE=mongo", "MONGO_DB_CONNECTION=" + engines.Mongo(t), "DB_NAME=" + engines.DatabaseName(t)},
		"postgres": {"STORAGE=postgres", "DATABASE_URL=" + engines.PostgresDatabase(t)},
	} {
		t.Run("on "+engine+" it is stale, then migrated, then up to date", func(t *testing.T) {
			stdout, err := run(t, environ, "migrate", "status")
			require.ErrorIs(t, err, errStale)
			require.ErrorContains(t, err, "spacey migrate up")
			assert.Contains(t, stdout, "schema   version 0\n")
			assert.Contains(t, stdout, "state    older\n")
			stdout, err = run(t, environ, "migrate")
			require.NoError(t, err)
			assert.Contains(t, stdout, "The schema of "+engine+" is up to date")
			stdout, err = run(t, environ, "migrate", "status")
			require.NoError(t, err)
			assert.Contains(t, stdout, "state    up to date\n")
		})
	}
	t.Run("an older schema is told, not changed", func(t *testing.T) {
		environ, path := embedded(t)
		_, err := run(t, environ, "migrate", "up")
		require.NoError(t, err)
		alter(t, path, "DELETE FROM goose_db_version WHERE version_id > 1")
		for range 2 {
			stdout, err := run(t, environ, "migrate", "status")
			require.ErrorIs(t, err, errStale)
			require.ErrorContains(t, err, "spacey migrate up")
			assert.Contains(t, stdout, "schema   version 1\nneeded   version 5\nstate    older\n")
		}
	})
	t.Run("a newer schema is told, not changed", func(t *testing.T) {
		environ, path := embedded(t)
		_, err := run(t, environ, "migrate", "up")
		require.NoError(t, err)
		alter(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		for range 2 {
			stdout, err := run(t, environ, "migrate", "status")
			require.ErrorIs(t, err, errStale)
			require.ErrorContains(t, err, "newer")
			assert.Contains(t, stdout, "schema   version 99\nneeded   version 5\nstate    newer\n")
		}
		_, err = run(t, environ, "migrate", "up")
		require.ErrorContains(t, err, "newer spacey")
	})
	t.Run("the database of another program is refused", func(t *testing.T) {
		environ, path := embedded(t)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		alter(t, path, "CREATE TABLE bookmarks (url TEXT)")
		for _, what := range []string{"status", "up"} {
			_, err := run(t, environ, "migrate", what)
			require.ErrorContains(t, err, "another program")
		}
	})
	t.Run("help says how to call it, and other calls are refused", func(t *testing.T) {
		for _, args := range [][]string{{"migrate", "-help"}, {"migrate", "up", "-help"}, {"migrate", "status", "--help"}} {
			stdout, err := run(t, nil, args...)
			require.NoError(t, err)
			assert.Contains(t, stdout, "Usage: spacey migrate")
		}
		for _, args := range [][]string{{"migrate", "down"}, {"migrate", "up", "twice"}, {"migrate", "-force"}} {
			_, err := run(t, nil, args...)
			require.ErrorIs(t, err, process.ErrUsage)
			assert.ErrorContains(t, err, "spacey migrate -help")
		}
	})
}
