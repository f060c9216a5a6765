package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/moshrank/spacey-backend/cmd/internal/graph"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/app/moving"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const copyUsage = `Usage: spacey copy -from URL -to URL [-dry-run | -compare] [-workers N] [-user ID]

Copies everything from one storage to another, whatever the engines are, and then compares the two. It can be stopped at
any time: the same command goes on. Run again it brings only what has changed since, so one can copy while the services
run on the source, stop them, copy once more, and start them on the target. Until then nothing may use the target.

  -from URL    the source: sqlite:PATH, or a path that ends in .db; mongodb://HOST/DATABASE; postgres://HOST/DATABASE
  -to URL      the target, in the same forms; its schema is made, or brought up to date
  -dry-run     tell what would be added, changed and removed, and change nothing
  -compare     only compare the two, and change nothing
  -workers N   how many people are copied at the same time (default 4)
  -user ID     only this person

What only the target has is removed, since it was deleted in the source: a deck or a card that somebody made in the target
is too. But never a person or an event, and where a thing that both have is newer in the target the copy is refused, and
says where. An item that the target cannot store holds up only its own person.

The comparison reads everything from both sides and prints the number of items of each kind and a checksum. Statistics are
not copied, since they are counted again. The exit code is 0 when the two are equal in the end, 1 when not or when the
work could not be done, 2 for a wrong call. A dry run ends with 0 whatever there is to do.
`

// maxCopyWorkers bounds what a slip of the finger can ask for.
const maxCopyWorkers = 64

// copyCall is what a call of "spacey copy" asks for.
type copyCall struct {
	from, to        string
	dryRun, compare bool
	workers         int
	user            string
}

// readOnly reports whether nothing is to be changed.
func (c copyCall) readOnly() bool { return c.dryRun || c.compare }

// parseCopy reads the arguments. The error is flag.ErrHelp, or process.ErrUsage.
func parseCopy(args []string, stdout io.Writer) (copyCall, error) {
	var call copyCall
	flags := flag.NewFlagSet("copy", flag.ContinueOnError)
	flags.StringVar(&call.from, "from", "", "")
	flags.StringVar(&call.to, "to", "", "")
	flags.BoolVar(&call.dryRun, "dry-run", false, "")
	flags.BoolVar(&call.compare, "compare", false, "")
	flags.IntVar(&call.workers, "workers", 4, "")
	flags.StringVar(&call.user, "user", "", "")
	if _, err := parseFlags("copy", copyUsage, flags, nil, args, stdout); err != nil {
		return call, err
	}
	call.user = strings.ToLower(call.user)
	if err := call.check(); err != nil {
		return call, fmt.Errorf("%w: %s; \"spacey copy -help\" says how to call it", process.ErrUsage, err.Error())
	}
	return call, nil
}

func (c copyCall) check() error {
	switch {
	case c.from == "":
		return errors.New("-from is missing")
	case c.to == "":
		return errors.New("-to is missing")
	case c.dryRun && c.compare:
		return errors.New("-dry-run and -compare exclude each other")
	case c.workers < 1 || c.workers > maxCopyWorkers:
		return fmt.Errorf("-workers must be between 1 and %d, it is %d", maxCopyWorkers, c.workers)
	case samePlace(c.from, c.to):
		return fmt.Errorf("-from and -to are the same storage: %s", graph.DescribeURL(c.from))
	}
	return checkIDs(c.user)
}

// samePlace reports whether two URLs name the same storage, as far as can be seen from here.
func samePlace(a, b string) bool {
	pathA, fileA := graph.SQLitePath(a)
	pathB, fileB := graph.SQLitePath(b)
	if fileA && fileB {
		infoA, errA := os.Stat(pathA)
		infoB, errB := os.Stat(pathB)
		if errA == nil && errB == nil {
			return os.SameFile(infoA, infoB)
		}
	}
	place, unknown := graph.DescribeURL(a), graph.DescribeURL("")
	return place != unknown && place == graph.DescribeURL(b)
}

// runCopy runs "spacey copy".
func runCopy(ctx context.Context, args []string, stdout io.Writer) error {
	call, err := parseCopy(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	from, closeFrom, err := openCopied(ctx, call.from, true, stdout)
	if err != nil {
		return fmt.Errorf("the source: %w", err)
	}
	defer closeFrom()
	to, closeTo, err := openTarget(ctx, call, stdout)
	if err != nil {
		return fmt.Errorf("the target: %w", err)
	}
	defer closeTo()
	if _, err := fmt.Fprintf(stdout, "from  %s\nto    %s\n", graph.DescribeURL(call.from), graph.DescribeURL(call.to)); err != nil {
		return err
	}
	teller := &copyTeller{stdout: stdout}
	copier := moving.NewCopier(from.Storage, to.Storage, moving.Options{
		Workers: call.workers, User: domain.UserID(call.user), Interval: progressInterval, Progress: teller.progress,
	})
	err = teller.run(ctx, copier, call)
	if err != nil && ctx.Err() != nil && !call.readOnly() {
		return fmt.Errorf("stopped; run the same command again to go on: %w", ctx.Err())
	}
	return err
}

// openTarget opens the target. A dry run into a place where nothing is yet, not even a schema, makes nothing there: an empty
// storage stands in.
func openTarget(ctx context.Context, call copyCall, stdout io.Writer) (*graph.Engine, func(), error) {
	if !call.dryRun {
		return openCopied(ctx, call.to, call.compare, stdout)
	}
	if nothing, err := isNothing(ctx, call.to); err != nil || !nothing {
		if err != nil {
			return nil, nil, err
		}
		return openCopied(ctx, call.to, true, stdout)
	}
	folder, err := os.MkdirTemp("", "spacey-dry-run-")
	if err != nil {
		return nil, nil, err
	}
	engine, closeEngine, err := openCopied(ctx, "sqlite:"+filepath.Join(folder, "empty.db"), false, io.Discard)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(folder))
	}
	return engine, func() {
		closeEngine()
		_ = os.RemoveAll(folder)
	}, nil
}

// isNothing reports whether a storage has no schema yet. It changes nothing.
func isNothing(ctx context.Context, url string) (bool, error) {
	if path, file := graph.SQLitePath(url); file {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return true, nil
		}
	}
	engine, closeEngine, err := graph.OpenURL(ctx, url, slog.New(slog.DiscardHandler))
	if err != nil {
		return false, err
	}
	defer closeEngine()
	current, _, err := engine.Schema(ctx)
	if err != nil {
		return false, fmt.Errorf("%s: %w", graph.DescribeURL(url), err)
	}
	return current == 0, nil
}

// openCopied opens one of the two storages. Where nothing is to be changed it must be there, with this program's schema;
// else the schema is brought up to date, and nobody may have a file of SQLite open.
func openCopied(ctx context.Context, url string, readOnly bool, stdout io.Writer) (*graph.Engine, func(), error) {
	if path, file := graph.SQLitePath(url); file && readOnly {
		if _, err := os.Stat(path); err != nil {
			return nil, nil, fmt.Errorf("there is no such database: %w", err)
		}
	}
	if path, file := graph.SQLitePath(url); file && !readOnly {
		if err := sqlite.CheckUnused(ctx, path); err != nil {
			return nil, nil, err
		}
	}
	engine, closeEngine, err := graph.OpenURL(ctx, url, slog.New(slog.NewTextHandler(stdout, nil)))
	if err != nil {
		return nil, nil, err
	}
	prepare := engine.Migrate
	if readOnly {
		prepare = engine.CheckSchema
	}
	if err := prepare(ctx); err != nil {
		closeEngine()
		return nil, nil, fmt.Errorf("%s: %w", graph.DescribeURL(url), err)
	}
	return engine, closeEngine, nil
}
