package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Contents is what a backup holds.
type Contents struct {
	// Bytes is the size of the file.
	Bytes int64
	// Schema is the version of its schema.
	Schema int64
	// How many there are of what people have. Deleted decks do not count.
	Accounts, Decks, Cards, Events int64
}

const countContents = `SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM decks WHERE deleted_at IS NULL),
	(SELECT count(*) FROM cards), (SELECT count(*) FROM review_events)`

// Inspect checks a backup and says what it holds. It reads all of the file and changes nothing, and takes it for granted
// that nobody writes to it. CodeInvalid when the file is not there or is no database; CodeSchema when it is not one of
// spacey, or one of a newer spacey; CodeUnavailable when it is damaged or cannot be read. The message names the file.
func Inspect(ctx context.Context, file string) (Contents, error) {
	path, err := filepath.Abs(file)
	if err != nil || file == "" {
		return Contents{}, domain.WrapError(domain.CodeInvalid, fmt.Sprintf("%q is no path of a file.", file), err)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Contents{}, domain.WrapError(domain.CodeInvalid, fmt.Sprintf("There is no file %s.", path), err)
	case err != nil:
		return Contents{}, domain.WrapError(domain.CodeUnavailable, fmt.Sprintf("%s cannot be read.", path), err)
	case !info.Mode().IsRegular():
		return Contents{}, domain.NewError(domain.CodeInvalid, fmt.Sprintf("%s is a folder, or something else that is no file.", path))
	}
	// What is in a log beside it would be missing.
	for _, suffix := range []string{"-wal", "-journal"} {
		if log, err := os.Stat(path + suffix); err == nil && log.Size() > 0 {
			return Contents{}, domain.NewError(domain.CodeInvalid, fmt.Sprintf(
				"%s is a database in use, or was not closed: there is %s%s. Back it up with: spacey backup", path, filepath.Base(path), suffix))
		}
	}
	contents, err := inspect(ctx, path)
	contents.Bytes = info.Size()
	if err != nil {
		return Contents{}, unreadable(ctx, path, err)
	}
	return contents, nil
}

// errDamaged is a file whose pages contradict each other.
var errDamaged = errors.New("the check of the database found faults")

func inspect(ctx context.Context, path string) (Contents, error) {
	// Immutable: nothing is made beside the file.
	db, err := sql.Open("sqlite", dsn(path, url.Values{"mode": {"ro"}, "immutable": {"1"}}))
	if err != nil {
		return Contents{}, err
	}
	defer db.Close() //nolint:errcheck // it was only read
	newest, err := newestSchema()
	if err != nil {
		return Contents{}, err
	}
	var c Contents
	if c.Schema, err = schemaVersion(ctx, db); err != nil {
		return Contents{}, err
	}
	if c.Schema == 0 {
		return Contents{}, errForeign
	}
	if c.Schema > newest {
		return Contents{}, newerSchema(path, c.Schema, newest)
	}
	var fault string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&fault); err != nil {
		return Contents{}, err
	}
	if fault != "ok" {
		return Contents{}, fmt.Errorf("%w: %s", errDamaged, fault)
	}
	return c, db.QueryRowContext(ctx, countContents).Scan(&c.Accounts, &c.Decks, &c.Cards, &c.Events)
}

// unreadable returns the error for a backup that was not understood.
func unreadable(ctx context.Context, path string, err error) error {
	if errors.As(err, new(*domain.Error)) {
		return err
	}
	if ended := ctx.Err(); ended != nil {
		return domain.WrapError(domain.CodeUnavailable, fmt.Sprintf("It was stopped before %s was read.", path), fmt.Errorf("%w (%w)", ended, err))
	}
	failed, what := domain.CodeUnavailable, "cannot be read."
	switch {
	case errors.Is(err, errForeign):
		failed, what = domain.CodeSchema, "is no database of spacey."
	case errors.Is(err, errDamaged), primary(code(err)) == sqlite3.SQLITE_CORRUPT:
		what = "is damaged, or was cut off."
	case primary(code(err)) == sqlite3.SQLITE_NOTADB:
		failed, what = domain.CodeInvalid, "is no database."
	case primary(code(err)) == sqlite3.SQLITE_ERROR: // a table that every version has is missing
		failed, what = domain.CodeSchema, "is no whole database of spacey."
	}
	return domain.WrapError(failed, fmt.Sprintf("%s %s", path, what), err)
}
