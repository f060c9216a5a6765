package postgres

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

// query is an SQL statement. Every one is a constant, so that a test can ask the server how it would run each of them.
// The driver prepares each once a connection.
type query string

// callTries is how often a call is made that meets others, or finds a connection that is gone.
const callTries = 16

// patiently makes a call again, a bounded number of times, while it meets others or finds a connection that is gone.
func patiently(ctx context.Context, call func() error) error { return again(ctx, repeatable, call) }

// reading is patiently for calls that write nothing: they are made again when a connection breaks, too.
func reading(ctx context.Context, call func() error) error {
	return again(ctx, func(err error) bool { return repeatable(err) || lost(err) }, call)
}

// again makes a call again, a bounded number of times, while its errors are passing ones.
func again(ctx context.Context, passing func(error) bool, call func() error) error {
	for try := 1; ; try++ {
		err := call()
		if err == nil || !passing(err) || try == callTries {
			return err
		}
		if waited := pause(ctx, try); waited != nil {
			return waited
		}
	}
}

// pause waits up to some milliseconds, longer with each try, so that those who met do not meet again.
func pause(ctx context.Context, try int) error {
	timer := time.NewTimer(rand.N(time.Millisecond << min(try, 6))) //nolint:gosec // nothing secret depends on it
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// exec runs one statement that writes, and returns how many rows it wrote.
func (s *Store) exec(ctx context.Context, doing string, q query, args ...any) (int64, error) {
	var rows int64
	err := patiently(ctx, func() error {
		tag, err := s.pool.Exec(ctx, string(q), args...)
		rows = tag.RowsAffected()
		return err
	})
	return rows, s.failure(ctx, doing, err)
}

// transact runs do in one transaction, again when it meets others.
func (s *Store) transact(ctx context.Context, doing string, do func(pgx.Tx) error) error {
	return s.failure(ctx, doing, patiently(ctx, func() error { return pgx.BeginFunc(ctx, s.pool, do) }))
}

// atOnce sends the statements that fill queues in one message. They are one transaction: all of them take effect, or none.
// Each try has a batch of its own, since one belongs to the connection that it was sent on.
func (s *Store) atOnce(ctx context.Context, fill func(*pgx.Batch)) error {
	return patiently(ctx, func() error {
		batch := &pgx.Batch{}
		fill(batch)
		return s.pool.SendBatch(ctx, batch).Close()
	})
}

// row reads one row; false when there is none.
func (s *Store) row(ctx context.Context, doing string, q query, args []any, dest ...any) (bool, error) {
	return s.one(ctx, doing, reading, q, args, dest)
}

// write runs one statement that writes and returns one row; false when it returns none.
func (s *Store) write(ctx context.Context, doing string, q query, args []any, dest ...any) (bool, error) {
	return s.one(ctx, doing, patiently, q, args, dest)
}

func (s *Store) one(
	ctx context.Context, doing string, repeat func(context.Context, func() error) error, q query, args, dest []any,
) (bool, error) {
	err := repeat(ctx, func() error { return s.pool.QueryRow(ctx, string(q), args...).Scan(dest...) })
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, s.failure(ctx, doing, err)
}

// each yields the rows of a query until there are no more, or yield does not want more. dest returns where the columns of
// an item go. It keeps a connection until it ends.
func each[T any](ctx context.Context, s *Store, dest func(*T) []any, yield func(T) bool, q query, args ...any) error {
	rows, err := s.pool.Query(ctx, string(q), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var item T
	columns := dest(&item)
	for rows.Next() {
		if err := rows.Scan(columns...); err != nil {
			return err
		}
		if !yield(item) {
			return nil
		}
	}
	return rows.Err()
}

// list reads all rows of a query.
func list[T any](ctx context.Context, s *Store, doing string, dest func(*T) []any, q query, args ...any) ([]T, error) {
	items := []T{}
	err := reading(ctx, func() error {
		items = items[:0]
		return each(ctx, s, dest, func(item T) bool {
			items = append(items, item)
			return true
		}, q, args...)
	})
	if err != nil {
		return nil, s.failure(ctx, doing, err)
	}
	return items, nil
}
