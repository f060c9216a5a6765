package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
)

const migrateUsage = `Usage: spacey migrate [up | status]

  up       bring the schema of the storage up to date, which is what "spacey migrate" does too. Several may do it at
           once: one works, the others wait for it
  status   tell the version of the schema and the one that this spacey needs, and change nothing

The storage is the one of STORAGE, mongo unless it says otherwise. "spacey serve" brings the schema up to date by itself;
services that are processes of their own refuse another one. The exit code is 0 when the schema is up to date in the end,
1 when it is not or when the work could not be done, 2 for a wrong call.
`

// runMigrate runs "spacey migrate" with up, status or nothing behind it.
func runMigrate(ctx context.Context, args, environ []string, stdout io.Writer) error {
	what := "up"
	if len(args) > 0 && (args[0] == "up" || args[0] == "status") {
		what, args = args[0], args[1:]
	}
	_, err := parseFlags("migrate", migrateUsage, nil, nil, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := config.Load(environ, config.Needs{DefaultStorage: config.StorageMongo})
	if err != nil {
		return err
	}
	if what == "status" {
		return migrateStatus(ctx, c, stdout)
	}
	return migrateUp(ctx, c, stdout)
}

// migrateUp brings the schema of the configured storage up to date.
func migrateUp(ctx context.Context, c config.Config, stdout io.Writer) error {
	engine, closeEngine, err := graph.OpenMigratedEngine(ctx, c, graph.NewLogger(c, "spacey migrate", stdout))
	if err != nil {
		return err
	}
	defer closeEngine()
	current, _, err := engine.Schema(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "The schema of %s is up to date: version %d (%s).\n", c.Storage, current, graph.Describe(c))
	return err
}

// errStale is a schema that is not the one of this program.
var errStale = errors.New("the schema is not the one of this spacey")

// migrateStatus tells the versions of the schema. It changes nothing, so a database of SQLite that is not there is not made.
func migrateStatus(ctx context.Context, c config.Config, stdout io.Writer) error {
	var current, newest int64
	if c.Storage == config.StorageSQLite {
		if _, err := os.Stat(c.SQLitePath()); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: there is no database %s yet; \"spacey migrate up\" or \"spacey serve\" makes it", errStale, c.SQLitePath())
		}
	}
	engine, closeEngine, err := graph.OpenReachableEngine(ctx, c, graph.NewLogger(c, "spacey migrate", stdout))
	if err != nil {
		return err
	}
	defer closeEngine()
	if current, newest, err = engine.Schema(ctx); err != nil {
		return err
	}
	state, remedy := "up to date", error(nil)
	switch {
	case current < newest:
		state, remedy = "older", fmt.Errorf("%w: it is older; stop the services, run \"spacey migrate up\", start them again", errStale)
	case current > newest:
		state, remedy = "newer", fmt.Errorf("%w: it is newer; use the spacey that made it, or a newer one", errStale)
	}
	_, err = fmt.Fprintf(stdout, "storage  %s\nschema   version %d\nneeded   version %d\nstate    %s\n", graph.Describe(c), current, newest, state)
	return errors.Join(remedy, err)
}
