package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/app/demo"
)

// pidFile is where a running `spacey serve` leaves its process id, so that it can be stopped.
const pidFile = "spacey.pid"

// serve describes the process that holds everything.
func serve(build BuildWhole) process.Service {
	return process.Service{
		Name: "spacey serve", About: "all services in one process",
		Needs: config.Needs{DefaultStorage: config.StorageSQLite, Accounts: true}, NewLogger: graph.NewLogger,
		Build: func(ctx context.Context, c config.Config, logger *slog.Logger, registry *prometheus.Registry) (process.Parts, func(), error) {
			whole, cleanUp, err := build(ctx, c, logger, registry)
			if err != nil {
				return process.Parts{}, nil, err
			}
			if err := prepare(ctx, c, whole); err != nil {
				cleanUp()
				return process.Parts{}, nil, err
			}
			return whole.Parts(logger), func() {
				removePID(c)
				cleanUp()
			}, nil
		},
		Started: greet,
	}
}

// prepare leaves the process id and fills a new installation: with configuration and, in development, with a demo.
func prepare(ctx context.Context, c config.Config, whole *graph.Whole) error {
	if err := writePID(c); err != nil {
		return err
	}
	if err := whole.Configs.Configs.InsertDefaults(ctx); err != nil {
		return err
	}
	if c.Production() {
		return nil
	}
	return demo.Seed(ctx, whole.Users.Accounts, whole.Decks.Decks)
}

func writePID(c config.Config) error {
	err := errors.Join(os.MkdirAll(c.DataDir, 0o700),
		os.WriteFile(filepath.Join(c.DataDir, pidFile), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600))
	if err != nil {
		return fmt.Errorf("DATA_DIR %s cannot be written to: %w", c.DataDir, err)
	}
	return nil
}

// removePID removes the file, unless another process has put its own id there.
func removePID(c config.Config) {
	path := filepath.Join(c.DataDir, pidFile)
	if text, err := os.ReadFile(path); err == nil && string(text) == strconv.Itoa(os.Getpid())+"\n" { //nolint:gosec // our own file
		_ = os.Remove(path)
	}
}

// greet tells a person where to look.
func greet(c config.Config, stdout io.Writer) {
	fmt.Fprintf(stdout, "\n  spacey    http://localhost:%d\n  read      http://localhost:%d/docs\n  metrics   http://%s/metrics\n  data      %s\n",
		c.Port, c.Port, c.AdminAddress(), graph.Describe(c))
	if !c.Production() {
		fmt.Fprintf(stdout, "  demo      %s with password %s\n", demo.Email, demo.Password)
	}
	fmt.Fprint(stdout, "  stop      Ctrl-C, or make cleanup\n\n")
}
