package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const auditLogUsage = `Usage: spacey audit [-since TIME] [-follow]

Tells what was done to accounts and to the installation, the oldest first: when, what, to whose account, by whom, what it
was about, and from which address. A dash stands for what there is not. Entries are kept for 400 days.

  -since TIME  only from then on: 2026-03-01, 2026-03-01T12:00:00Z, or how long ago, like 24h
  -follow      go on with new entries until Ctrl-C

The storage is the one of "spacey serve", by the same variables.
`

// runAuditLog runs "spacey audit".
func runAuditLog(ctx context.Context, args, environ []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("audit", flag.ContinueOnError)
	since, follow := flags.String("since", "", ""), flags.Bool("follow", false, "")
	_, err := parseFlags("audit", auditLogUsage, flags, nil, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	from, err := parseSince(*since, time.Now())
	if err != nil {
		return usageError("audit", err)
	}
	o, closeEngine, err := openOperator(ctx, "audit", environ)
	if err != nil {
		return err
	}
	defer closeEngine()
	f := &auditFollower{audits: o.storage.Audits, stdout: stdout, from: from, told: map[domain.AuditEntryID]time.Time{}}
	if !*follow {
		return f.catchUp(ctx)
	}
	return f.follow(ctx)
}

// parseSince returns the time that a person means; the zero Time for "".
func parseSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago).UTC(), nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", text)
}

const (
	// followPause is how long a follower waits for new entries.
	followPause = time.Second
	// followWindow is how late an entry may come: clocks differ, and a process may be slow to write.
	followWindow = 30 * time.Second
	// rememberedAtOnce bounds what a follower remembers of entries that cannot come again.
	rememberedAtOnce = 1000
)

// auditFollower tells entries of the audit log, each once.
type auditFollower struct {
	audits ports.Audits
	stdout io.Writer
	// from is where the next reading begins, and newest the time of the last entry.
	from, newest time.Time
	// told are entries behind from that were told.
	told map[domain.AuditEntryID]time.Time
}

// follow tells entries until ctx ends.
func (f *auditFollower) follow(ctx context.Context) error {
	for {
		if err := f.catchUp(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followPause):
		}
	}
}

// catchUp tells the entries that were not told yet.
func (f *auditFollower) catchUp(ctx context.Context) error {
	read := func(page ports.Page) ([]domain.AuditEntry, error) { return f.audits.Audits(ctx, page) }
	err := eachAudit(read, ports.Cursor{At: f.from}, func(entry domain.AuditEntry) error {
		if _, told := f.told[entry.ID]; told {
			return nil
		}
		f.told[entry.ID] = entry.At
		if entry.At.After(f.newest) {
			f.newest = entry.At
		}
		if len(f.told)%rememberedAtOnce == 0 {
			f.forget()
		}
		return tellAudit(f.stdout, entry)
	})
	if start := f.newest.Add(-followWindow); start.After(f.from) {
		f.from = start
	}
	f.forget()
	return err
}

// forget drops what is before the place where the next reading begins at the earliest.
func (f *auditFollower) forget() {
	start := f.newest.Add(-followWindow)
	maps.DeleteFunc(f.told, func(_ domain.AuditEntryID, at time.Time) bool { return at.Before(start) })
}

// eachAudit gives the entries behind a place.
func eachAudit(read func(ports.Page) ([]domain.AuditEntry, error), after ports.Cursor, give func(domain.AuditEntry) error) error {
	page := ports.Page{After: after, Limit: listPage}
	for {
		entries, err := read(page)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if err := give(entry); err != nil {
				return err
			}
			page.After = ports.Cursor{At: entry.At, ID: string(entry.ID)}
		}
		if len(entries) < page.Limit {
			return nil
		}
	}
}

// tellAudit tells an entry in a line: when, what, whose account, by whom, about what, from where.
func tellAudit(stdout io.Writer, e domain.AuditEntry) error {
	_, err := fmt.Fprintf(stdout, "%s  %-20s  %-36s  %-36s  %-36s  %s\n", instant(e.At), printable(string(e.Action)),
		orDash(string(e.Subject)), orDash(e.Actor), orDash(e.Object), orDash(e.Address))
	return err
}
