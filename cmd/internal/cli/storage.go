package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// openStorage opens the storage of "spacey serve", by the same variables. It must be there and have this program's schema.
func openStorage(ctx context.Context, command string, environ []string, log io.Writer) (config.Config, ports.Storage, func(), error) {
	fail := func(err error) (config.Config, ports.Storage, func(), error) {
		return config.Config{}, ports.Storage{}, nil, err
	}
	c, err := config.Load(environ, config.Needs{DefaultStorage: config.StorageSQLite})
	if err != nil {
		return fail(err)
	}
	if c.Storage == config.StorageSQLite {
		if _, err := os.Stat(c.SQLitePath()); err != nil {
			return fail(fmt.Errorf("there is no database to work on (set DATA_DIR or STORAGE as for \"spacey serve\"): %w", err))
		}
	}
	engine, closeEngine, err := graph.OpenEngine(ctx, c, graph.NewLogger(c, "spacey "+command, log))
	if err != nil {
		return fail(err)
	}
	if err := engine.CheckSchema(ctx); err != nil {
		closeEngine()
		return fail(err)
	}
	return c, engine.Storage, closeEngine, nil
}
