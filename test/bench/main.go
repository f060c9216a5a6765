// Command bench measures spacey against floors: the same work without spacey, in the same run, on the same machine. It
// prints a Markdown table of ratios. No figure makes it fail, only work that could not be measured does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	default:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// rows are the comparisons, in the order of the table.
var rows = []row{
	{name: "gateway", about: "a request through the gateway", compare: compareGateway},
	{name: "config", about: "a document of configuration in one process", compare: compareConfig},
	{name: "event-sqlite", about: "answers to cards on SQLite", compare: on(onSQLite, compareEvents)},
	{name: "event-postgres", about: "answers to cards on PostgreSQL", compare: on(onPostgres, compareEvents)},
	{name: "event-mongo", about: "answers to cards on MongoDB", compare: compareEventsMongo},
	{name: "event-batch", about: "answers to cards in batches of 100 on SQLite", compare: compareBatches},
	{name: "queue", about: "the study queue, by the number of cards", compare: on(onSQLite, compareQueue)},
	{name: "queue-postgres", about: "the same on PostgreSQL", compare: on(onPostgres, compareQueue)},
	{name: "queue-steps", about: "the study queue with cards in learning steps, by their number", compare: on(onSQLite, compareQueueSteps)},
	{name: "queue-limits", about: "the study queue with a deck that has limits of its own, by the number of cards", compare: on(onSQLite, compareQueueLimits)},
	{name: "queue-limits-postgres", about: "the same on PostgreSQL", compare: on(onPostgres, compareQueueLimits)},
	{name: "rebuild", about: "memories from 1,000,000 events", compare: compareRebuild},
	{name: "statistics", about: "the statistics of a year, by the number of events", compare: on(onSQLite, compareStatistics)},
	{name: "statistics-postgres", about: "the same on PostgreSQL", compare: on(onPostgres, compareStatistics)},
	{name: "score", about: "the score of a deck of 10,000 cards", compare: on(onSQLite, compareScore)},
	{name: "score-postgres", about: "the same on PostgreSQL", compare: on(onPostgres, compareScore)},
	{name: "memory", about: "memory after 100,000 reviews by 1,000 people", compare: compareMemory},
	{name: "sign-ins", about: "other requests while 100 sign-ins a second arrive, one process", compare: compareSignIns},
	{name: "sign-ins-apart", about: "the same, a process for each service", compare: compareSignInsApart},
	{name: "due", about: "due cards of a deck, by the number of all cards", compare: on(onSQLite, compareDue)},
	{name: "due-postgres", about: "the same on PostgreSQL", compare: on(onPostgres, compareDue)},
	{name: "search", about: "cards found by a word that 20 have, by the number of cards", compare: on(onSQLite, compareSearch)},
	{name: "search-postgres", about: "the same on PostgreSQL", compare: on(onPostgres, compareSearch)},
	{name: "search-mongo", about: "the same on MongoDB", compare: on(onMongo, compareSearch)},
	{name: "decks", about: "a page of 200 decks, by the number of cards", compare: on(onSQLite, compareDecks)},
	{name: "decks-postgres", about: "the same on PostgreSQL", compare: on(onPostgres, compareDecks)},
}

// row is a comparison of the table.
type row struct {
	name, about string
	// compare returns nothing, and a notMeasured, where the machine lacks something.
	compare func(ctx context.Context, l *lab) ([]comparison, error)
}

// notMeasured says why a row could not be measured on this machine.
type notMeasured struct{ reason string }

func (n *notMeasured) Error() string { return n.reason }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 3 && args[0] == serveArgument {
		return serve(ctx, args[1], args[2])
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	chosen := flags.String("run", ".", "regular expression that chooses rows by their names")
	folder := flags.String("dir", ".cache", "folder for temporary data; it must be on a disk for durable writes to mean something")
	rounds := flags.Int("rounds", 5, "how often each figure is taken")
	round := flags.Duration("round", 2*time.Second, "how long a figure is taken")
	profiles := flags.String("profiles", "", "folder for profiles of the services under load; none are taken without")
	if err := flags.Parse(args); err != nil {
		return err
	}
	choice, err := regexp.Compile(*chosen)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	l, err := newLab(ctx, *folder, *profiles, pace{rounds: max(*rounds, 1), round: *round}, stderr)
	if err != nil {
		return err
	}
	defer l.close()
	return measure(ctx, l, choice, stdout, stderr)
}

// measure takes the chosen rows and prints the table. A row that fails does not keep the others from being measured.
func measure(ctx context.Context, l *lab, choice *regexp.Regexp, stdout, stderr io.Writer) error {
	var lines []line
	var failures []error
	for _, r := range rows {
		if !choice.MatchString(r.name) || ctx.Err() != nil {
			continue
		}
		fmt.Fprintf(stderr, "%s: %s\n", r.name, r.about)
		found, err := r.compare(ctx, l)
		var missing *notMeasured
		switch {
		case errors.As(err, &missing):
			lines = append(lines, line{row: r, reason: missing.reason})
		case err != nil:
			failures = append(failures, fmt.Errorf("%s: %w", r.name, err))
			lines = append(lines, line{row: r, reason: "failed"})
		}
		for _, c := range found {
			lines = append(lines, line{row: r, comparison: &c})
		}
	}
	if len(lines) == 0 {
		failures = append(failures, fmt.Errorf("no row is called %q", choice))
	}
	writeTable(stdout, l.pace, lines)
	return errors.Join(append(failures, ctx.Err())...)
}
