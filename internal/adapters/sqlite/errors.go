package sqlite

import (
	"context"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// The constraints that a write can break: a table's primary key, and its other unique key.
const (
	primaryKey = sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	uniqueKey  = sqlite3.SQLITE_CONSTRAINT_UNIQUE
)

// code returns the extended result code of SQLite in an error, 0 when there is none.
func code(err error) int {
	var failed *driver.Error
	if errors.As(err, &failed) {
		return failed.Code()
	}
	return sqlite3.SQLITE_OK
}

// primary returns the result code without what extends it.
func primary(extended int) int { return extended & 0xff }

// breaks reports whether a write broke a constraint.
func breaks(err error, constraint int) bool { return code(err) == constraint }

// busy reports whether the database, or a table, was locked for longer than SQLite waits.
func busy(err error) bool {
	c := primary(code(err))
	return c == sqlite3.SQLITE_BUSY || c == sqlite3.SQLITE_LOCKED
}

// failure returns the error for a failed call: with its code, and what was being tried for the log. Errors of the domain
// stay as they are.
func (s *Store) failure(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	var known *domain.Error
	if errors.As(err, &known) {
		return err
	}
	if breaks(err, primaryKey) || breaks(err, uniqueKey) {
		return domain.WrapError(domain.CodeConflict, "There is one of this id already.", fmt.Errorf("%s: %w", doing, err))
	}
	if ended := ctx.Err(); ended != nil {
		return domain.WrapError(domain.CodeUnavailable, "The call ended before the storage answered.", fmt.Errorf("%s: %w (%w)", doing, ended, err))
	}
	switch primary(code(err)) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return domain.WrapError(domain.CodeBusy, "The storage is busy. Try again.", fmt.Errorf("%s: %w", doing, err))
	case sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_MISUSE:
		return domain.WrapError(domain.CodeInternal, "", fmt.Errorf("%s: %w", doing, err))
	case sqlite3.SQLITE_OK:
		if !s.closed.Load() {
			return domain.WrapError(domain.CodeInternal, "", fmt.Errorf("%s: %w", doing, err))
		}
	}
	return domain.WrapError(domain.CodeUnavailable, "The storage does not answer.", fmt.Errorf("%s: %w (%s)", doing, err, s.remedy(err)))
}

// remedy says what is wrong with the file, and what the operator can do about it.
func (s *Store) remedy(err error) string {
	switch primary(code(err)) {
	case sqlite3.SQLITE_FULL:
		return fmt.Sprintf("The disk of the database %s is full: free some space.", s.path)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return fmt.Sprintf("The database %s cannot be written: make the file and its folder writable for the user that runs spacey.", s.path)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Sprintf("The database %s is damaged, or is no database of SQLite: restore a backup, or choose another path.", s.path)
	case sqlite3.SQLITE_IOERR:
		return fmt.Sprintf("The database %s cannot be read or written: check the disk, and whether it is full.", s.path)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Sprintf("Another process keeps the database %s: wait for it, or stop it.", s.path)
	default:
		return fmt.Sprintf("The database %s cannot be used: check the file, or choose another path.", s.path)
	}
}

// unopened returns the error for a call of the operator that failed: here the message says everything.
func (s *Store) unopened(ctx context.Context, err error) error {
	var known *domain.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if ended := ctx.Err(); ended != nil {
		return domain.WrapError(domain.CodeUnavailable, fmt.Sprintf("There was no time to open the database %s.", s.path), fmt.Errorf("%w (%w)", ended, err))
	}
	if errors.Is(err, errForeign) {
		return domain.WrapError(domain.CodeSchema, fmt.Sprintf("The database %s belongs to another program. Choose another path.", s.path), err)
	}
	return domain.WrapError(domain.CodeUnavailable, s.remedy(err), err)
}
