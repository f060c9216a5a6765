package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// progressInterval is how often a long audit says how far it is.
	progressInterval = 2 * time.Second
	// learnersAtOnce is how many people are asked for at a time.
	learnersAtOnce = 100
)

// audit is a run of "spacey verify" or "spacey rebuild".
type audit struct {
	auditor *learning.Auditor
	mend    bool
	stdout  io.Writer
	// checkpoint is the file that keeps the last person who is done, "" for none.
	checkpoint string
	began      time.Time
	told       time.Time
	people     int
	total      learning.Report
	faults     int
}

const auditUsage = `Usage: spacey %s [-user ID] [-after ID] [-checkpoint FILE]

%s

  -user ID           only this person
  -after ID          go on behind this person: people are taken in order of their ids
  -checkpoint FILE   keep the last person who is done in this file, and go on there when it exists;
                     it is removed at the end

The storage is the one of "spacey serve", by the same variables. The services may go on meanwhile. The exit code is
0 when every memory equals its log in the end, 1 when not or when the work could not be done, 2 for a wrong call.
`

var auditAbout = map[string]string{
	"verify":  "Replays every review log and tells each difference to the stored memories. It changes nothing.",
	"rebuild": "Replays every review log, tells each difference to the stored memories, and mends it.",
}

// runAudit runs "spacey verify" and "spacey rebuild".
func runAudit(ctx context.Context, command string, args, environ []string, stdout io.Writer) error {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	user := flags.String("user", "", "")
	after := flags.String("after", "", "")
	checkpoint := flags.String("checkpoint", "", "")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, err := fmt.Fprintf(stdout, auditUsage, command, auditAbout[command])
		return err
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("%q is not expected", flags.Arg(0))
	}
	if err == nil {
		err = checkIDs(*user, *after)
	}
	if err != nil {
		return fmt.Errorf("%w: %s; \"spacey %s -help\" says how to call it", process.ErrUsage, err.Error(), command)
	}
	_, storage, closeEngine, err := openStorage(ctx, command, environ, stdout)
	if err != nil {
		return err
	}
	defer closeEngine()
	now := time.Now()
	a := &audit{auditor: learning.NewAuditor(storage), mend: command == "rebuild", stdout: stdout, checkpoint: *checkpoint, began: now, told: now}
	if *user != "" {
		err = a.person(ctx, domain.UserID(strings.ToLower(*user)))
	} else {
		err = a.everybody(ctx, domain.UserID(strings.ToLower(*after)))
	}
	if err != nil {
		return err
	}
	return a.conclude()
}

func checkIDs(ids ...string) error {
	for _, id := range ids {
		if _, ok := domain.ParseID(id); id != "" && !ok {
			return fmt.Errorf("%q is not an id (a UUID)", id)
		}
	}
	return nil
}

// everybody audits all people whose ids are behind after, or behind the one of the checkpoint.
func (a *audit) everybody(ctx context.Context, after domain.UserID) error {
	after, err := a.resume(after)
	if err != nil {
		return err
	}
	for {
		people, err := a.auditor.Learners(ctx, after, learnersAtOnce)
		if err != nil {
			return a.interrupted(after, err)
		}
		for _, user := range people {
			if err := a.person(ctx, user); err != nil {
				return a.interrupted(after, err)
			}
			after = user
			if err := a.keep(after); err != nil {
				return err
			}
		}
		if len(people) < learnersAtOnce {
			return a.forget()
		}
	}
}

// interrupted says where to go on.
func (a *audit) interrupted(after domain.UserID, err error) error {
	if after == "" {
		return err
	}
	return fmt.Errorf("stopped; go on with -after %s: %w", after, err)
}

// person audits one person and tells what is wrong.
func (a *audit) person(ctx context.Context, user domain.UserID) error {
	check := a.auditor.Verify
	if a.mend {
		check = a.auditor.Rebuild
	}
	report, err := check(ctx, user, func(d domain.Difference) {
		_, _ = fmt.Fprintf(a.stdout, "user %s card %s: %s is %s, the log says %s\n", user, d.Card, d.Field, d.Stored, d.Replayed)
	})
	if err != nil {
		return fmt.Errorf("user %s: %w", user, err)
	}
	if report.LogFault != "" {
		a.faults++
		_, _ = fmt.Fprintf(a.stdout, "user %s: %s\n", user, report.LogFault)
	}
	a.people++
	a.total.Cards += report.Cards
	a.total.Events += report.Events
	a.total.Differing += report.Differing
	a.total.Mended += report.Mended
	if now := time.Now(); now.Sub(a.told) >= progressInterval {
		a.told = now
		_, _ = fmt.Fprintf(a.stdout, "... %s, at user %s\n", a.count(), user)
	}
	return nil
}

func (a *audit) count() string {
	seconds := time.Since(a.began).Seconds()
	return fmt.Sprintf("%d people, %d cards, %d events in %.1f s (%.0f events/s)",
		a.people, a.total.Cards, a.total.Events, seconds, float64(a.total.Events)/max(seconds, 0.001))
}

// conclude says what was found, as an error unless all is well now.
func (a *audit) conclude() error {
	_, err := fmt.Fprintf(a.stdout, "%s: %d cards differ, %d of them mended\n", a.count(), a.total.Differing, a.total.Mended)
	if err != nil {
		return err
	}
	if a.faults > 0 {
		return fmt.Errorf("the logs of %d people have faults", a.faults)
	}
	if left := a.total.Differing - a.total.Mended; left > 0 {
		return fmt.Errorf("%d cards differ from their logs; \"spacey rebuild\" mends them", left)
	}
	return nil
}

// resume returns the person to go on behind.
func (a *audit) resume(after domain.UserID) (domain.UserID, error) {
	if a.checkpoint == "" {
		return after, nil
	}
	text, err := os.ReadFile(a.checkpoint)
	if errors.Is(err, os.ErrNotExist) {
		return after, a.keep(after)
	}
	if err != nil {
		return "", fmt.Errorf("the checkpoint cannot be read: %w", err)
	}
	kept := strings.TrimSpace(string(text))
	if err := checkIDs(kept); err != nil {
		return "", fmt.Errorf("the checkpoint %s: %w", a.checkpoint, err)
	}
	if after != "" || kept == "" {
		return after, nil
	}
	_, err = fmt.Fprintf(a.stdout, "going on behind user %s\n", kept)
	return domain.UserID(kept), err
}

// keep notes who is done. The file is replaced at once, so that a crash leaves the old one or the new one.
func (a *audit) keep(done domain.UserID) error {
	if a.checkpoint == "" {
		return nil
	}
	next := a.checkpoint + ".next"
	err := os.WriteFile(next, []byte(string(done)+"\n"), 0o600)
	if err == nil {
		err = os.Rename(next, a.checkpoint)
	}
	if err != nil {
		return fmt.Errorf("the checkpoint cannot be written: %w", err)
	}
	return nil
}

func (a *audit) forget() error {
	if a.checkpoint == "" {
		return nil
	}
	return os.Remove(a.checkpoint)
}
