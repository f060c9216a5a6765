package postgres

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/porttest"
	"github.com/moshrank/spacey-backend/test/engines"
)

// openStore opens a store on a database that is closed with the test. It has few connections, since many tests share one
// server.
func openStore(t *testing.T, database string) *Store {
	t.Helper()
	store, err := Open(t.Context(), withParameter(t, database, "pool_max_conns", "4"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// withParameter returns the URL of a database with one parameter more.
func withParameter(t *testing.T, database, name, value string) string {
	t.Helper()
	parsed, err := url.Parse(database)
	require.NoError(t, err)
	parameters := parsed.Query()
	parameters.Set(name, value)
	parsed.RawQuery = parameters.Encode()
	return parsed.String()
}

// freshStore opens a store on a new database with the whole schema.
func freshStore(t *testing.T) *Store {
	t.Helper()
	store := openStore(t, engines.PostgresDatabase(t))
	require.NoError(t, store.Migrate(t.Context()))
	return store
}

// stock keeps stores for the next test: to make a database takes longer than most tests.
type stock struct {
	// t is the test that all tests which take stores belong to.
	t    *testing.T
	mu   sync.Mutex
	idle []*Store
}

// take returns an empty store that no other test uses until this one ends.
func (s *stock) take(t *testing.T) *Store {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.idle) == 0 {
		s.idle = append(s.idle, freshStore(s.t))
	}
	store := s.idle[len(s.idle)-1]
	s.idle = s.idle[:len(s.idle)-1]
	t.Cleanup(func() {
		empty(t, store)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.idle = append(s.idle, store)
	})
	return store
}

// empty removes everything that is stored.
func empty(t *testing.T, store *Store) {
	t.Helper()
	ctx := context.Background() // that of the test has ended
	rows, err := store.pool.Query(ctx, `SELECT 'DELETE FROM ' || table_name FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_name NOT IN ('goose_db_version', $1)`, lockTable)
	require.NoError(t, err)
	deletes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.NotEmpty(t, deletes)
	_, err = store.pool.Exec(ctx, strings.Join(deletes, ";"), pgx.QueryExecModeSimpleProtocol)
	require.NoError(t, err)
}

func TestContract(t *testing.T) {
	stores := &stock{t: t}
	porttest.Run(t, porttest.Engine{
		Open: func(t *testing.T) ports.Storage { return stores.take(t).Ports() },
		OpenCrashing: func(t *testing.T) ports.Storage {
			crashing := *stores.take(t)
			crashing.interrupt = "SELECT 1/0"
			return crashing.Ports()
		},
	})
}
