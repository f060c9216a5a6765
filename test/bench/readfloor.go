package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
)

// readFloor reads the rows of one query by the driver alone.
type readFloor struct {
	db    *sql.DB
	query *sql.Stmt
	args  []any
}

// openReadFloor opens a database as spacey does to read.
func openReadFloor(ctx context.Context, path, query string, args ...any) (*readFloor, error) {
	options := url.Values{"_pragma": {"busy_timeout(5000)", "query_only(ON)"}}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?"+options.Encode())
	if err != nil {
		return nil, err
	}
	const readers = 16
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	f := &readFloor{db: db, args: args}
	if f.query, err = db.PrepareContext(ctx, query); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return f, nil
}

func (f *readFloor) close() error { return f.db.Close() }

// reading returns what reads all rows, of which there must be so many.
func (f *readFloor) reading(ctx context.Context, want int) func() error {
	unwatched := context.WithoutCancel(ctx) // the driver starts a goroutine a call for a context that may end
	return func() error {
		rows, err := f.query.QueryContext(unwatched, f.args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values, fields := make([]any, len(columns)), make([]any, len(columns))
		for i := range fields {
			fields[i] = &values[i]
		}
		n := 0
		for rows.Next() {
			if err := rows.Scan(fields...); err != nil {
				return err
			}
			n++
		}
		if n != want {
			return errors.Join(fmt.Errorf("%d rows were read where there are %d", n, want), rows.Err())
		}
		return rows.Err()
	}
}
