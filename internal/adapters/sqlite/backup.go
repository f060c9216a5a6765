package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// partSuffix is what a backup has behind its name until it is whole.
const partSuffix = ".part"

// progressInterval is how often it is told how far long work is.
const progressInterval = time.Second

// BackupOptions says how a backup is made or put in place.
type BackupOptions struct {
	// Replace lets a backup take the place of a file that is there.
	Replace bool
	// Progress, when not nil, is told what is being done, and every second how many bytes of about how many are done; both
	// are 0 when that is not known.
	Progress func(doing string, done, total int64)
	// reached is called between two steps, if it is set; tests end the process there.
	reached func(step)
}

// step names a place between two writes of a backup, or of its way back.
type step string

func (o BackupOptions) progress(doing string, done, total int64) {
	if o.Progress != nil {
		o.Progress(doing, done, total)
	}
}

func (o BackupOptions) reach(s step) {
	if o.reached != nil {
		o.reached(s)
	}
}

// The steps of a backup.
const (
	partBegun   step = "the part is begun"
	partWritten step = "the part is written"
	partChecked step = "the part is checked"
)

// Backup writes all of the database as it is at one moment to a file that only its owner can read, while others go on
// writing to the database. The file appears when it is whole, on disk and checked; what is there under its name until
// then is kept. CodeConflict when there is a file and Replace is not set, CodeSchema when the schema is not one this
// program knows, CodeUnavailable when the file cannot be written; the message names the file and says what to do.
func (s *Store) Backup(ctx context.Context, file string, o BackupOptions) (Contents, error) {
	target, err := s.backupTarget(file, o.Replace)
	if err != nil {
		return Contents{}, err
	}
	current, _, err := s.schemaVersions(ctx)
	if err != nil {
		return Contents{}, err
	}
	if current == 0 {
		return Contents{}, domain.NewError(domain.CodeSchema, fmt.Sprintf("There is nothing in the database %s yet.", s.path))
	}
	part := target + partSuffix
	// One that was stopped has left its part. To another one that is at work this is no harm: it finds out at its end.
	if err := discardPart(part); err != nil {
		return Contents{}, writeFailure(ctx, target, err)
	}
	handle, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the path is the operator's
	if err != nil {
		return Contents{}, writeFailure(ctx, target, err)
	}
	contents, err := s.fill(ctx, handle, target, o)
	if err != nil {
		if own(handle, part) {
			err = errors.Join(err, discardPart(part))
		}
		return Contents{}, errors.Join(err, handle.Close())
	}
	return contents, handle.Close()
}

// discardPart removes what there is of a part, and the journal that SQLite leaves beside one that it could not finish.
func discardPart(part string) error { return errors.Join(remove(part), remove(part+"-journal")) }

// backupTarget returns the absolute path of a backup that may be written.
func (s *Store) backupTarget(file string, replace bool) (string, error) {
	target, err := filepath.Abs(file)
	if err != nil || file == "" {
		return "", domain.WrapError(domain.CodeInvalid, fmt.Sprintf("%q is no path of a file.", file), err)
	}
	refuse := func(code domain.Code, why string) (string, error) {
		return "", domain.NewError(code, fmt.Sprintf("%s %s", target, why))
	}
	info, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return target, nil
	case err != nil:
		return "", writeFailure(context.Background(), target, err)
	case info.IsDir():
		return refuse(domain.CodeInvalid, "is a folder: name a file in it.")
	case !info.Mode().IsRegular():
		return refuse(domain.CodeInvalid, "is no file that can be replaced: choose another name.")
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal", lockSuffix} {
		if part, err := os.Stat(s.path + suffix); err == nil && os.SameFile(part, info) {
			return refuse(domain.CodeInvalid, "belongs to the database itself: choose another name.")
		}
	}
	if !replace {
		return refuse(domain.CodeConflict, "is there already, and a backup replaces nothing unless it is told to.")
	}
	return target, nil
}

// fill writes the part of a backup, checks it and gives it its name.
func (s *Store) fill(ctx context.Context, handle *os.File, target string, o BackupOptions) (Contents, error) {
	o.reach(partBegun)
	part := target + partSuffix
	if err := s.copyInto(ctx, part, o); err != nil {
		return Contents{}, writeFailure(ctx, target, err)
	}
	o.reach(partWritten)
	o.progress("checking the copy", 0, 0)
	contents, err := Inspect(ctx, part)
	if err != nil {
		return Contents{}, err
	}
	if err := handle.Sync(); err != nil {
		return Contents{}, writeFailure(ctx, target, err)
	}
	o.reach(partChecked)
	if !own(handle, part) {
		return Contents{}, domain.NewError(domain.CodeConflict, fmt.Sprintf("Another backup is writing to %s: this one was given up.", target))
	}
	if err := publish(part, target, o.Replace); err != nil {
		return Contents{}, writeFailure(ctx, target, err)
	}
	return contents, nil
}

// copyInto writes what the database holds at one moment to an empty file. It reads in one transaction beside all others,
// and leaves out what was deleted.
func (s *Store) copyInto(ctx context.Context, part string, o BackupOptions) error {
	db, err := sql.Open("sqlite", dsn(s.path, url.Values{"_pragma": {busyTimeout}}))
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it only reads the database
	var total int64
	err = db.QueryRowContext(ctx, `SELECT (page_count - freelist_count) * page_size
		FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).Scan(&total)
	if err != nil {
		return err
	}
	stop := o.watch(ctx, "copying", part, total)
	defer stop()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", part)
	return err
}

// watch tells how long a file is that is being written, until the function it returns is called.
func (o BackupOptions) watch(ctx context.Context, doing, file string, total int64) (stop func()) {
	o.progress(doing, 0, total)
	watching, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticks := time.NewTicker(progressInterval)
		defer ticks.Stop()
		for {
			select {
			case <-watching.Done():
				return
			case <-ticks.C:
				if info, err := os.Stat(file); err == nil {
					o.progress(doing, min(info.Size(), total), total)
				}
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}
