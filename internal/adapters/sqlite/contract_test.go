package sqlite

import (
	"errors"
	"path/filepath"
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

// freshStore opens a store on a new file with the whole schema.
func freshStore(t *testing.T) *Store {
	t.Helper()
	store := openStore(t, filepath.Join(t.TempDir(), "spacey.db"))
	require.NoError(t, store.Migrate(t.Context()))
	return store
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
