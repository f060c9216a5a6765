package sqlite

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestOpen(t *testing.T) {
	t.Run("the file and its folders are made, for their owner alone", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "a", "b", "spacey.db")
		require.NoError(t, openStore(t, path).Migrate(t.Context()))
		for _, name := range []string{"", "-wal", "-shm", ".lock"} {
			info, err := os.Stat(path + name)
			require.NoError(t, err)
			require.Zero(t, info.Mode().Perm()&0o077, "%s is open to others", path+name)
		}
	})
	t.Run("a path may have any characters", func(t *testing.T) {
		folder := t.TempDir()
		for _, name := range []string{"a b.db", "what?mode=ro", "100%.db", "%41.db", "c#1.db", "ä&ö=1;+.db", "'quoted'\".db"} {
			store := openStore(t, filepath.Join(folder, name))
			require.NoError(t, store.Migrate(t.Context()))
			info, err := os.Stat(filepath.Join(folder, name))
			require.NoError(t, err)
			require.Positive(t, info.Size(), name)
		}
	})
	t.Run("a relative path is that of the moment", func(t *testing.T) {
		folder := t.TempDir()
		t.Chdir(folder)
		store := openStore(t, "spacey.db")
		t.Chdir(t.TempDir())
		require.NoError(t, store.Migrate(t.Context()))
		require.Equal(t, filepath.Join(folder, "spacey.db"), store.path)
		require.FileExists(t, store.path+"-wal")
	})
	t.Run("what was written is there when the file is opened again", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "spacey.db")
		store, err := Open(t.Context(), path, nil)
		require.NoError(t, err)
		require.NoError(t, store.Migrate(t.Context()))
		user := domain.User{ID: "u", Name: "Ada Lovelace", Email: "ada@example.org", Rev: 1}
		require.NoError(t, store.Ports().Users.InsertUser(t.Context(), user))
		require.NoError(t, store.Close())
		require.NoFileExists(t, path+"-wal", "closing leaves one file to be copied")
		got, err := openStore(t, path).Ports().Users.User(t.Context(), "u")
		require.NoError(t, err)
		require.Equal(t, user, got)
	})
	t.Run("commits are flushed to the disk, and readers cannot write", func(t *testing.T) {
		store := freshStore(t)
		var synchronous int
		require.NoError(t, store.writer.db.QueryRow("PRAGMA synchronous").Scan(&synchronous))
		require.Equal(t, 2, synchronous, "FULL")
		_, err := store.reader.db.Exec("DELETE FROM users")
		require.Error(t, err)
	})
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	plain := write("plain", strings.Repeat("This is a letter and no database. ", 100))
	for _, c := range []struct{ name, path, says string }{
		{"no path", "", "Name a file"},
		{"a database in memory, of which each connection would have its own", ":memory:", "Name a file"},
		{"a URI", "file:x.db?mode=memory", "Name a file"},
		{"a path with a NUL", folder + "/x\x00y", "Name a file"},
		{"a folder", folder, "name a file in it"},
		{"a file in what is no folder", filepath.Join(plain, "spacey.db"), "cannot be made"},
		{"a folder that takes no files", "/dev/null/spacey.db", "cannot be made"},
		{"a file that is no database", plain, "no database of SQLite"},
	} {
		t.Run(c.name+" is refused with its path and what to do", func(t *testing.T) {
			_, err := Open(t.Context(), c.path, nil)
			var failed *domain.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, domain.CodeUnavailable, failed.Code)
			require.Contains(t, failed.Message, c.says)
			if !strings.ContainsRune(c.path, 0) {
				require.Contains(t, failed.Message, c.path)
			}
		})
	}
	t.Run("a file that was refused is as it was", func(t *testing.T) {
		content, err := os.ReadFile(plain)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(content), "This is a letter"))
		require.NoFileExists(t, plain+"-wal")
	})
	t.Run("a file that cannot be written is refused", func(t *testing.T) {
		if os.Geteuid() == 0 {
			// Nothing is forbidden to root, so the answer of the system is made up.
			require.Contains(t, fileRemedy(&os.PathError{Op: "open", Path: "x", Err: os.ErrPermission}), "writable")
			return
		}
		path := write("readonly.db", "")
		require.NoError(t, os.Chmod(path, 0o400))
		_, err := Open(t.Context(), path, nil)
		require.ErrorContains(t, err, "writable")
	})
	t.Run("a context that has ended opens nothing", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Open(ctx, filepath.Join(folder, "late.db"), slog.Default())
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "no time")
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
}

func TestPing(t *testing.T) {
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
	require.NoError(t, err)
	require.NoError(t, store.Ping(t.Context()), "the schema is not asked for")
	require.NoError(t, store.Migrate(t.Context()))
	require.NoError(t, store.Ping(t.Context()))
	require.NoError(t, store.Close())
	require.Equal(t, domain.CodeUnavailable, domain.CodeOf(store.Ping(t.Context())))
	require.NoError(t, store.Close(), "closing twice is no error")
}

func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spacey.db")
	store, err := Open(t.Context(), path, nil)
	require.NoError(t, err)
	require.NoError(t, store.Migrate(t.Context()))
	require.NoError(t, store.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := 100; i < len(content); i++ {
		content[i] = 0xa5
	}
	require.NoError(t, os.WriteFile(path, content, 0o600))

	_, err = Open(t.Context(), path, nil)
	var failed *domain.Error
	require.ErrorAs(t, err, &failed)
	require.Contains(t, failed.Message, path)
	require.Contains(t, failed.Message, "restore a backup")
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, string(left) == string(content), "a damaged file is left for whoever repairs it")
}
