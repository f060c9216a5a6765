package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const backupUsage = `Usage: spacey backup [-force] FILE

Writes everything that the embedded engine stores to a file, as it is at one moment. spacey may run meanwhile. The file
appears when it is whole, on disk and checked, and only its owner can read it.

  -force   replace FILE when it is there

The database is the one of "spacey serve", by the same variables. The key that signs tokens (AUTH_PRIVATE_KEY, or in
DATA_DIR) is not in the backup; without it everybody signs in again.
`

// runBackup runs "spacey backup".
func runBackup(ctx context.Context, args, environ []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("backup", flag.ContinueOnError)
	force := flags.Bool("force", false, "")
	c, file, err := prepareBackup("backup", backupUsage, flags, args, environ, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.SQLitePath()); err != nil {
		return fmt.Errorf("there is no database to back up (set DATA_DIR as for \"spacey serve\"): %w", err)
	}
	store, err := sqlite.Open(ctx, c.SQLitePath(), graph.NewLogger(c, "spacey backup", stdout))
	if err != nil {
		return err
	}
	defer store.Close() //nolint:errcheck // nothing was written to it
	began := time.Now()
	contents, err := store.Backup(ctx, file, sqlite.BackupOptions{Replace: *force, Progress: tellProgress(stdout, time.Now())})
	if _, missing := os.Lstat(file); missing == nil && domain.CodeOf(err) == domain.CodeConflict && !*force {
		return fmt.Errorf("%w -force replaces it", err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "backed up %s to %s in %.1f s: %s\n", graph.Describe(c), absolute(file), time.Since(began).Seconds(), describe(contents))
	return err
}

const restoreUsage = `Usage: spacey restore FILE

Puts a backup in the place of the database of the embedded engine, and brings its schema up to date. spacey must not run
meanwhile. The backup is checked first, and stays as it is. The former database is kept beside the new one, as
spacey.db.before-restore-TIME; remove it when you do not need it any more, or restore it to go back.

The database is the one of "spacey serve", by the same variables.
`

// runRestore runs "spacey restore".
func runRestore(ctx context.Context, args, environ []string, stdout io.Writer) error {
	c, file, err := prepareBackup("restore", restoreUsage, nil, args, environ, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	done, err := sqlite.Restore(ctx, file, c.SQLitePath(), graph.NewLogger(c, "spacey restore", stdout),
		sqlite.BackupOptions{Progress: tellProgress(stdout, time.Now())})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "restored %s from %s: %s\n", graph.Describe(c), absolute(file), describe(done.Backup))
	if done.Schema != done.Backup.Schema {
		fmt.Fprintf(stdout, "brought the schema from version %d to %d\n", done.Backup.Schema, done.Schema)
	}
	if done.Former != "" {
		fmt.Fprintf(stdout, "the former database is %s\n", done.Former)
	}
	return nil
}

// prepareBackup reads the arguments of backup and restore, which have one FILE, and the configuration, whose storage must
// be the embedded engine. flag.ErrHelp when help was asked for and given.
func prepareBackup(command, usage string, flags *flag.FlagSet, args, environ []string, stdout io.Writer) (config.Config, string, error) {
	arguments, err := parseFlags(command, usage, flags, []string{"FILE"}, args, stdout)
	if err != nil {
		return config.Config{}, "", err
	}
	if arguments[0] == "-" {
		return config.Config{}, "", usageError(command, errors.New("a backup is a file, so \"-\" cannot be one"))
	}
	c, err := config.Load(environ, config.Needs{DefaultStorage: config.StorageSQLite})
	if err != nil {
		return config.Config{}, "", err
	}
	switch c.Storage {
	case config.StorageMongo:
		err = fmt.Errorf("spacey %s is for the embedded engine, and STORAGE is mongo: use mongodump and mongorestore", command)
	case config.StoragePostgres:
		err = fmt.Errorf("spacey %s is for the embedded engine, and STORAGE is postgres: use pg_dump and pg_restore", command)
	}
	return c, arguments[0], err
}

func absolute(file string) string {
	if path, err := filepath.Abs(file); err == nil {
		return path
	}
	return file
}

// describe says what is in a backup.
func describe(c sqlite.Contents) string {
	return fmt.Sprintf("%s, schema version %d, %d accounts, %d decks, %d cards, %d events",
		size(c.Bytes), c.Schema, c.Accounts, c.Decks, c.Cards, c.Events)
}

// size returns a number of bytes for people.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	default:
		return fmt.Sprintf("%d KiB", (bytes+1023)/1024)
	}
}

// tellProgress tells how far work is that began at a time: nothing within its first seconds, so that short work says only
// what it did.
func tellProgress(stdout io.Writer, began time.Time) func(doing string, done, total int64) {
	told := began
	return func(doing string, done, total int64) {
		now := time.Now()
		switch {
		case now.Sub(began) < progressInterval:
		case total == 0:
			fmt.Fprintf(stdout, "... %s\n", doing)
		case now.Sub(told) >= progressInterval:
			told = now
			fmt.Fprintf(stdout, "... %s, %s of about %s\n", doing, size(done), size(total))
		}
	}
}
