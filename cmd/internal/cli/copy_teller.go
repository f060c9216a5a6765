package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/moshrank/spacey-backend/internal/app/moving"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// copyTeller runs a copy and tells how it goes and what came of it.
type copyTeller struct{ stdout io.Writer }

// run does what was called for. The error is nil when source and target are equal in the end, or when a dry run was made.
func (c *copyTeller) run(ctx context.Context, copier *moving.Copier, call copyCall) error {
	if call.dryRun {
		report, err := copier.DryRun(ctx)
		return errors.Join(err, c.tell(report, "would be ", err == nil))
	}
	var refused error
	if !call.compare {
		if err := copier.CheckDistinct(ctx); err != nil {
			return err
		}
		began := time.Now()
		report, err := copier.Copy(ctx)
		// What was done until it failed is worth knowing; where it was refused, nothing was.
		if told := c.tell(report, "", err == nil || report.Total().Any()); err != nil || told != nil {
			return errors.Join(err, told)
		}
		if _, err := fmt.Fprintf(c.stdout, "%d people copied in %s\n", report.People, time.Since(began).Round(time.Millisecond)); err != nil {
			return err
		}
		if report.Failed > 0 {
			refused = fmt.Errorf("the target refused something of %d people: change it in the source, and copy again", report.Failed)
		}
	}
	comparison, err := copier.Compare(ctx)
	if err != nil {
		return errors.Join(refused, err)
	}
	return errors.Join(refused, c.compared(comparison))
}

// progress tells how far a stage is.
func (c *copyTeller) progress(p moving.Progress) {
	if p.People == 0 {
		_, _ = fmt.Fprintf(c.stdout, "... %s: %d people\n", p.Stage, p.PeopleDone)
		return
	}
	left := ""
	if remaining, known := p.Remaining(); known {
		left = fmt.Sprintf(", %s left", remaining.Round(time.Second))
	}
	_, _ = fmt.Fprintf(c.stdout, "... %s: %d of %d people, %d of %d events, %d items, %.0f items/s%s\n",
		p.Stage, p.PeopleDone, p.People, p.EventsDone, p.Events, p.Items, p.Rate(), left)
}

// tell prints what was done, or would be, about each kind, and what was refused.
func (c *copyTeller) tell(report moving.Report, mood string, wanted bool) error {
	if !wanted {
		return nil
	}
	table := c.table()
	_, _ = fmt.Fprintf(table, "\tread\t%sadded\t%schanged\t%sremoved\tseconds\t\n", mood, mood, mood) // it waits in memory
	for _, kind := range report.Kinds {
		_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%.1f\t\n", kind.Kind, kind.Read, kind.Added, kind.Changed, kind.Removed, kind.Took.Seconds())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, failure := range report.Failures {
		if _, err := fmt.Fprintln(c.stdout, failure); err != nil {
			return err
		}
	}
	return c.more(report.Failed, len(report.Failures))
}

// compared prints what source and target hold. The error is nil when they hold the same.
func (c *copyTeller) compared(comparison moving.Comparison) error {
	table := c.table()
	_, _ = fmt.Fprintln(table, "\tsource\ttarget\tchecksum of the source\tof the target\t")
	for _, kind := range comparison.Kinds {
		other := "equal"
		if !kind.Equal() {
			other = kind.Target.String()
		}
		_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\t\n", kind.Kind, kind.Source.Count, kind.Target.Count, kind.Source, other)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, d := range comparison.Differences {
		if _, err := fmt.Fprintf(c.stdout, "%s: %d %s in the source, %d in the target, and they differ\n",
			differing(d.Owner), d.Source.Count, d.Kind, d.Target.Count); err != nil {
			return err
		}
	}
	if err := c.more(comparison.Differing, len(comparison.Differences)); err != nil {
		return err
	}
	if !comparison.Equal() {
		return errors.New("source and target differ. If the source is in use, it has changed meanwhile: copy again, the last time when nothing uses it")
	}
	_, err := fmt.Fprintf(c.stdout, "source and target are equal: %d people\n", comparison.People)
	return err
}

// differing names whose things differ.
func differing(owner domain.UserID) string {
	if owner == "" {
		return "nobody's"
	}
	return "user " + string(owner)
}

// more says that a list was cut.
func (c *copyTeller) more(all int64, listed int) error {
	if all <= int64(listed) {
		return nil
	}
	_, err := fmt.Fprintf(c.stdout, "... and %d more\n", all-int64(listed))
	return err
}

func (c *copyTeller) table() *tabwriter.Writer {
	return tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
}
