package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/moshrank/spacey-backend/internal/domain"
)

//go:embed migrations/*.sql
var migrations embed.FS

// A migration keeps others away by a lease in a table of its own: one that crashed holds nobody up for longer.
const (
	lockTable          = "migration_lock"
	migrationLease     = 15 * time.Second
	migrationHeartbeat = 3 * time.Second
	migrationPause     = 200 * time.Millisecond
	// migrationPauses is how often another migration is waited for: an hour.
	migrationPauses = uint64(time.Hour / migrationPause)
	// releasePauses is how often the lease is given back: for five seconds, since it ends by itself.
	releasePauses = uint64(5 * time.Second / migrationPause)
)

// held reports whether a lease was not to be had because somebody else has it, or was about to take it. A server that does
// not answer, or refuses, is not waited for.
func held(err error) bool { return contended(err) || state(err) == "" && !unreachable(err) }

// newestSchema returns the version of the schema that this program works with.
func newestSchema() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	newest := int64(contentVersion)
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		newest = max(newest, version)
	}
	return newest, nil
}

// errForeign is a database that something else than spacey made.
var errForeign = errors.New("there are tables, but none of spacey's")

const (
	// The table of the lock may be there before all others. Views do not count: extensions bring some. Tables that the user may
	// not read do.
	tablesThere query = `SELECT count(*), count(*) FILTER (WHERE tablename = 'goose_db_version') FROM pg_tables
		WHERE schemaname = current_schema() AND tablename <> 'migration_lock'`
	schemaVersion query = "SELECT coalesce(max(version_id), 0) FROM goose_db_version"
)

// storedSchema returns the version of the schema in the database, 0 for an empty one. It changes nothing.
func (s *Store) storedSchema(ctx context.Context) (int64, error) {
	var tables, known int
	if _, err := s.row(ctx, "look for the schema", tablesThere, nil, &tables, &known); err != nil || tables == 0 {
		return 0, err
	}
	if known == 0 {
		return 0, domain.WrapError(domain.CodeSchema, fmt.Sprintf(
			"The database %s belongs to another program. Choose another one.", s.place), errForeign)
	}
	var version int64
	_, err := s.row(ctx, "read the version of the schema", schemaVersion, nil, &version)
	return version, err
}

// Schema returns the version of the schema in the database, 0 for an empty one, and that of this program. It changes
// nothing. The error is CodeUnavailable when the server does not answer, CodeSchema when the database belongs to another
// program.
func (s *Store) Schema(ctx context.Context) (current, newest int64, err error) {
	if newest, err = newestSchema(); err != nil {
		return 0, 0, err
	}
	current, err = s.storedSchema(ctx)
	return current, newest, err
}

// CheckSchema returns an error that says what to do when the schema is not the one this program works with. It changes
// nothing. The error is CodeSchema.
func (s *Store) CheckSchema(ctx context.Context) error {
	current, newest, err := s.Schema(ctx)
	switch {
	case err != nil:
		return err
	case current < newest:
		return domain.NewError(domain.CodeSchema, fmt.Sprintf(
			"The database %s has schema version %d, and this spacey needs %d. Stop spacey and run: spacey migrate", s.place, current, newest))
	default:
		return s.checkNotNewer(current, newest)
	}
}

func (s *Store) checkNotNewer(current, newest int64) error {
	if current <= newest {
		return nil
	}
	return domain.NewError(domain.CodeSchema, fmt.Sprintf(
		"A newer spacey wrote the database %s: its schema version is %d, this spacey knows %d. Use the newer spacey. Nothing was changed.",
		s.place, current, newest))
}

// Migrate brings the schema up to date, one process at a time; the others wait, and find nothing to do. What was done
// before a failure stays. The error is CodeUnavailable, or CodeSchema.
func (s *Store) Migrate(ctx context.Context) error {
	current, newest, err := s.Schema(ctx)
	if err != nil {
		return err
	}
	if err := s.checkNotNewer(current, newest); err != nil {
		return err
	}
	if current == newest {
		s.setEstimates(ctx) // whoever migrated may have stopped before
		return nil
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	content := goose.NewGoMigration(contentVersion, &goose.GoFunc{
		RunDB: func(ctx context.Context, _ *sql.DB) error { return s.addContent(ctx) },
	}, nil)
	return s.run(ctx, files, content)
}

// run runs the migrations that are missing, and says what is to be done when that is not allowed.
func (s *Store) run(ctx context.Context, files fs.FS, programs ...*goose.Migration) error {
	err := s.failure(ctx, "migrate the schema", s.apply(ctx, files, programs...))
	if state(err) == noPrivilege {
		return domain.WrapError(domain.CodeSchema, fmt.Sprintf("The user %s may not make tables in the database %s. Make it the owner "+
			"of the database, or give it the right CREATE on the schema.", s.pool.Config().ConnConfig.User, s.place), err)
	}
	return err
}

// apply makes the migrations that are missing: those of files, and programs.
func (s *Store) apply(ctx context.Context, files fs.FS, programs ...*goose.Migration) (err error) {
	locker, err := lock.NewPostgresTableLocker(
		lock.WithTableName(lockTable), lock.WithTableLeaseDuration(migrationLease), lock.WithTableHeartbeatInterval(migrationHeartbeat),
		lock.WithTableLockTimeout(migrationPause, migrationPauses), lock.WithTableUnlockTimeout(migrationPause, releasePauses),
		lock.WithTableRetryPolicy(held),
		lock.WithTableLogger(s.logger),
	)
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithDisableGlobalRegistry(true), goose.WithLocker(locker),
		goose.WithGoMigrations(programs...))
	if err != nil {
		return err
	}
	done, err := provider.Up(ctx)
	for _, migration := range done {
		s.logger.InfoContext(ctx, "schema migrated", slog.String("database", s.place),
			slog.Int64("version", migration.Source.Version), slog.Duration("took", migration.Duration))
	}
	if err == nil {
		s.setEstimates(ctx)
	}
	return err
}
