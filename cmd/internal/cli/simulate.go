package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/argon2"
	"github.com/moshrank/spacey-backend/internal/app/simulation"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const simulateUsage = `Usage: spacey simulate [-users N] [-days D] [-seed S] [-cards C] [-start DATE] [-api URL] [-force]

Lets made-up people learn for some days, each with a forgetting curve, habits and a time zone of their own, so that
there are review logs to look at, to measure with and to test with. Two of five people have two buttons, the others four.

  -users N     how many people (default 10)
  -days D      for how many days (default 365)
  -seed S      the number that everything follows from (default 1): the same seed gives the same log
  -cards C     how many cards each person has (default 1000)
  -start DATE  the first day (default 2025-01-01, whatever today is, so that the same call gives the same log);
               the last one must be over
  -api URL     drive the spacey that runs at this address, for example http://localhost:8080, instead of writing into
               a storage; there the ids and due days are the server's, and so is the time of recording
  -force       do it even though ENVIRONMENT is production

Without -api the storage is the one of "spacey serve", by the same variables; its schema is brought up to date. People
of a seed who are there already are not simulated again: the program says so and stops, so take another seed, or an
empty storage, also after a run that was cut short. Outside production one can sign in as
simulated-SEED-NUMBER@example.org, for example simulated-1-1@example.org, with the password "` + simulatedPassword + `".
`

// simulatedPassword is the password of simulated people. Anybody may know it, so production never has it.
const simulatedPassword = "forgetting-curve"

const (
	// firstDay is the first simulated day when none is told.
	firstDay = "2025-01-01"
	// maxSimulated bounds what a slip of the finger can ask for.
	maxSimulatedUsers, maxSimulatedDays, maxSimulatedCards = 100_000, 36_500, 100_000
	// simulatedAtOnce is how many people are simulated at the same time. What they do at the same time shares a commit, and
	// waiting for the disk is most of the work.
	simulatedAtOnce = 64
)

// simulateCall is what a call of "spacey simulate" asks for.
type simulateCall struct {
	simulation.Options
	api   string
	force bool
}

// parseSimulate reads the arguments. The error is flag.ErrHelp, or says what is wrong. The last day has to be over at now.
func parseSimulate(args []string, now time.Time) (simulateCall, error) {
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	call := simulateCall{Options: simulation.Options{AtOnce: simulatedAtOnce}}
	flags.IntVar(&call.Learners, "users", 10, "")
	flags.IntVar(&call.Days, "days", 365, "")
	flags.Uint64Var(&call.Seed, "seed", 1, "")
	flags.IntVar(&call.Cards, "cards", 1000, "")
	start := flags.String("start", firstDay, "")
	flags.StringVar(&call.api, "api", "", "")
	flags.BoolVar(&call.force, "force", false, "")
	if err := flags.Parse(args); err != nil {
		return call, err
	}
	if flags.NArg() > 0 {
		return call, fmt.Errorf("%q is not expected", flags.Arg(0))
	}
	for _, bounded := range []struct {
		name       string
		value, max int
	}{{"users", call.Learners, maxSimulatedUsers}, {"days", call.Days, maxSimulatedDays}, {"cards", call.Cards, maxSimulatedCards}} {
		if bounded.value < 1 || bounded.value > bounded.max {
			return call, fmt.Errorf("-%s must be between 1 and %d, it is %d", bounded.name, bounded.max, bounded.value)
		}
	}
	first, err := time.Parse(time.DateOnly, *start)
	if err != nil || first.Year() < 1971 {
		return call, fmt.Errorf("-start must be a date from 1971 on like 2025-01-01, it is %q", *start)
	}
	// West of Greenwich a day ends up to 12 hours later, and another 4 hours by the rollover.
	if end := first.AddDate(0, 0, call.Days); end.Add(16 * time.Hour).After(now) {
		return call, fmt.Errorf("the last day, %s, is not over everywhere: take fewer -days or an earlier -start",
			end.AddDate(0, 0, -1).Format(time.DateOnly))
	}
	call.First = domain.Day(first.Unix() / 86400)
	return call, nil
}

// runSimulate runs "spacey simulate".
func runSimulate(ctx context.Context, args, environ []string, stdout io.Writer) error {
	call, err := parseSimulate(args, time.Now())
	if errors.Is(err, flag.ErrHelp) {
		_, err := fmt.Fprint(stdout, simulateUsage)
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: %s; \"spacey simulate -help\" says how to call it", process.ErrUsage, err.Error())
	}
	c, err := config.Load(environ, config.Needs{DefaultStorage: config.StorageSQLite})
	if err != nil {
		return err
	}
	if c.Production() && !call.force {
		return errors.New("ENVIRONMENT is production, and simulated people have no place among real ones; -force does it all the same")
	}
	school, closeSchool, err := openSchool(ctx, call, c, stdout)
	if err != nil {
		return err
	}
	defer closeSchool()
	return watch(ctx, call.Options, school, stdout)
}

// openSchool opens the place where simulated people learn.
func openSchool(ctx context.Context, call simulateCall, c config.Config, stdout io.Writer) (simulation.School, func(), error) {
	if call.api != "" {
		school, err := newAPISchool(call.api)
		return school, func() {}, err
	}
	password := simulatedPassword
	if c.Production() {
		password = rand.Text() // nobody is told
	}
	hash, err := argon2.New().Hash(ctx, password)
	if err != nil {
		return nil, nil, fmt.Errorf("hashing the password of simulated people: %w", err)
	}
	engine, closeEngine, err := graph.OpenMigratedEngine(ctx, c, graph.NewLogger(c, "spacey simulate", stdout))
	if err != nil {
		return nil, nil, err
	}
	return simulation.NewStore(engine.Storage, hash), closeEngine, nil
}

// watch runs a simulation, tells every progressInterval how far it is, and at the end what came of it.
func watch(ctx context.Context, o simulation.Options, school simulation.School, stdout io.Writer) error {
	w := &watcher{options: o, stdout: stdout, studying: time.Now()}
	done := make(chan error, 1)
	go func() { done <- simulation.Run(ctx, o, school, &w.tally) }()
	ticker := time.NewTicker(progressInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			w.progress()
		case err := <-done:
			return w.conclude(err)
		}
	}
}

// watcher tells how a simulation goes.
type watcher struct {
	options simulation.Options
	tally   simulation.Tally
	stdout  io.Writer
	// studying is when the first day began, as far as is known.
	studying time.Time
}

// progress tells how far the simulation is.
func (w *watcher) progress() {
	all, days, total := w.tally.All(), w.tally.Days(), w.days()
	if days == 0 {
		w.studying = time.Now()
		_, _ = fmt.Fprintf(w.stdout, "... %d of %d learners enrolled\n", all.Learners, w.options.Learners)
		return
	}
	elapsed := time.Since(w.studying)
	remaining := time.Duration(elapsed.Seconds() / float64(days) * float64(total-days) * float64(time.Second))
	_, _ = fmt.Fprintf(w.stdout, "... %d of %d days of learners (%d %%), %d reviews, %.0f reviews/s, %s left\n",
		days, total, days*100/total, all.Reviews, w.rate(), remaining.Round(time.Second))
}

// days returns how many days of learners there are in all.
func (w *watcher) days() int64 { return int64(w.options.Learners) * int64(w.options.Days) }

// rate returns the reviews a second.
func (w *watcher) rate() float64 {
	return float64(w.tally.All().Reviews) / max(time.Since(w.studying).Seconds(), 0.001)
}

// conclude tells what came of a simulation that ended.
func (w *watcher) conclude(err error) error {
	if code := domain.CodeOf(err); code == domain.CodeConflict || code == domain.CodeEmailTaken {
		return fmt.Errorf("learners of seed %d are there already; take another -seed, or an empty storage: %w", w.options.Seed, err)
	}
	if err != nil {
		return fmt.Errorf("stopped after %d of %d days of learners; take another -seed, or an empty storage, to begin anew: %w",
			w.tally.Days(), w.days(), err)
	}
	table := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "\tlearners\tcards\treviews\tright\t") // what is written here waits in memory
	for _, row := range []struct {
		name string
		simulation.Counts
	}{{"two buttons", w.tally.TwoButtons()}, {"four buttons", w.tally.FourButtons()}, {"all", w.tally.All()}} {
		_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%.1f %%\t\n", row.name, row.Learners, row.Cards, row.Reviews, 100*row.Share())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "%d days of learners in %s: %.0f reviews/s\n",
		w.tally.Days(), time.Since(w.studying).Round(time.Millisecond), w.rate())
	return err
}
