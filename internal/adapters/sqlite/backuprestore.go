package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// restoringSuffix is what the copy of a backup has behind the name of the database until it takes its place.
const restoringSuffix = ".restoring"

// The steps of putting a backup in place.
const (
	copyWritten   step = "the copy is written"
	copyMigrated  step = "the copy has the schema of this program"
	formerSettled step = "the former database is one file"
	formerKept    step = "the former database has another name too"
	copyPlaced    step = "the copy has the name of the database"
)

// Restored is what putting a backup in place did.
type Restored struct {
	// Backup is what the backup holds.
	Backup Contents
	// Schema is the version of the schema now, which is the backup's or a newer one.
	Schema int64
	// Former is where the database is that was there before; "" when there was none.
	Former string
}

// Restore puts a backup in the place of the database at a path, and brings its schema up to date. The backup stays as it
// is; the former database is kept beside the new one. When the process is killed on the way, either the former database
// or the backup is at the path, whole. CodeConflict when somebody has the database open; the codes of Inspect when the
// backup cannot be used; CodeUnavailable when files cannot be written. Nothing was changed then.
func Restore(ctx context.Context, file, path string, logger *slog.Logger, o BackupOptions) (Restored, error) {
	database, err := filepath.Abs(path)
	if err != nil {
		return Restored{}, domain.WrapError(domain.CodeInvalid, fmt.Sprintf("%q is no path of a database.", path), err)
	}
	backup, err := filepath.Abs(file)
	if err != nil {
		return Restored{}, domain.WrapError(domain.CodeInvalid, fmt.Sprintf("%q is no path of a file.", file), err)
	}
	if there, err := os.Stat(database); err == nil {
		if given, err := os.Stat(backup); err == nil && os.SameFile(there, given) {
			return Restored{}, domain.NewError(domain.CodeInvalid, fmt.Sprintf("%s is the database itself.", backup))
		}
	}
	o.progress("checking the backup", 0, 0)
	contents, err := Inspect(ctx, backup)
	if err != nil {
		return Restored{}, err
	}
	err = os.MkdirAll(filepath.Dir(database), 0o700)
	if err == nil {
		err = touch(database + lockSuffix)
	}
	if err != nil {
		return Restored{}, writeFailure(ctx, database, err)
	}
	r := restore{
		store: &Store{path: database}, backup: backup, logger: logger, options: o, result: Restored{Backup: contents, Schema: contents.Schema},
	}
	err = r.store.unused(ctx, func() error { return r.run(ctx) })
	if err != nil {
		return Restored{}, r.store.unopened(ctx, err)
	}
	return r.result, nil
}

// restore is the work of Restore, while nobody else has the database open.
type restore struct {
	// store is not connected.
	store   *Store
	backup  string
	logger  *slog.Logger
	options BackupOptions
	result  Restored
}

func (r *restore) run(ctx context.Context) error {
	// A link to a database elsewhere stays one.
	place, err := filepath.EvalSymlinks(r.store.path)
	if errors.Is(err, fs.ErrNotExist) {
		place, err = r.store.path, nil
	}
	if err != nil {
		return writeFailure(ctx, r.store.path, err)
	}
	copied := place + restoringSuffix
	if err := discard(copied); err != nil { // what a process left that was killed
		return writeFailure(ctx, copied, err)
	}
	err = r.prepare(ctx, copied)
	if err == nil {
		err = r.exchange(ctx, copied, place)
	}
	if err != nil {
		return errors.Join(err, discard(copied))
	}
	return nil
}

// prepare makes a database of the backup that only has to be put in place.
func (r *restore) prepare(ctx context.Context, copied string) error {
	stop := r.options.watch(ctx, "copying", copied, r.result.Backup.Bytes)
	err := duplicate(ctx, r.backup, copied)
	stop()
	if err != nil {
		return writeFailure(ctx, copied, err)
	}
	r.options.reach(copyWritten)
	r.options.progress("checking the copy", 0, 0)
	if _, err := Inspect(ctx, copied); err != nil {
		return err
	}
	r.options.progress("bringing its schema up to date", 0, 0)
	store, err := Open(ctx, copied, r.logger)
	if err != nil {
		return err
	}
	err = store.Migrate(ctx)
	if err == nil {
		r.result.Schema, _, err = store.Schema(ctx)
	}
	// The last connection moves what is in the write-ahead log into the file.
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	if log, err := os.Stat(copied + "-wal"); err == nil && log.Size() > 0 {
		return domain.NewError(domain.CodeUnavailable, fmt.Sprintf("%s could not be made one file.", copied))
	}
	if err := syncFile(copied); err != nil {
		return writeFailure(ctx, copied, err)
	}
	r.options.reach(copyMigrated)
	return nil
}

// exchange keeps the former database under another name and puts the copy in its place.
func (r *restore) exchange(ctx context.Context, copied, place string) error {
	info, err := os.Stat(place)
	if err == nil && info.Size() > 0 {
		if err := r.settle(ctx, place); err != nil {
			return err
		}
		r.options.reach(formerSettled)
		if r.result.Former, err = keep(ctx, place); err != nil {
			return writeFailure(ctx, place+".before-restore", err)
		}
		r.options.reach(formerKept)
	}
	// A log that is left here is that of a damaged database, and is kept beside it. SQLite would apply it to the new one.
	for _, suffix := range logSuffixes {
		if err := remove(place + suffix); err != nil {
			return writeFailure(ctx, place, err)
		}
	}
	if err := os.Rename(copied, place); err != nil {
		return writeFailure(ctx, place, err)
	}
	r.options.reach(copyPlaced)
	return errors.Join(syncFolder(place), discard(copied))
}

// settle moves what is in the write-ahead log of the former database into it, and makes sure that no other program has it
// open. A database that is damaged stays as it is.
func (r *restore) settle(ctx context.Context, place string) error {
	if damaged(ctx, place) {
		return nil
	}
	db, err := sql.Open("sqlite", dsn(place, url.Values{"_pragma": {replaceTimeout}}))
	if err != nil {
		return err
	}
	var mode string
	err = db.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode)
	err = errors.Join(err, db.Close())
	if busy(err) {
		return r.store.inUse(err)
	}
	if err == nil && mode != "delete" {
		return r.store.inUse(fmt.Errorf("the journal mode stays %s", mode))
	}
	return err
}

// damaged reports whether a database cannot be read. It touches nothing: SQLite removes a log that belongs to no database.
func damaged(ctx context.Context, place string) bool {
	db, err := sql.Open("sqlite", dsn(place, url.Values{"mode": {"ro"}, "immutable": {"1"}}))
	if err != nil {
		return false
	}
	defer db.Close() //nolint:errcheck // it was only read
	failed := primary(code(db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(new(int))))
	return failed == sqlite3.SQLITE_CORRUPT || failed == sqlite3.SQLITE_NOTADB
}

// The files that SQLite has beside a database in use.
var logSuffixes = []string{"-wal", "-shm", "-journal"}

// keep gives a database, and the log of a damaged one, a second name that tells the time, and returns it.
func keep(ctx context.Context, place string) (string, error) {
	former := place + ".before-restore-" + time.Now().UTC().Format("20060102T150405.000Z")
	for _, suffix := range append([]string{""}, logSuffixes...) {
		_, err := os.Lstat(place + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			if err = os.Link(place+suffix, former+suffix); err != nil && !errors.Is(err, fs.ErrExist) {
				err = duplicate(ctx, place+suffix, former+suffix) // the file system has no links
			}
		}
		if err != nil {
			return "", err
		}
	}
	return former, syncFolder(former)
}

// discard removes a database with all that belongs to it. One that is not there is no error.
func discard(database string) error {
	failed := remove(database)
	for _, suffix := range append([]string{lockSuffix}, logSuffixes...) {
		failed = errors.Join(failed, remove(database+suffix))
	}
	return failed
}

// remove removes a file, unless it is not there.
func remove(file string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncFile puts a file on disk.
func syncFile(file string) error {
	handle, err := os.OpenFile(file, os.O_RDWR, 0) //nolint:gosec // the path is the operator's
	if err != nil {
		return err
	}
	return errors.Join(handle.Sync(), handle.Close())
}
