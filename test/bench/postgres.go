package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/moshrank/spacey-backend/internal/adapters/postgres"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var onPostgres = engine{
	name:  "PostgreSQL",
	floor: "BEGIN, insert of the event, update of the memory, COMMIT: four messages, prepared, synchronous_commit on, a connection a caller",
	create: func(ctx context.Context, s *stand, name string) (database, error) {
		server, err := s.postgres(ctx)
		if err != nil {
			return nil, err
		}
		return newPostgresDatabase(ctx, s, server, name)
	},
}

// postgresDatabase is the URL of a database of PostgreSQL.
type postgresDatabase string

// newPostgresDatabase makes a database on a server. On one that stays it is dropped when the stand closes.
func newPostgresDatabase(ctx context.Context, s *stand, server, name string) (database, error) {
	address, err := url.Parse(server)
	if err != nil {
		return nil, errors.New(postgresURLVariable + " is not a URL") // the error itself holds the password
	}
	name = fmt.Sprintf("spacey_bench_%s_%d", name, time.Now().UnixNano())
	if err := execute(ctx, server, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return nil, err
	}
	if server == os.Getenv(postgresURLVariable) {
		s.cleanups = append(s.cleanups, func() { dropDatabase(ctx, server, name) })
	}
	address.Path = "/" + name
	return postgresDatabase(address.String()), nil
}

func dropDatabase(ctx context.Context, server, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startTime)
	defer cancel()
	_ = execute(ctx, server, "DROP DATABASE "+name+" WITH (FORCE)") // nothing depends on it
}

// execute runs statements, one after the other, on a connection of their own.
func execute(ctx context.Context, address string, statements ...string) error {
	connection, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err = connection.Exec(ctx, statement); err != nil {
			break
		}
	}
	return errors.Join(err, connection.Close(ctx))
}

func (d postgresDatabase) environment() []string {
	return []string{"STORAGE=postgres", "DATABASE_URL=" + string(d)}
}

func (d postgresDatabase) open(ctx context.Context) (ports.Storage, io.Closer, error) {
	store, err := postgres.Open(ctx, string(d), nil)
	if err != nil {
		return ports.Storage{}, nil, err
	}
	if err := store.Migrate(ctx); err != nil {
		return ports.Storage{}, nil, errors.Join(err, store.Close())
	}
	return store.Ports(), store, nil
}

// filled does what autovacuum does within a minute or so: the server then knows how many rows there are of what, and which
// pages need no second look.
func (d postgresDatabase) filled(ctx context.Context) error {
	return execute(ctx, string(d), "VACUUM (ANALYZE)")
}

// postgresDriver writes and reads by pgx alone, which prepares each statement once a connection.
type postgresDriver struct{ pool *pgxpool.Pool }

func (d postgresDatabase) drive(ctx context.Context) (driver, error) {
	config, err := pgxpool.ParseConfig(string(d))
	if err != nil {
		return nil, err
	}
	config.MaxConns = connections
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	return &postgresDriver{pool}, err
}

func (d *postgresDriver) close() error {
	d.pool.Close()
	return nil
}

var (
	postgresInsert   = numbered(floorInsert)
	postgresUpdate   = numbered(floorUpdate)
	postgresMemories = numbered(floorMemories)
	postgresFacts    = numbered(floorFacts)
)

func (d *postgresDriver) write(ctx context.Context, event *domain.Event) error {
	instant := func(at time.Time) any { return at }
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, postgresInsert, insertValues(event, instant)...); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, postgresUpdate, updateValues(event, instant)...)
		return err
	})
}

func (d *postgresDriver) readMemories(ctx context.Context, p *person) (int, error) {
	var m domain.Memory
	var id, deck, phase string
	var suspended bool
	var due, lastReview pgtype.Timestamptz
	var lastDay int32
	return d.readRows(ctx, postgresMemories, []any{p.ID, p.Deck}, &id, &deck, &suspended, &phase, &m.Step, &m.Stability, &m.Difficulty,
		&due, &lastReview, &lastDay, &m.Reps, &m.Lapses, &m.Seq)
}

func (d *postgresDriver) readFacts(ctx context.Context, p *person) (int, error) {
	var seq int64
	var kind, deck, zone, undoes, phase string
	var rating, day, interval int32
	var started, finished, answered pgtype.Timestamptz
	var recall float64
	return d.readRows(ctx, postgresFacts, []any{p.ID}, &seq, &kind, &deck, &rating, &started, &finished, &answered, &day, &zone, &undoes,
		&phase, &interval, &recall)
}

// readRows reads all rows of a query into fields, and returns how many there are.
func (d *postgresDriver) readRows(ctx context.Context, query string, args []any, fields ...any) (int, error) {
	rows, err := d.pool.Query(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	n := 0
	_, err = pgx.ForEachRow(rows, fields, func() error { n++; return nil })
	return n, err
}
