// Package cli is the program for people: spacey with its commands.
package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
)

// BuildWhole makes all services in one process.
type BuildWhole func(ctx context.Context, c config.Config, logger *slog.Logger, registry *prometheus.Registry) (*graph.Whole, func(), error)

const usage = `spacey is a spaced-repetition learning backend.

Usage:

  spacey serve           run everything in one process, on the embedded engine unless STORAGE says otherwise
  spacey migrate         bring the schema of the storage up to date; "spacey migrate status" only tells its version
  spacey copy            copy everything from one storage to another, and compare the two
  spacey backup FILE     write everything that the embedded engine stores to a file; spacey may run meanwhile
  spacey restore FILE    put a backup in the place of the database of the embedded engine, and keep the former one
  spacey user            list, create, change, disable and delete accounts, and tell what was done to them
  spacey config          list, print and set configuration documents
  spacey audit           tell what was done to accounts and to the installation, by whom, when and from where
  spacey verify          hold every memory against its review log, and tell each difference
  spacey rebuild         the same, and mend what differs
  spacey compare         let each algorithm predict the answers of all people, and tell how well it did
  spacey simulate        let made-up people learn: review logs of any length, the same ones for the same seed
  spacey healthcheck     ask a running process whether it is ready: here at PORT, or at HEALTHCHECK_URL
  spacey keys generate   print a new signing key, for AUTH_PRIVATE_KEY
  spacey keys rotate     replace the signing key, step by step, while spacey runs and nobody has to sign in again
  spacey help            show this text

"spacey COMMAND -help" says more about migrate, copy, backup, restore, user, config, audit, verify, rebuild, compare, simulate
and keys; "spacey serve -help" lists the variables that configure it.
`

// Run returns the program, for process.Main.
func Run(build BuildWhole) func(ctx context.Context, args, environ []string, stdout io.Writer) error {
	return func(ctx context.Context, args, environ []string, stdout io.Writer) error {
		command := "help"
		if len(args) > 0 {
			command, args = args[0], args[1:]
		}
		switch command {
		case "serve":
			return serve(build).Run(ctx, args, environ, stdout)
		case "migrate":
			return runMigrate(ctx, args, environ, stdout)
		case "copy":
			return runCopy(ctx, args, stdout)
		case "backup":
			return runBackup(ctx, args, environ, stdout)
		case "restore":
			return runRestore(ctx, args, environ, stdout)
		case "user":
			return runUser(ctx, args, environ, systemConsole(), stdout)
		case "config":
			return runConfig(ctx, args, environ, systemConsole(), stdout)
		case "audit":
			return runAuditLog(ctx, args, environ, stdout)
		case "verify", "rebuild":
			return runAudit(ctx, command, args, environ, stdout)
		case "compare":
			return runCompare(ctx, args, environ, stdout)
		case "simulate":
			return runSimulate(ctx, args, environ, stdout)
		case "healthcheck":
			return healthcheck(ctx, args, environ, stdout)
		case "keys":
			return keys(args, environ, stdout)
		case "help", "-h", "-help", "--help":
			_, err := fmt.Fprint(stdout, usage)
			return err
		default:
			return fmt.Errorf("%w: there is no command %q; \"spacey help\" lists them", process.ErrUsage, command)
		}
	}
}
