package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// lockSuffix is what the name of an empty file has behind that of its database. Processes lock it, with the locks of
// SQLite: they work on every system, and end with the process.
const lockSuffix = ".lock"

// The statements that lock that file. Many may be present at once, one of them may change the schema meanwhile, and
// whoever puts another database in place must be the only one.
const (
	present   = "BEGIN; SELECT count(*) FROM sqlite_schema"
	changing  = "BEGIN IMMEDIATE"
	replacing = "BEGIN EXCLUSIVE"
)

// How long one waits for a lock, in milliseconds: until others have migrated the schema, or opened the database.
const (
	lockTimeout    = "busy_timeout(60000)"
	replaceTimeout = "busy_timeout(2000)"
)

// lock is a lock that is held. It is not bound to the context with which it was acquired.
type lock struct {
	db   *sql.DB
	conn *sql.Conn
	once sync.Once
}

// acquire waits for a lock on the file beside a database.
func acquire(ctx context.Context, path, kind, timeout string) (*lock, error) {
	// Open only fails for a driver that is not there.
	db, _ := sql.Open("sqlite", dsn(path+lockSuffix, url.Values{"_pragma": {timeout}}))
	conn, err := db.Conn(ctx)
	if err == nil {
		if _, err = conn.ExecContext(ctx, kind); err != nil {
			err = errors.Join(err, conn.Close())
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("wait for the lock %s: %w", path+lockSuffix, err), db.Close())
	}
	return &lock{db: db, conn: conn}, nil
}

// release gives the lock back. Doing it twice is no error.
func (l *lock) release() (err error) {
	if l != nil {
		l.once.Do(func() { err = errors.Join(l.conn.Close(), l.db.Close()) })
	}
	return err
}

// enter tells other processes, until the store is closed, that the database is in use. Connections alone do not, since
// those that are idle are closed.
func (s *Store) enter(ctx context.Context) (err error) {
	s.presence, err = acquire(ctx, s.path, present, lockTimeout)
	return err
}

// alone runs do while no other process, and no other Store, does the same for this file.
func (s *Store) alone(ctx context.Context, do func() error) error {
	return s.locked(ctx, changing, lockTimeout, do)
}

// unused runs do while nobody has the database open. CodeConflict when somebody has.
func (s *Store) unused(ctx context.Context, do func() error) error {
	err := s.locked(ctx, replacing, replaceTimeout, do)
	if busy(err) {
		return s.inUse(err)
	}
	return err
}

// CheckUnused fails with CodeConflict when another process, or a Store of this one, has the database at a path open. Nobody
// has one that is not there.
func CheckUnused(ctx context.Context, path string) error {
	database, err := filepath.Abs(path)
	if err != nil {
		return domain.WrapError(domain.CodeInvalid, fmt.Sprintf("%q is no path of a database.", path), err)
	}
	if _, err := os.Stat(database + lockSuffix); err != nil {
		return nil //nolint:nilerr // nobody who has it open is without this file
	}
	return (&Store{path: database}).unused(ctx, func() error { return nil })
}

func (s *Store) inUse(cause error) error {
	return domain.WrapError(domain.CodeConflict, fmt.Sprintf(
		"The database %s is in use. Stop spacey, and whatever else has it open. Nothing was changed.", s.path), cause)
}

func (s *Store) locked(ctx context.Context, kind, timeout string, do func() error) (err error) {
	held, err := acquire(ctx, s.path, kind, timeout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.release()) }()
	return do()
}
