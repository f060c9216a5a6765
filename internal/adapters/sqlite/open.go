package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Open opens the database in a file, which it makes, with its folder, when it is not there. It does not look at the
// schema: see Migrate and CheckSchema. Without a logger nothing is logged. The error is CodeUnavailable, its message
// names the file and says what to do.
func Open(ctx context.Context, path string, logger *slog.Logger) (*Store, error) {
	file, err := prepareFile(path)
	if err != nil {
		return nil, err
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	store := &Store{path: file, logger: logger, now: time.Now}
	store.appends.store = store
	if err := store.connect(ctx); err != nil {
		return nil, errors.Join(store.unopened(ctx, err), store.Close())
	}
	return store, nil
}

// prepareFile checks the path of a database, makes its folder and an empty file, and returns the absolute path.
func prepareFile(path string) (string, error) {
	if path == "" || path == ":memory:" || strings.HasPrefix(path, "file:") || strings.ContainsRune(path, 0) {
		return "", domain.NewError(domain.CodeUnavailable,
			fmt.Sprintf("%q is no path of a database. Name a file, for example data/spacey.db.", path))
	}
	file, err := filepath.Abs(path)
	if err != nil {
		return "", domain.WrapError(domain.CodeUnavailable, fmt.Sprintf("The path of the database %q cannot be understood.", path), err)
	}
	// What is kept is personal, so nobody else may read it.
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", domain.WrapError(domain.CodeUnavailable, fmt.Sprintf(
			"The folder of the database %s cannot be made. Make it, or choose another path.", file), err)
	}
	for _, name := range []string{file, file + lockSuffix} {
		if err := touch(name); err != nil {
			return "", domain.WrapError(domain.CodeUnavailable, fmt.Sprintf("The database %s cannot be opened. %s", file, fileRemedy(err)), err)
		}
	}
	return file, nil
}

// touch makes an empty file that only its owner can read, if it is not there. One that is there is not opened: when a
// process closes a file, the locks of SQLite that it has on it are gone.
func touch(name string) error {
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		return &fs.PathError{Op: "open", Path: name, Err: syscall.EISDIR}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	handle, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is the operator's
	if err != nil {
		return err
	}
	return handle.Close()
}

func fileRemedy(err error) string {
	switch {
	case errors.Is(err, syscall.EISDIR):
		return "This is a folder: name a file in it."
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "Make the file and its folder writable for the user that runs spacey."
	case errors.Is(err, syscall.ENOSPC):
		return "The disk is full: free some space."
	default:
		return "Check the path, or choose another one."
	}
}

// connect opens the connections and makes sure that the file is a database with a write-ahead log.
func (s *Store) connect(ctx context.Context) error {
	s.writer = newPool(s.path, 1, url.Values{"_txlock": {"immediate"}, "_pragma": {
		busyTimeout, "journal_mode(WAL)", "synchronous(FULL)", "journal_size_limit(67108864)",
	}})
	// A caller may read while it loops over memories, so there are more readers than processors.
	s.reader = newPool(s.path, max(16, 4*runtime.GOMAXPROCS(0)), url.Values{"_pragma": {busyTimeout, "query_only(ON)"}})
	if err := s.enter(ctx); err != nil {
		return err
	}
	return s.alone(ctx, func() error {
		// A file of another program is left as it is, so this comes before the writer changes the journal mode.
		if _, err := schemaVersion(ctx, s.reader.db); err != nil {
			return err
		}
		// Switching to the write-ahead log needs the database for itself, and does not wait.
		var mode string
		if err := s.writer.db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
			return err
		}
		if mode != "wal" {
			return fmt.Errorf("the journal mode is %q where a write-ahead log is needed, which a network file system cannot have", mode)
		}
		return nil
	})
}

// dsn returns the data source name of a file.
func dsn(path string, query url.Values) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: query.Encode()}).String()
}
