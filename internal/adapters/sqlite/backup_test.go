package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// fillStore stores people with a deck each, in which there are cards with an event each.
func fillStore(t *testing.T, store *Store, people, cards int) {
	t.Helper()
	s, at := store.Ports(), instantAt(1_000)
	for i := range people {
		owner := domain.UserID(fmt.Sprintf("u%d", i))
		require.NoError(t, s.Users.InsertUser(t.Context(), domain.User{ID: owner, Name: "Ada", Email: string(owner) + "@example.org", CreatedAt: at, UpdatedAt: at, Rev: 1}))
		require.NoError(t, s.Decks.InsertDeck(t.Context(), domain.Deck{ID: "d", Owner: owner, Name: "Deck", CreatedAt: at, UpdatedAt: at, Rev: 1}))
		for j := range cards {
			id := domain.CardID(fmt.Sprintf("c%04d", j))
			text := domain.CardText{Question: "Question " + strings.Repeat("?", 500), Answer: "Answer"}
			require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", []domain.Card{domain.NewCard(id, owner, "d", text, at)}))
			one := event(int64(j+1), fmt.Sprintf("e%d", j), id)
			one.User = owner
			require.NoError(t, s.ReviewLog.Append(t.Context(), owner, []domain.Event{one}))
		}
	}
}

// rowsOf returns every row of every table of a database.
func rowsOf(t *testing.T, path string) map[string][]string {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, nil))
	require.NoError(t, err)
	defer db.Close()
	tables, err := db.Query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
	require.NoError(t, err)
	all := map[string][]string{}
	for _, table := range textsOf(t, tables) {
		columns, err := db.Query("SELECT 'quote(' || name || ')' FROM pragma_table_info(?)", table)
		require.NoError(t, err)
		rows, err := db.Query("SELECT " + strings.Join(textsOf(t, columns), " || ',' || ") + " FROM " + table + " ORDER BY 1")
		require.NoError(t, err)
		all[table] = textsOf(t, rows)
	}
	return all
}

func requireFailure(t *testing.T, err error, code domain.Code, says ...string) {
	t.Helper()
	var failed *domain.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, code, failed.Code, "%v", err)
	for _, part := range says {
		require.Contains(t, failed.Message, part)
	}
}

func requireFolder(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	found := []string{}
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	require.ElementsMatch(t, names, found)
}

func TestBackup(t *testing.T) {
	store := freshStore(t)
	fillStore(t, store, 2, 10)
	want := Contents{Schema: 5, Accounts: 2, Decks: 2, Cards: 20, Events: 20}
	target := func(t *testing.T) string { return filepath.Join(t.TempDir(), "b.db") }

	t.Run("it is one file that holds everything, for its owner alone", func(t *testing.T) {
		file := target(t)
		got, err := store.Backup(t.Context(), file, BackupOptions{})
		require.NoError(t, err)
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077)
		require.Equal(t, info.Size(), got.Bytes)
		got.Bytes = 0
		require.Equal(t, want, got)
		requireFolder(t, filepath.Dir(file), "b.db")
		require.Equal(t, rowsOf(t, store.path), rowsOf(t, file))
	})
	t.Run("it waits for nobody who writes, and holds what was committed", func(t *testing.T) {
		file := target(t)
		tx, err := store.writer.db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.Exec("DELETE FROM cards")
		require.NoError(t, err)
		got, err := store.Backup(t.Context(), file, BackupOptions{})
		require.NoError(t, err)
		require.Equal(t, want.Cards, got.Cards)
		require.NoError(t, tx.Rollback())
	})
	t.Run("a file that is there is kept, unless it is to be replaced", func(t *testing.T) {
		file := target(t)
		require.NoError(t, os.WriteFile(file, []byte("letter"), 0o644))
		_, err := store.Backup(t.Context(), file, BackupOptions{})
		requireFailure(t, err, domain.CodeConflict, file, "is there already")
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, "letter", string(content))
		_, err = store.Backup(t.Context(), file, BackupOptions{Replace: true})
		require.NoError(t, err)
		_, err = Inspect(t.Context(), file)
		require.NoError(t, err)
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077)
		requireFolder(t, filepath.Dir(file), "b.db")
	})
	t.Run("a file that appears meanwhile is kept", func(t *testing.T) {
		file := target(t)
		_, err := store.Backup(t.Context(), file, BackupOptions{reached: func(s step) {
			if s == partChecked {
				require.NoError(t, os.WriteFile(file, []byte("letter"), 0o600))
			}
		}})
		requireFailure(t, err, domain.CodeConflict, "it was kept")
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, "letter", string(content))
		requireFolder(t, filepath.Dir(file), "b.db")
	})
	t.Run("what one that was killed has left is in nobody's way", func(t *testing.T) {
		file := target(t)
		for _, suffix := range []string{partSuffix, partSuffix + "-journal"} {
			require.NoError(t, os.WriteFile(file+suffix, []byte("half of a database"), 0o600))
		}
		_, err := store.Backup(t.Context(), file, BackupOptions{reached: func(s step) {
			if s == partBegun {
				requireFolder(t, filepath.Dir(file), "b.db.part")
			}
		}})
		require.NoError(t, err)
		requireFolder(t, filepath.Dir(file), "b.db")
	})
	t.Run("one that fails leaves nothing, not the journal of its part either", func(t *testing.T) {
		file := target(t)
		_, err := store.Backup(t.Context(), file, BackupOptions{reached: func(s step) {
			if s == partWritten { // a journal is what is left of a disk that was full
				require.NoError(t, os.WriteFile(file+partSuffix+"-journal", []byte("journal"), 0o600))
			}
		}})
		requireFailure(t, err, domain.CodeInvalid, "was not closed")
		requireFolder(t, filepath.Dir(file))
	})
	t.Run("of two to the same file one is given up", func(t *testing.T) {
		file := target(t)
		_, err := store.Backup(t.Context(), file, BackupOptions{reached: func(s step) {
			if s == partBegun {
				_, err := store.Backup(t.Context(), file, BackupOptions{})
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(file+partSuffix, nil, 0o600), "a third one has begun")
			}
		}})
		requireFailure(t, err, domain.CodeConflict, "Another backup")
		requireFolder(t, filepath.Dir(file), "b.db", "b.db.part")
		_, err = Inspect(t.Context(), file)
		require.NoError(t, err)
	})
	t.Run("it is told how far it is", func(t *testing.T) {
		told := []string{}
		_, err := store.Backup(t.Context(), target(t), BackupOptions{Progress: func(doing string, done, total int64) {
			require.LessOrEqual(t, done, total)
			told = append(told, doing)
		}})
		require.NoError(t, err)
		require.Contains(t, told, "copying")
		require.Contains(t, told, "checking the copy")
	})
	t.Run("one that is stopped leaves nothing", func(t *testing.T) {
		file := target(t)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := store.Backup(ctx, file, BackupOptions{reached: func(s step) {
			if s == partBegun {
				cancel()
			}
		}})
		requireFailure(t, err, domain.CodeUnavailable, "stopped")
		require.ErrorIs(t, err, context.Canceled)
		requireFolder(t, filepath.Dir(file))
	})
}

func TestBackupRefuses(t *testing.T) {
	store := freshStore(t)
	fillStore(t, store, 1, 1)
	folder := t.TempDir()
	require.NoError(t, os.Symlink(store.path, filepath.Join(folder, "link")))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "letter"), nil, 0o600))
	for _, c := range []struct {
		outcome, file string
		code          domain.Code
		says          string
	}{
		{"no name", "", domain.CodeInvalid, "no path"},
		{"a folder", folder, domain.CodeInvalid, "is a folder"},
		{"the database itself", store.path, domain.CodeInvalid, "the database itself"},
		{"its write-ahead log", store.path + "-wal", domain.CodeInvalid, "the database itself"},
		{"its lock", store.path + lockSuffix, domain.CodeInvalid, "the database itself"},
		{"a link to it", filepath.Join(folder, "link"), domain.CodeInvalid, "no file that can be replaced"},
		{"a device", os.DevNull, domain.CodeInvalid, "no file that can be replaced"},
		{"a folder that is not there", filepath.Join(folder, "no", "b.db"), domain.CodeUnavailable, "no such folder"},
		{"a folder that is a file", filepath.Join(folder, "letter", "b.db"), domain.CodeUnavailable, "no such folder"},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			before := rowsOf(t, store.path)
			_, err := store.Backup(t.Context(), c.file, BackupOptions{Replace: true})
			requireFailure(t, err, c.code, c.says)
			require.Equal(t, before, rowsOf(t, store.path))
		})
	}
	t.Run("a database without a schema", func(t *testing.T) {
		empty := openStore(t, filepath.Join(t.TempDir(), "spacey.db"))
		_, err := empty.Backup(t.Context(), filepath.Join(folder, "b.db"), BackupOptions{})
		requireFailure(t, err, domain.CodeSchema, "nothing in the database")
	})
	t.Run("a database of a newer spacey", func(t *testing.T) {
		newer := freshStore(t)
		_, err := newer.writer.db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
		require.NoError(t, err)
		_, err = newer.Backup(t.Context(), filepath.Join(folder, "b.db"), BackupOptions{})
		requireFailure(t, err, domain.CodeSchema, "newer spacey")
	})
	requireFolder(t, folder, "letter", "link")
}

func TestInspectRefuses(t *testing.T) {
	store := freshStore(t)
	fillStore(t, store, 1, 50)
	folder := t.TempDir()
	good := filepath.Join(folder, "good.db")
	_, err := store.Backup(t.Context(), good, BackupOptions{})
	require.NoError(t, err)
	whole, err := os.ReadFile(good)
	require.NoError(t, err)
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path
	}
	changed := func(name, statement string) string {
		path := write(name, whole)
		db, err := sql.Open("sqlite", dsn(path, nil))
		require.NoError(t, err)
		defer db.Close()
		_, err = db.Exec(statement)
		require.NoError(t, err)
		return path
	}
	scribbled := append([]byte{}, whole...)
	for i := len(scribbled) / 2; i < len(scribbled)/2+20_000; i++ {
		scribbled[i] = 0xa5
	}
	copied, err := sql.Open("sqlite", dsn(good, nil))
	require.NoError(t, err)
	var root int
	require.NoError(t, copied.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = 'cards_deck_due'").Scan(&root))
	require.NoError(t, copied.Close())
	unindexed := append([]byte{}, whole...)
	for i := range 4096 {
		unindexed[(root-1)*4096+i] = 0xa5
	}
	logged := write("logged.db", whole)
	write("logged.db-wal", []byte("log"))
	before, err := os.ReadDir(folder)
	require.NoError(t, err)

	for _, c := range []struct {
		outcome, file string
		code          domain.Code
		says          string
	}{
		{"no name", "", domain.CodeInvalid, "no path"},
		{"a file that is not there", filepath.Join(folder, "missing.db"), domain.CodeInvalid, "There is no file"},
		{"a folder", folder, domain.CodeInvalid, "is a folder"},
		{"an empty file", write("empty.db", nil), domain.CodeSchema, "no database of spacey"},
		{"a letter", write("letter.db", []byte(strings.Repeat("Dear Ada. ", 500))), domain.CodeInvalid, "is no database"},
		{"one that was cut off", write("cut.db", whole[:len(whole)/2]), domain.CodeUnavailable, "cut off"},
		{"one that was cut off within its first page", write("short.db", whole[:300]), domain.CodeUnavailable, "cut off"},
		{"one that was cut off by a page", write("page.db", whole[:len(whole)-4096]), domain.CodeUnavailable, "cut off"},
		{"one that is damaged", write("scribbled.db", scribbled), domain.CodeUnavailable, "damaged"},
		{"one that is damaged where nothing is counted", write("unindexed.db", unindexed), domain.CodeUnavailable, "damaged"},
		{"one of a newer spacey", changed("newer.db", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"), domain.CodeSchema, "newer spacey"},
		{"one of another program", changed("other.db", "DROP TABLE goose_db_version"), domain.CodeSchema, "no database of spacey"},
		{"one without a table", changed("half.db", "DROP TABLE cards"), domain.CodeSchema, "no whole database"},
		{"one with a log beside it", logged, domain.CodeInvalid, "spacey backup"},
		{"the log is named", store.path, domain.CodeInvalid, "spacey.db-wal"},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			_, err := Inspect(t.Context(), c.file)
			requireFailure(t, err, c.code, c.says)
			if c.file != "" {
				require.Contains(t, err.Error(), c.file)
			}
		})
	}
	t.Run("and leaves everything as it is", func(t *testing.T) {
		after, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Len(t, after, len(before)+10, "the files of the cases, and nothing else")
	})
}
