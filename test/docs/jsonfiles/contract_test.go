package jsonfiles

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/porttest"
)

// openStore opens a store on a folder that is closed with the test.
func openStore(t *testing.T, folder string) *Store {
	t.Helper()
	store, err := Open(t.Context(), folder)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// freshStore opens a store on a new folder with the whole schema.
func freshStore(t *testing.T) *Store {
	t.Helper()
	store := openStore(t, t.TempDir())
	require.NoError(t, store.Migrate(t.Context()))
	return store
}

// The ports that are done. When all are, one call of porttest.Run takes the place of these.
func TestContract(t *testing.T) {
	engine := porttest.Engine{
		Open: func(t *testing.T) ports.Storage { return freshStore(t).Ports() },
	}
	porttest.RunSuite(t, "Configs", engine)
}
