package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var onSQLite = engine{
	name:  "SQLite",
	floor: "event and memory in a transaction, one writer, synchronous FULL",
	create: func(_ context.Context, s *stand, name string) (database, error) {
		return sqliteFile(filepath.Join(s.data, name+".db")), nil
	},
}

// sqliteFile is the path of a database of SQLite. spacey is told its folder.
type sqliteFile string

func (sqliteFile) environment() []string { return []string{"STORAGE=sqlite"} }

func (f sqliteFile) open(ctx context.Context) (ports.Storage, io.Closer, error) {
	store, err := sqlite.Open(ctx, string(f), nil)
	if err != nil {
		return ports.Storage{}, nil, err
	}
	if err := store.Migrate(ctx); err != nil {
		return ports.Storage{}, nil, errors.Join(err, store.Close())
	}
	return store.Ports(), store, nil
}

// filled moves what is in the write-ahead log into the database.
func (f sqliteFile) filled(ctx context.Context) error {
	db, err := f.connect(1, nil)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, db.Close())
}

// connect opens the database with so many connections.
func (f sqliteFile) connect(connections int, options url.Values, pragmas ...string) (*sql.DB, error) {
	values := url.Values{"_pragma": append([]string{"busy_timeout(60000)"}, pragmas...)}
	for name, value := range options {
		values[name] = value
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(string(f))+"?"+values.Encode())
	if err == nil {
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
	}
	return db, err
}

// sqliteDriver writes and reads by the driver alone, on connections like spacey's.
type sqliteDriver struct {
	writer, reader                  *sql.DB
	insert, update, memories, facts *sql.Stmt
}

func (f sqliteFile) drive(ctx context.Context) (driver, error) {
	const readers = 16
	d := &sqliteDriver{}
	var err error
	if d.writer, err = f.connect(1, url.Values{"_txlock": {"immediate"}}, "journal_mode(WAL)", "synchronous(FULL)"); err != nil {
		return nil, err
	}
	if d.reader, err = f.connect(readers, nil, "query_only(ON)"); err != nil {
		return nil, errors.Join(err, d.writer.Close())
	}
	for _, prepare := range []struct {
		db        *sql.DB
		statement **sql.Stmt
		text      string
	}{
		{d.writer, &d.insert, floorInsert}, {d.writer, &d.update, floorUpdate},
		{d.reader, &d.memories, floorMemories}, {d.reader, &d.facts, floorFacts},
	} {
		if *prepare.statement, err = prepare.db.PrepareContext(ctx, prepare.text); err != nil {
			return nil, errors.Join(err, d.close())
		}
	}
	return d, nil
}

func (d *sqliteDriver) close() error { return errors.Join(d.writer.Close(), d.reader.Close()) }

func (d *sqliteDriver) write(ctx context.Context, event *domain.Event) error {
	ctx = context.WithoutCancel(ctx) // the driver starts a goroutine a call for a context that may end
	tx, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	milliseconds := func(at time.Time) any { return at.UnixMilli() }
	_, err = tx.StmtContext(ctx, d.insert).ExecContext(ctx, insertValues(event, milliseconds)...)
	if err == nil {
		_, err = tx.StmtContext(ctx, d.update).ExecContext(ctx, updateValues(event, milliseconds)...)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (d *sqliteDriver) readMemories(ctx context.Context, p *person) (int, error) {
	return readRows(ctx, d.memories, p.ID, p.Deck)
}

func (d *sqliteDriver) readFacts(ctx context.Context, p *person) (int, error) {
	return readRows(ctx, d.facts, p.ID)
}

// readRows reads all rows of a query, and returns how many there are.
func readRows(ctx context.Context, query *sql.Stmt, args ...any) (int, error) {
	rows, err := query.QueryContext(context.WithoutCancel(ctx), args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values, fields := make([]any, len(columns)), make([]any, len(columns))
	for i := range fields {
		fields[i] = &values[i]
	}
	n := 0
	for rows.Next() {
		if err := rows.Scan(fields...); err != nil {
			return 0, fmt.Errorf("row %d: %w", n, err)
		}
		n++
	}
	return n, rows.Err()
}
