package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// backupOf makes a backup of a database with some people in it.
func backupOf(t *testing.T, people int) string {
	t.Helper()
	store := freshStore(t)
	fillStore(t, store, people, 3)
	file := filepath.Join(t.TempDir(), "backup.db")
	_, err := store.Backup(t.Context(), file, BackupOptions{})
	require.NoError(t, err)
	return file
}

// closedStore makes a database with one person in it, and returns its path.
func closedStore(t *testing.T) string {
	t.Helper()
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
	require.NoError(t, err)
	require.NoError(t, store.Migrate(t.Context()))
	fillStore(t, store, 1, 1)
	require.NoError(t, store.Close())
	return store.path
}

func requirePeople(t *testing.T, path string, people int64) {
	t.Helper()
	store, err := Open(t.Context(), path, nil)
	require.NoError(t, err)
	require.NoError(t, store.CheckSchema(t.Context()))
	require.NoError(t, store.Close())
	contents, err := Inspect(t.Context(), path)
	require.NoError(t, err)
	require.Equal(t, people, contents.Accounts)
}

func TestRestore(t *testing.T) {
	backup := backupOf(t, 3)
	original, err := os.ReadFile(backup)
	require.NoError(t, err)
	restore := func(t *testing.T, path string) Restored {
		t.Helper()
		got, err := Restore(t.Context(), backup, path, nil, BackupOptions{})
		require.NoError(t, err)
		require.Equal(t, int64(3), got.Backup.Accounts)
		require.Equal(t, int64(5), got.Schema)
		return got
	}

	t.Run("everything is there again, in a folder that was not", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "new", "spacey.db")
		require.Empty(t, restore(t, path).Former)
		require.Equal(t, rowsOf(t, backup), rowsOf(t, path))
		requirePeople(t, path, 3)
		for _, name := range []string{path, path + lockSuffix, filepath.Dir(path)} {
			info, err := os.Stat(name)
			require.NoError(t, err)
			require.Zero(t, info.Mode().Perm()&0o077)
		}
		requireFolder(t, filepath.Dir(path), "spacey.db", "spacey.db.lock")
	})
	t.Run("the former database is kept", func(t *testing.T) {
		path := closedStore(t)
		before := rowsOf(t, path)
		former := restore(t, path).Former
		requirePeople(t, path, 3)
		require.Equal(t, before, rowsOf(t, former))
		require.True(t, strings.HasPrefix(former, path+".before-restore-2"), former)
		requireFolder(t, filepath.Dir(path), "spacey.db", "spacey.db.lock", filepath.Base(former))
		_, err := Restore(t.Context(), former, path, nil, BackupOptions{})
		require.NoError(t, err, "it can be put back like a backup")
		requirePeople(t, path, 1)
	})
	t.Run("the former database is kept with what was only in its log", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "spacey.db")
		store, err := Open(t.Context(), closedStore(t), nil)
		require.NoError(t, err)
		fillOther(t, store)
		for _, suffix := range []string{"", "-wal"} { // as a process leaves it that is killed
			content, err := os.ReadFile(store.path + suffix)
			require.NoError(t, err)
			require.NotEmpty(t, content)
			require.NoError(t, os.WriteFile(path+suffix, content, 0o600))
		}
		require.NoError(t, store.Close())
		former := restore(t, path).Former
		requireFolder(t, filepath.Dir(path), "spacey.db", "spacey.db.lock", filepath.Base(former))
		requirePeople(t, path, 3)
		requirePeople(t, former, 2)
	})
	t.Run("a damaged database is kept with its log, as it is, and that log is not applied to the new one", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "spacey.db")
		store := freshStore(t)
		fillStore(t, store, 1, 1)
		log, err := os.ReadFile(store.path + "-wal")
		require.NoError(t, err)
		damaged := bytes.Repeat([]byte{0xa5}, 9000)
		require.NoError(t, os.WriteFile(path, damaged, 0o600))
		require.NoError(t, os.WriteFile(path+"-wal", log, 0o600))
		former := restore(t, path).Former
		requirePeople(t, path, 3)
		for suffix, content := range map[string][]byte{"": damaged, "-wal": log} {
			kept, err := os.ReadFile(former + suffix)
			require.NoError(t, err)
			require.Equal(t, content, kept)
		}
	})
	t.Run("a link to a database elsewhere stays one", func(t *testing.T) {
		path := closedStore(t)
		link := filepath.Join(t.TempDir(), "spacey.db")
		require.NoError(t, os.Symlink(path, link))
		restore(t, link)
		target, err := os.Readlink(link)
		require.NoError(t, err)
		require.Equal(t, path, target)
		requirePeople(t, path, 3)
	})
	t.Run("what one that was killed has left is in nobody's way", func(t *testing.T) {
		path := closedStore(t)
		for _, suffix := range []string{"", "-wal", "-shm", lockSuffix} {
			require.NoError(t, os.WriteFile(path+restoringSuffix+suffix, []byte("half"), 0o600))
		}
		former := restore(t, path).Former
		requirePeople(t, path, 3)
		requireFolder(t, filepath.Dir(path), "spacey.db", "spacey.db.lock", filepath.Base(former))
	})
	t.Run("an older backup gets the schema of this program", func(t *testing.T) {
		old := storeAt(t, 1)
		_, err := old.writer.db.Exec(rowsAtVersion1)
		require.NoError(t, err)
		file, path := filepath.Join(t.TempDir(), "old.db"), closedStore(t)
		contents, err := old.Backup(t.Context(), file, BackupOptions{})
		require.NoError(t, err)
		require.Equal(t, int64(1), contents.Schema)
		got, err := Restore(t.Context(), file, path, nil, BackupOptions{})
		require.NoError(t, err)
		require.Equal(t, int64(1), got.Backup.Schema)
		require.Equal(t, int64(5), got.Schema)
		store := openStore(t, path)
		require.NoError(t, store.CheckSchema(t.Context()))
		card, err := store.Ports().Cards.Card(t.Context(), "u", "c1")
		require.NoError(t, err)
		require.Equal(t, "Question", card.Question)
	})
	t.Run("the backup stays as it is", func(t *testing.T) {
		content, err := os.ReadFile(backup)
		require.NoError(t, err)
		require.True(t, bytes.Equal(original, content))
		requireFolder(t, filepath.Dir(backup), "backup.db")
	})
}

// fillOther stores one more person.
func fillOther(t *testing.T, store *Store) {
	t.Helper()
	require.NoError(t, store.Ports().Users.InsertUser(t.Context(), domain.User{ID: "other", Name: "Bob", Email: "bob@example.org", Rev: 1}))
}

func TestRestoreRefuses(t *testing.T) {
	backup := backupOf(t, 3)
	unchanged := func(t *testing.T, path string) {
		t.Helper()
		requirePeople(t, path, 1)
		requireFolder(t, filepath.Dir(path), "spacey.db", "spacey.db.lock")
	}

	t.Run("a database that a spacey has open, however long it has been idle", func(t *testing.T) {
		path := closedStore(t)
		store := openStore(t, path)
		store.reader.db.SetMaxIdleConns(0)
		store.writer.db.SetMaxIdleConns(0)
		_, err := Restore(t.Context(), backup, path, nil, BackupOptions{})
		requireFailure(t, err, domain.CodeConflict, "is in use", path)
		require.NoError(t, store.Ping(t.Context()))
		require.NoError(t, store.Close())
		unchanged(t, path)
	})
	t.Run("a database that another program has open", func(t *testing.T) {
		path := closedStore(t)
		shell, err := sql.Open("sqlite", dsn(path, nil))
		require.NoError(t, err)
		defer shell.Close()
		_, err = shell.Exec("SELECT * FROM users")
		require.NoError(t, err)
		_, err = Restore(t.Context(), backup, path, nil, BackupOptions{})
		requireFailure(t, err, domain.CodeConflict, "is in use", path)
		require.NoError(t, shell.Close())
		unchanged(t, path)
	})
	t.Run("a spacey that starts meanwhile: it waits", func(t *testing.T) {
		path := closedStore(t)
		opened := make(chan error)
		_, err := Restore(t.Context(), backup, path, nil, BackupOptions{reached: func(s step) {
			if s == formerKept {
				go func() {
					store, err := Open(context.WithoutCancel(t.Context()), path, nil)
					if err == nil {
						_, err = store.Ports().Users.User(context.WithoutCancel(t.Context()), "u2")
						err = errors.Join(err, store.Close())
					}
					opened <- err
				}()
			}
		}})
		require.NoError(t, err)
		require.NoError(t, <-opened, "it finds the people of the backup")
	})
	t.Run("a backup that cannot be used", func(t *testing.T) {
		path := closedStore(t)
		folder := t.TempDir()
		whole, err := os.ReadFile(backup)
		require.NoError(t, err)
		cut := filepath.Join(folder, "cut.db")
		require.NoError(t, os.WriteFile(cut, whole[:len(whole)/2], 0o600))
		for file, code := range map[string]domain.Code{
			filepath.Join(folder, "missing.db"): domain.CodeInvalid, folder: domain.CodeInvalid, cut: domain.CodeUnavailable, "": domain.CodeInvalid,
		} {
			_, err := Restore(t.Context(), file, path, nil, BackupOptions{})
			requireFailure(t, err, code, file)
		}
		unchanged(t, path)
	})
	t.Run("the database itself", func(t *testing.T) {
		path := closedStore(t)
		_, err := Restore(t.Context(), path, path, nil, BackupOptions{})
		requireFailure(t, err, domain.CodeInvalid, "the database itself")
		unchanged(t, path)
	})
	t.Run("to go on when it is told to stop", func(t *testing.T) {
		for _, at := range []step{copyWritten, copyMigrated, formerSettled} {
			path := closedStore(t)
			ctx, cancel := context.WithCancel(t.Context())
			_, err := Restore(ctx, backup, path, nil, BackupOptions{reached: func(s step) {
				if s == at {
					cancel()
				}
			}})
			if at == formerSettled {
				require.NoError(t, err, "nothing is left that takes time")
				requirePeople(t, path, 3)
				continue
			}
			require.ErrorIs(t, err, context.Canceled, string(at))
			unchanged(t, path)
		}
	})
}
