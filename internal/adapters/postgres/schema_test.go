package postgres

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3/lock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/engines"
)

// command runs a statement that a test prepares something with.
func command(t *testing.T, store *Store, statement string, args ...any) {
	t.Helper()
	_, err := store.pool.Exec(t.Context(), statement, args...)
	require.NoError(t, err, statement)
}

// texts returns the only column of a query.
func texts(t *testing.T, store *Store, statement string, args ...any) []string {
	t.Helper()
	rows, err := store.pool.Query(t.Context(), statement, args...)
	require.NoError(t, err, statement)
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err, statement)
	return found
}

// dump returns every column and index of a database.
func dump(t *testing.T, store *Store) string {
	t.Helper()
	return strings.Join(texts(t, store, `SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable) FROM information_schema.columns
		WHERE table_schema = current_schema() UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1`), "\n")
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
		store := openStore(t, engines.PostgresDatabase(t))
		requireRefused(t, store.CheckSchema(t.Context()), "spacey migrate", store.place)
		require.Empty(t, dump(t, store))
		current, newest, err := store.Schema(t.Context())
		require.NoError(t, err)
		require.Equal(t, []int64{0, 4}, []int64{current, newest})
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.CheckSchema(t.Context()))
		current, _, err = store.Schema(t.Context())
		require.NoError(t, err)
		require.Equal(t, newest, current)
	})
	t.Run("an older schema is refused, untouched", func(t *testing.T) {
		store := freshStore(t)
		command(t, store, "DELETE FROM goose_db_version WHERE version_id > 0")
		before := dump(t, store)
		requireRefused(t, store.CheckSchema(t.Context()), "spacey migrate", store.place)
		require.Equal(t, before, dump(t, store))
	})
	t.Run("migrating twice changes nothing", func(t *testing.T) {
		store := freshStore(t)
		before := dump(t, store)
		require.NoError(t, store.Ports().Users.InsertUser(t.Context(), domain.User{ID: "u", Rev: 1}))
		require.NoError(t, store.Migrate(t.Context()))
		require.Equal(t, before, dump(t, store))
		_, err := store.Ports().Users.User(t.Context(), "u")
		require.NoError(t, err)
	})
	t.Run("a newer schema is refused and neither checked nor migrated away", func(t *testing.T) {
		store := freshStore(t)
		command(t, store, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
		before := dump(t, store)
		requireRefused(t, store.CheckSchema(t.Context()), "newer spacey", store.place)
		requireRefused(t, store.Migrate(t.Context()), "newer spacey", store.place)
		require.Equal(t, before, dump(t, store))
	})
	t.Run("the database of another program is refused, untouched", func(t *testing.T) {
		store := openStore(t, engines.PostgresDatabase(t))
		command(t, store, "CREATE TABLE bookmarks (url text)")
		before := dump(t, store)
		requireRefused(t, store.CheckSchema(t.Context()), "another program", store.place)
		requireRefused(t, store.Migrate(t.Context()), "another program", store.place)
		require.Equal(t, before, dump(t, store))
	})
	t.Run("views, like those of extensions, make no database another program's", func(t *testing.T) {
		store := openStore(t, engines.PostgresDatabase(t))
		command(t, store, "CREATE VIEW statements AS SELECT 1 AS calls")
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.CheckSchema(t.Context()))
	})
	t.Run("a URL with one connection is enough", func(t *testing.T) {
		store, err := Open(t.Context(), withParameter(t, engines.PostgresDatabase(t), "pool_max_conns", "1"), nil)
		require.NoError(t, err)
		defer store.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.NoError(t, store.Migrate(ctx))
	})
	t.Run("who may not make tables is told, and which right is missing", func(t *testing.T) {
		store := openStore(t, engines.PostgresDatabase(t))
		denied := fstest.MapFS{"00001_schema.sql": {Data: []byte("-- +goose Up\n-- +goose StatementBegin\n" +
			"DO $$ BEGIN RAISE insufficient_privilege; END $$;\n-- +goose StatementEnd")}}
		requireRefused(t, store.run(t.Context(), denied), "The user "+store.pool.Config().ConnConfig.User+" may not", store.place, "CREATE")
	})
	t.Run("a schema of the database may be named, beside another program's", func(t *testing.T) {
		database := engines.PostgresDatabase(t)
		command(t, openStore(t, database), "CREATE TABLE bookmarks (url text)")
		command(t, openStore(t, database), "CREATE SCHEMA learning")
		store := openStore(t, withParameter(t, database, "search_path", "learning"))
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.CheckSchema(t.Context()))
		require.Contains(t, texts(t, store, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'learning'"), "cards")
	})
	t.Run("what was applied is logged", func(t *testing.T) {
		var log bytes.Buffer
		store, err := Open(t.Context(), engines.PostgresDatabase(t), slog.New(slog.NewTextHandler(&log, nil)))
		require.NoError(t, err)
		defer store.Close()
		require.NoError(t, store.Migrate(t.Context()))
		for _, version := range []string{"version=1", "version=2", "version=3", "version=4"} {
			require.Contains(t, log.String(), version)
		}
	})
}

func TestMigrateTogether(t *testing.T) {
	database := engines.PostgresDatabase(t)
	stores := make([]*Store, 8)
	for i := range stores {
		stores[i] = openStore(t, database)
	}
	got := make([]error, len(stores))
	begin := make(chan struct{})
	var running sync.WaitGroup
	for i, store := range stores {
		running.Go(func() {
			<-begin
			got[i] = store.Migrate(t.Context())
		})
	}
	close(begin)
	running.Wait()

	t.Run("many may migrate a new database at once, and one does", func(t *testing.T) {
		for _, err := range got {
			require.NoError(t, err)
		}
		require.Equal(t, []string{"1", "2", "3", "4"}, texts(t, stores[0], "SELECT version_id::text FROM goose_db_version WHERE version_id > 0 ORDER BY 1"))
		require.NoError(t, stores[1].CheckSchema(t.Context()))
	})
	t.Run("the lease is given back", func(t *testing.T) {
		require.Equal(t, []string{"false"}, texts(t, stores[0], "SELECT locked::text FROM "+lockTable))
	})
}

func TestInterruptedMigration(t *testing.T) {
	t.Run("one that fails leaves nothing of its file, and can be made again", func(t *testing.T) {
		store := openStore(t, engines.PostgresDatabase(t))
		before := dump(t, store)
		broken := fstest.MapFS{"00001_schema.sql": {Data: []byte("-- +goose Up\nCREATE TABLE users (id text);\nSELECT 1/0;")}}
		require.Error(t, store.apply(t.Context(), broken))
		require.Empty(t, before)
		require.NotContains(t, dump(t, store), "users")
		requireRefused(t, store.CheckSchema(t.Context()), "spacey migrate")
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.CheckSchema(t.Context()))
	})
	t.Run("one whose context ends leaves nothing, and holds nobody up", func(t *testing.T) {
		store := openStore(t, engines.PostgresDatabase(t))
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		endless := fstest.MapFS{"00001_schema.sql": {Data: []byte("-- +goose Up\nCREATE TABLE users (id text);\nSELECT pg_sleep(600);")}}
		require.ErrorIs(t, store.apply(ctx, endless), context.DeadlineExceeded)
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.CheckSchema(t.Context()))
	})
	t.Run("while one holds the lease others wait, as long as their context lasts", func(t *testing.T) {
		store := openStore(t, engines.PostgresDatabase(t))
		holdLease(t, store, "1 hour")
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		err := store.Migrate(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		require.NotContains(t, dump(t, store), "users")
	})
	t.Run("one that crashed holds nobody up when its lease has run out", func(t *testing.T) {
		store := openStore(t, engines.PostgresDatabase(t))
		holdLease(t, store, "-1 second")
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.CheckSchema(t.Context()))
	})
}

// holdLease leaves the lease as a process leaves it that was killed: with so much time to run.
func holdLease(t *testing.T, store *Store, left string) {
	t.Helper()
	command(t, store, "CREATE TABLE "+lockTable+` (lock_id bigint PRIMARY KEY, locked boolean NOT NULL DEFAULT false, locked_at timestamptz,
		locked_by text, lease_expires_at timestamptz, updated_at timestamptz)`)
	command(t, store, "INSERT INTO "+lockTable+" VALUES ($1, true, now(), 'another', now() + $2::interval, now())", lock.DefaultLockID, left)
}

func TestTables(t *testing.T) {
	store := freshStore(t)
	t.Run("every key of what people own begins with the owner", func(t *testing.T) {
		keys := texts(t, store, `SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE 'CREATE UNIQUE%'
			AND tablename NOT IN ('users', 'one_time_tokens', 'configs', 'sign_in_attempts', 'goose_db_version', $1)`, lockTable)
		require.NotEmpty(t, keys)
		for _, key := range keys {
			require.Contains(t, key, "(user_id", "the rows of one person can lie together")
		}
	})
	t.Run("an answer writes to the indexes of the study queue alone", func(t *testing.T) {
		written := texts(t, store, `SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indrelid = 'cards'::regclass AND EXISTS (
			SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) AND position(a.attname || ' = $' IN $1) > 0)
			ORDER BY 1`, string(setMemory))
		require.Equal(t, []string{"cards_deck_due", "cards_due"}, written)
	})
	t.Run("texts that are keys are in order of their bytes", func(t *testing.T) {
		loose := texts(t, store, `SELECT DISTINCT i.indrelid::regclass || '.' || a.attname FROM pg_index i
			JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
			JOIN pg_collation c ON c.oid = a.attcollation WHERE i.indrelid::regclass::text NOT LIKE 'pg_%' AND c.collname <> 'C'`)
		require.Empty(t, loose)
	})
}
