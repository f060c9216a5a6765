package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/porttest"
)

// openStore opens a store on a file that is closed with the test.
func openStore(t *testing.T, path string) *Store {
	t.Helper()
	store, err := Open(t.Context(), path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// migrated returns the bytes of a database with the whole schema and nothing in it. It is made once: most tests are shorter
// than a migration.
var migrated = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "spacey-migrated-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	store, err := Open(context.Background(), filepath.Join(folder, "spacey.db"), nil)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(store.Migrate(context.Background()), store.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(store.path)
})

// freshStore opens a store on a new file with the whole schema.
func freshStore(t *testing.T) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "spacey.db")
	content, err := migrated()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return openStore(t, path)
}

func TestContract(t *testing.T) {
	porttest.Run(t, porttest.Engine{
		Open: func(t *testing.T) ports.Storage { return freshStore(t).Ports() },
		OpenCrashing: func(t *testing.T) ports.Storage {
			store := freshStore(t)
			store.beforeMemories = func() error { return errors.New("the power is gone") }
			return store.Ports()
		},
	})
}
