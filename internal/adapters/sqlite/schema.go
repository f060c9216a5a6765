package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"

	"github.com/moshrank/spacey-backend/internal/domain"
)

//go:embed migrations/*.sql
var migrations embed.FS

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

// schemaVersion returns the version of the schema in the database, 0 for an empty one. It changes nothing.
func schemaVersion(ctx context.Context, db *sql.DB) (int64, error) {
	var tables, known int
	err := db.QueryRowContext(ctx, "SELECT count(*), count(*) FILTER (WHERE name = 'goose_db_version') FROM sqlite_schema").
		Scan(&tables, &known)
	if err != nil || tables == 0 {
		return 0, err
	}
	if known == 0 {
		return 0, errForeign
	}
	var version int64
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&version)
	return version, err
}

// errForeign is a database that something else than spacey made.
var errForeign = errors.New("there are tables, but none of spacey's")

// CheckSchema returns an error that says what to do when the schema is not the one this program works with. It changes
// nothing. The error is CodeSchema.
func (s *Store) CheckSchema(ctx context.Context) error {
	current, newest, err := s.schemaVersions(ctx)
	if err != nil {
		return s.unopened(ctx, err)
	}
	if current < newest {
		return domain.NewError(domain.CodeSchema, fmt.Sprintf(
			"The database %s has schema version %d, and this spacey needs %d. Stop spacey and run: spacey migrate", s.path, current, newest))
	}
	return nil
}

// Schema returns the version of the schema in the database, 0 for none, and that of this program. It changes nothing.
// CodeUnavailable when the database cannot be read, CodeSchema when it is not ours.
func (s *Store) Schema(ctx context.Context) (current, newest int64, err error) {
	if newest, err = newestSchema(); err != nil {
		return 0, 0, err
	}
	current, err = schemaVersion(ctx, s.reader.db)
	return current, newest, s.unopened(ctx, err)
}

// schemaVersions is Schema with an error when the database's version is the newer one.
func (s *Store) schemaVersions(ctx context.Context) (current, newest int64, err error) {
	current, newest, err = s.Schema(ctx)
	if err == nil && current > newest {
		err = newerSchema(s.path, current, newest)
	}
	return current, newest, err
}

func newerSchema(path string, current, newest int64) error {
	return domain.NewError(domain.CodeSchema, fmt.Sprintf(
		"A newer spacey wrote the database %s: its schema version is %d, this spacey knows %d. Use the newer spacey. Nothing was changed.",
		path, current, newest))
}

// Migrate brings the schema up to date, one process at a time; the others wait, and find nothing to do. What was done
// before a failure stays. The error is CodeUnavailable.
func (s *Store) Migrate(ctx context.Context) error {
	return s.unopened(ctx, s.alone(ctx, func() error {
		current, newest, err := s.schemaVersions(ctx)
		if err != nil || current == newest {
			return err
		}
		return s.apply(ctx)
	}))
}

func (s *Store) apply(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, s.writer.db, files, goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(goose.NewGoMigration(contentVersion, &goose.GoFunc{RunTx: addContent}, nil)))
	if err != nil {
		return err
	}
	done, err := provider.Up(ctx)
	for _, migration := range done {
		s.logger.InfoContext(ctx, "schema migrated", slog.String("database", s.path),
			slog.Int64("version", migration.Source.Version), slog.Duration("took", migration.Duration))
	}
	if err != nil {
		return fmt.Errorf("migrate the schema: %w", err)
	}
	return nil
}
