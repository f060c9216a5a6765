package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const compareUsage = `Usage: spacey compare [-user ID]

Lets each algorithm predict the answers of all people, or of one, each before it is known, and tells how well it did; and
tells how often cards were recalled by what was predicted when they were asked. It changes nothing. The storage is the
one of "spacey serve", by the same variables.

  log loss    lower is better; always saying one half gives 0.693
  RMSE        over bins of similar reviews; lower is better
  AUC         0.5 is chance, 1 tells every recalled answer from every forgotten one
`

// runCompare runs "spacey compare".
func runCompare(ctx context.Context, args, environ []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	user := flags.String("user", "", "")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, err := io.WriteString(stdout, compareUsage)
		return err
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("%q is not expected", flags.Arg(0))
	}
	if err == nil {
		err = checkIDs(*user)
	}
	if err != nil {
		return fmt.Errorf("%w: %s; \"spacey compare -help\" says how to call it", process.ErrUsage, err.Error())
	}
	_, storage, closeEngine, err := openStorage(ctx, "compare", environ, stdout)
	if err != nil {
		return err
	}
	defer closeEngine()
	c := &contest{auditor: learning.NewAuditor(storage), stdout: stdout, comparison: domain.NewComparison(), told: time.Now()}
	if *user != "" {
		err = c.person(ctx, domain.UserID(strings.ToLower(*user)))
	} else {
		err = c.everybody(ctx)
	}
	if err != nil {
		return err
	}
	return c.conclude()
}

// contest is a run of "spacey compare".
type contest struct {
	auditor    *learning.Auditor
	stdout     io.Writer
	comparison *domain.Comparison
	tally      domain.Tally
	people     int
	told       time.Time
}

func (c *contest) everybody(ctx context.Context) error {
	for after := domain.UserID(""); ; {
		people, err := c.auditor.Learners(ctx, after, learnersAtOnce)
		if err != nil {
			return err
		}
		for _, user := range people {
			if err := c.person(ctx, user); err != nil {
				return err
			}
			after = user
		}
		if len(people) < learnersAtOnce {
			return nil
		}
	}
}

func (c *contest) person(ctx context.Context, user domain.UserID) error {
	err := c.auditor.EachHistory(ctx, user, func(events []domain.Event) error {
		c.comparison.Add(events)
		domain.Answers(events, func(e *domain.Event) { c.tally.Add(e, 1) })
		return nil
	})
	if err != nil {
		return fmt.Errorf("user %s: %w", user, err)
	}
	c.people++
	if now := time.Now(); now.Sub(c.told) >= progressInterval {
		c.told = now
		_, _ = fmt.Fprintf(c.stdout, "... %d people, %d reviews\n", c.people, c.comparison.Reviews)
	}
	return nil
}

func (c *contest) conclude() error {
	var out strings.Builder
	fmt.Fprintf(&out, "\n%d people, %d cards, %d reviews predicted\n\n", c.people, c.comparison.Cards, c.comparison.Reviews)
	fmt.Fprintf(&out, "%-10s %9s %9s %9s\n", "", "log loss", "RMSE", "AUC")
	for _, one := range c.comparison.Accuracies() {
		fmt.Fprintf(&out, "%-10s %9s %9s %9s\n", one.Algorithm, measure(one.LogLoss()), measure(one.RMSEBins()), measure(one.AUC()))
	}
	fmt.Fprintf(&out, "\n%-14s %10s %10s %9s\n", "predicted", "reviews", "mean", "recalled")
	bins := make([]int, 0, len(c.tally.Bins))
	for index := range c.tally.Bins {
		bins = append(bins, index)
	}
	slices.Sort(bins)
	for _, index := range bins {
		bin := c.tally.Bins[index]
		low, high := float64(index)/domain.CalibrationBins, float64(index+1)/domain.CalibrationBins
		fmt.Fprintf(&out, "%.2f to %.2f   %10d %10.3f %9.3f\n", low, high, bin.Reviews, bin.MeanPredicted(), bin.Share())
	}
	_, err := io.WriteString(c.stdout, out.String())
	return err
}

// measure returns a number as text, a dash when it is not known.
func measure(value float64, known bool) string {
	if !known {
		return "-"
	}
	return fmt.Sprintf("%.4f", value)
}
