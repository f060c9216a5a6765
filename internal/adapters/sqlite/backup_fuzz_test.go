package sqlite

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func FuzzBackupFile(f *testing.F) {
	whole := emptyBackup(f)
	// A patch at a place, and where the file ends: most of it stays what it was, so that what reads it gets far.
	f.Add([]byte(nil), 0, len(whole))
	f.Add([]byte("SQLite format 4"), 0, len(whole))
	f.Add([]byte{0xff, 0xff}, 16, len(whole))   // the size of a page
	f.Add([]byte{0, 0, 0, 200}, 60, len(whole)) // the version of the schema
	f.Add([]byte{2, 2}, 18, len(whole))         // it says that there is a log beside it
	f.Add([]byte{0xff}, 100, len(whole))        // the kind of the first page
	f.Add([]byte(nil), 0, 100)
	f.Add([]byte(nil), 0, 0)
	f.Add(bytes.Repeat([]byte{0}, 4096), 4096, len(whole))
	f.Fuzz(func(t *testing.T, patch []byte, at, end int) {
		content := bytes.Clone(whole)
		at, end = min(max(at, 0), len(content)), min(max(end, 0), len(content))
		copy(content[at:], patch)
		content = content[:end]
		folder := t.TempDir()
		file := filepath.Join(folder, "backup.db")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		contents, err := Inspect(context.Background(), file)
		if after, readErr := os.ReadFile(file); readErr != nil || !bytes.Equal(after, content) {
			t.Fatalf("the file was changed (%v)", readErr)
		}
		if entries, _ := os.ReadDir(folder); len(entries) != 1 {
			t.Fatalf("there are files beside it: %v", entries)
		}
		if err == nil {
			newest, _ := newestSchema()
			if contents.Schema < 1 || contents.Schema > newest || contents.Bytes != int64(len(content)) {
				t.Fatalf("it is taken for a backup: %+v", contents)
			}
			return
		}
		var refusal *domain.Error
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Message, file) {
			t.Fatalf("what is wrong does not name the file: %v", err)
		}
		switch refusal.Code {
		case domain.CodeInvalid, domain.CodeSchema, domain.CodeUnavailable:
		default:
			t.Fatalf("it is refused with %v", err)
		}
	})
}

// emptyBackup returns the bytes of a backup of nothing.
func emptyBackup(f *testing.F) []byte {
	f.Helper()
	folder := f.TempDir()
	store, err := Open(f.Context(), filepath.Join(folder, "spacey.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	defer store.Close()
	if err := store.Migrate(f.Context()); err != nil {
		f.Fatal(err)
	}
	file := filepath.Join(folder, "backup.db")
	if _, err := store.Backup(f.Context(), file, BackupOptions{}); err != nil {
		f.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	return content
}
