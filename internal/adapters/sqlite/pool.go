package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"
)

// query is an SQL statement. Every one is a constant, so that a test can ask SQLite how it would run each of them.
type query string

// busyTimeout is how long, in milliseconds, SQLite itself waits for a lock that another process has.
const busyTimeout = "busy_timeout(5000)"

// busyTries is how often a call is made that finds the database locked for so long.
const busyTries = 2

// pool is some connections that are set up alike, with the statements prepared on them.
type pool struct {
	db       *sql.DB
	mu       sync.RWMutex
	prepared map[query]*sql.Stmt
}

func newPool(path string, connections int, options url.Values) *pool {
	// Open only fails for a driver that is not there.
	db, _ := sql.Open("sqlite", dsn(path, options))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return &pool{db: db, prepared: map[query]*sql.Stmt{}}
}

func (p *pool) close() error {
	if p == nil {
		return nil
	}
	return p.db.Close()
}

// known returns a statement if it is prepared.
func (p *pool) known(q query) (*sql.Stmt, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	statement, ok := p.prepared[q]
	return statement, ok
}

// statement returns a statement, prepared. In a transaction of the writer it would wait for ever: see transaction.
func (p *pool) statement(ctx context.Context, q query) (*sql.Stmt, error) {
	if statement, ok := p.known(q); ok {
		return statement, nil
	}
	fresh, err := p.db.PrepareContext(ctx, string(q))
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if statement, ok := p.prepared[q]; ok {
		return statement, fresh.Close()
	}
	p.prepared[q] = fresh
	return fresh, nil
}

// transaction is a transaction of the writer, which holds the write lock from its beginning.
type transaction struct {
	ctx context.Context
	tx  *sql.Tx
	own *pool
	// unprepared are the statements to be prepared when the connection is free again.
	unprepared map[query]bool
}

// exec runs a statement and returns how many rows it wrote.
func (t *transaction) exec(q query, args ...any) (int64, error) {
	var result sql.Result
	var err error
	if statement, ok := t.own.known(q); ok {
		result, err = t.tx.StmtContext(t.ctx, statement).ExecContext(t.ctx, args...)
	} else {
		t.unprepared[q] = true
		result, err = t.tx.ExecContext(t.ctx, string(q), args...)
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row reads one row; sql.ErrNoRows when there is none.
func (t *transaction) row(q query, args []any, dest ...any) error {
	return t.tx.QueryRowContext(t.ctx, string(q), args...).Scan(dest...)
}

// transact runs do in one transaction, again when the database was locked for too long before it began.
func (s *Store) transact(ctx context.Context, doing string, do func(*transaction) error) error {
	return s.failure(ctx, doing, s.begin(ctx, do))
}

// begin is transact with the errors of the driver.
func (s *Store) begin(ctx context.Context, do func(*transaction) error) error {
	t := &transaction{ctx: ctx, own: s.writer, unprepared: map[query]bool{}}
	err := patiently(ctx, func() (err error) {
		if t.tx, err = s.writer.db.BeginTx(ctx, nil); err != nil {
			return err
		}
		if err := do(t); err != nil {
			return abandon(t.tx, err)
		}
		if err := t.tx.Commit(); err != nil {
			return abandon(t.tx, err)
		}
		return nil
	})
	for q := range t.unprepared {
		if _, failed := s.writer.statement(ctx, q); failed != nil {
			break // it is only slower without
		}
	}
	return err
}

// abandon rolls a transaction back that failed, and returns why it did.
func abandon(tx *sql.Tx, cause error) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return errors.Join(cause, err)
	}
	return cause
}

// exec runs one statement that writes, and returns how many rows it wrote.
func (s *Store) exec(ctx context.Context, doing string, q query, args ...any) (int64, error) {
	var rows int64
	err := patiently(ctx, func() error {
		statement, err := s.writer.statement(ctx, q)
		if err != nil {
			return err
		}
		result, err := statement.ExecContext(ctx, args...)
		if err != nil {
			return err
		}
		rows, err = result.RowsAffected()
		return err
	})
	return rows, s.failure(ctx, doing, err)
}

// rows begins to read rows. The caller closes them and wraps their errors.
func (s *Store) rows(ctx context.Context, q query, args ...any) (*sql.Rows, error) {
	var rows *sql.Rows
	err := patiently(ctx, func() error {
		statement, err := s.reader.statement(ctx, q)
		if err != nil {
			return err
		}
		rows, err = statement.QueryContext(ctx, args...) //nolint:sqlclosecheck,rowserrcheck // the caller does
		return err
	})
	return rows, err
}

// row reads one row; false when there is none.
func (s *Store) row(ctx context.Context, doing string, q query, args []any, dest ...any) (bool, error) {
	err := patiently(ctx, func() error {
		statement, err := s.reader.statement(ctx, q)
		if err != nil {
			return err
		}
		return statement.QueryRowContext(ctx, args...).Scan(dest...)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, s.failure(ctx, doing, err)
}

// list reads all rows of a query. dest returns where the columns of an item go.
func list[T any](ctx context.Context, s *Store, doing string, dest func(*T) []any, q query, args ...any) ([]T, error) {
	rows, err := s.rows(ctx, q, args...)
	if err != nil {
		return nil, s.failure(ctx, doing, err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	items := []T{}
	var item T
	columns := dest(&item)
	for rows.Next() {
		if err := rows.Scan(columns...); err != nil {
			return nil, s.failure(ctx, doing, err)
		}
		items = append(items, item)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failure(ctx, doing, err)
	}
	return items, nil
}

// patiently makes a call again, a bounded number of times, while it finds the database locked.
func patiently(ctx context.Context, call func() error) error {
	for try := 1; ; try++ {
		err := call()
		if !busy(err) || try == busyTries {
			return err
		}
		if waited := pause(ctx, try); waited != nil {
			return waited
		}
	}
}

// pause waits up to some milliseconds, longer with each try, so that those who met do not meet again.
func pause(ctx context.Context, try int) error {
	timer := time.NewTimer(rand.N(time.Millisecond << min(try, 5))) //nolint:gosec // nothing secret depends on it
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
