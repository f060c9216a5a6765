package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// own reports whether a path is still that of an open file.
func own(handle *os.File, path string) bool {
	mine, err := handle.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(mine, there)
}

// publish gives a file that is on disk its name. Without replace a file that is there is kept, with fs.ErrExist.
func publish(part, target string, replace bool) error {
	if !replace {
		// A link is never made over another file, so nobody can have come in between.
		err := os.Link(part, target)
		if err == nil {
			return errors.Join(os.Remove(part), syncFolder(target))
		}
		if _, there := os.Lstat(target); !errors.Is(there, fs.ErrNotExist) { // else the file system has no links
			return fs.ErrExist
		}
	}
	if err := os.Rename(part, target); err != nil {
		return err
	}
	return syncFolder(target)
}

// syncFolder puts the names in the folder of a file on disk.
func syncFolder(file string) error {
	if runtime.GOOS == "windows" { // where folders cannot be synced
		return nil
	}
	folder, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// duplicate writes the bytes of a file to a new one that only its owner can read, and puts it on disk.
func duplicate(ctx context.Context, from, to string) error {
	source, err := os.Open(from) //nolint:gosec // the path is the operator's
	if err != nil {
		return err
	}
	defer source.Close()                                                     //nolint:errcheck // it was only read
	copied, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the path is the operator's
	if err != nil {
		return err
	}
	_, err = io.Copy(copied, reader{ctx, source})
	if err == nil {
		err = copied.Sync()
	}
	return errors.Join(err, copied.Close())
}

// reader reads until its context ends.
type reader struct {
	ctx  context.Context
	from io.Reader
}

// Read reads like the reader it reads from.
func (r reader) Read(into []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(into)
}

// writeFailure returns the error for a file that could not be written: its message says everything.
func writeFailure(ctx context.Context, file string, err error) error {
	if errors.As(err, new(*domain.Error)) {
		return err
	}
	if ended := ctx.Err(); ended != nil {
		return domain.WrapError(domain.CodeUnavailable, fmt.Sprintf("It was stopped before %s was whole.", file), fmt.Errorf("%w (%w)", ended, err))
	}
	if errors.Is(err, fs.ErrExist) {
		return domain.WrapError(domain.CodeConflict, fmt.Sprintf("%s has appeared meanwhile: it was kept.", file), err)
	}
	remedy := "Check the path, or choose another one."
	switch {
	case errors.Is(err, syscall.ENOSPC), primary(code(err)) == sqlite3.SQLITE_FULL:
		remedy = "The disk is full: free some space, or choose another disk."
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		remedy = "Make its folder writable for the user that runs spacey."
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		remedy = "There is no such folder: make it."
	case primary(code(err)) == sqlite3.SQLITE_IOERR:
		remedy = "Check the disk, and whether it is full."
	case primary(code(err)) == sqlite3.SQLITE_CORRUPT, primary(code(err)) == sqlite3.SQLITE_NOTADB:
		remedy = "The database is damaged: what can be read of it is not all of it."
	}
	return domain.WrapError(domain.CodeUnavailable, fmt.Sprintf("%s cannot be written. %s", file, remedy), err)
}
