package jsonfiles

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// What cmd/internal/graph needs of a store.
var _ interface {
	Ports() ports.Storage
	Ping(context.Context) error
	CheckSchema(context.Context) error
	Schema(context.Context) (current, newest int64, err error)
	Migrate(context.Context) error
} = (*Store)(nil)

func requireCode(t *testing.T, want domain.Code, err error) {
	t.Helper()
	require.Equalf(t, want, domain.CodeOf(err), "the code of: %v", err)
}

func TestStore(t *testing.T) {
	document := domain.ConfigDocument{Name: "frontend", Value: json.RawMessage(`{}`), Rev: 1}

	t.Run("what was stored is there after it was opened again", func(t *testing.T) {
		first := freshStore(t)
		require.NoError(t, first.Ports().Configs.InsertConfig(t.Context(), document))
		require.NoError(t, first.Close())
		got, err := openStore(t, first.folder).Ports().Configs.Config(t.Context(), document.Name)
		require.NoError(t, err)
		require.Equal(t, document, got)
	})
	t.Run("nothing is left of an insert that was refused", func(t *testing.T) {
		store := freshStore(t)
		require.NoError(t, store.Ports().Configs.InsertConfig(t.Context(), document))
		requireCode(t, domain.CodeConflict, store.Ports().Configs.InsertConfig(t.Context(), document))
		left, err := filepath.Glob(filepath.Join(store.folder, "new-*"))
		require.NoError(t, err)
		require.Empty(t, left)
	})
	t.Run("a closed store is unavailable", func(t *testing.T) {
		store := freshStore(t)
		require.NoError(t, store.Close())
		requireCode(t, domain.CodeUnavailable, store.Ports().Configs.InsertConfig(t.Context(), document))
		_, err := store.Ports().Configs.Config(t.Context(), document.Name)
		requireCode(t, domain.CodeUnavailable, err)
	})
	t.Run("a folder that is gone is unavailable, not empty", func(t *testing.T) {
		store := freshStore(t)
		require.NoError(t, store.Ping(t.Context()))
		require.NoError(t, os.RemoveAll(store.folder))
		requireCode(t, domain.CodeUnavailable, store.Ping(t.Context()))
		requireCode(t, domain.CodeUnavailable, store.CheckSchema(t.Context()))
		requireCode(t, domain.CodeUnavailable, store.Ports().Configs.InsertConfig(t.Context(), document))
		_, err := store.Ports().Configs.Config(t.Context(), document.Name)
		requireCode(t, domain.CodeUnavailable, err)
	})
}

func TestSchema(t *testing.T) {
	t.Run("an older schema is refused, with what to do", func(t *testing.T) {
		store := openStore(t, t.TempDir())
		err := store.CheckSchema(t.Context())
		requireCode(t, domain.CodeSchema, err)
		require.ErrorContains(t, err, "spacey migrate")
	})
	t.Run("a newer schema is refused and stays", func(t *testing.T) {
		store := openStore(t, t.TempDir())
		require.NoError(t, os.WriteFile(store.schemaPath(), []byte("2"), 0o600))
		requireCode(t, domain.CodeSchema, store.CheckSchema(t.Context()))
		requireCode(t, domain.CodeSchema, store.Migrate(t.Context()))
		current, newest, err := store.Schema(t.Context())
		require.NoError(t, err)
		require.Equal(t, []int64{2, 1}, []int64{current, newest})
	})
	t.Run("another program's folder is refused", func(t *testing.T) {
		store := openStore(t, t.TempDir())
		require.NoError(t, os.WriteFile(store.schemaPath(), []byte("theirs"), 0o600))
		requireCode(t, domain.CodeSchema, store.Migrate(t.Context()))
	})
	t.Run("several may migrate at once", func(t *testing.T) {
		store := openStore(t, t.TempDir())
		var running sync.WaitGroup
		for range 8 {
			running.Go(func() {
				if err := store.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		require.NoError(t, store.CheckSchema(t.Context()))
	})
}
