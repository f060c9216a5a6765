// Package jobs does background work that survives a restart. The work lies in storage; any number of processes take it from
// there, and what one of them leaves undone when it dies another one takes when the lease ends.
package jobs

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Defaults of a Runner.
const (
	DefaultWorkers = 2
	DefaultLease   = 30 * time.Second
	DefaultPoll    = 2 * time.Second
)

const (
	// storageTime is how long it may take to take a job, to renew it, and to note what becomes of it, also when everything stops.
	storageTime = 3 * time.Second
	// maxPause is how long nobody looks for work at most while storage is away.
	maxPause = 15 * time.Second
	// countPause is how often the jobs are counted, maxCount how far.
	countPause = 15 * time.Second
	maxCount   = 10_000
)

// Handler does the jobs of a kind. A job may be done twice, and by another process from the beginning.
type Handler interface {
	// Do does a job. An error means that it is tried again later. When ctx ends nothing more may be written.
	Do(ctx context.Context, job domain.Job) error
	// GiveUp ends what cannot be done: it failed too often, the last time with why, or it brings down whoever does it; then why is nil.
	// An error means that this is tried again later.
	GiveUp(ctx context.Context, job domain.Job, why error) error
}

// Outcome is what became of a job that was taken. It is a string to those who are told, who need not know this package.
type Outcome = string

// The outcomes. A job that is lost was taken by another process, or added anew; one that is given back was not done for the runner stopped.
const (
	Done      Outcome = "done"
	Failed    Outcome = "failed"
	GivenUp   Outcome = "given_up"
	Lost      Outcome = "lost"
	GivenBack Outcome = "given_back"
)

// Observer is told what is done.
type Observer interface {
	// Ended is told what became of a job, and how long that took.
	Ended(kind domain.JobKind, outcome Outcome, took time.Duration)
	// Counted is told from time to time how many jobs there are.
	Counted(kind domain.JobKind, counts domain.JobCounts)
}

// Needs is what a runner needs of the outside.
type Needs struct {
	Jobs   ports.Jobs
	Clock  ports.Clock
	Logger *slog.Logger
	// Observer may be nil.
	Observer Observer
	// Workers is how many jobs are done at a time, Lease how long one is held without being renewed, Poll how often somebody looks for
	// work. Zero is the default. Much shorter leases than that end while storage is only slow.
	Workers     int
	Lease, Poll time.Duration
}

// Runner does jobs. Make one with New.
type Runner struct {
	Needs
	handlers map[domain.JobKind]Handler
	wake     chan struct{}
	// away is whether storage did not answer the last time.
	away atomic.Bool
}

// New returns a runner of the jobs that have a handler.
func New(needs Needs, handlers map[domain.JobKind]Handler) *Runner {
	needs.Workers = cmp.Or(needs.Workers, DefaultWorkers)
	needs.Lease, needs.Poll = cmp.Or(needs.Lease, DefaultLease), cmp.Or(needs.Poll, DefaultPoll)
	if needs.Logger == nil {
		needs.Logger = slog.New(slog.DiscardHandler)
	}
	return &Runner{Needs: needs, handlers: handlers, wake: make(chan struct{}, needs.Workers)}
}

// Wake has the runner look for work at once. It does not wait.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // everybody is about to look already
	}
}

// Run does jobs until ctx ends. Those that are not done by then are given back.
func (r *Runner) Run(ctx context.Context) {
	var all sync.WaitGroup
	if r.Observer != nil {
		all.Go(func() { r.count(ctx) })
	}
	for range r.Workers {
		all.Go(func() { r.work(ctx) })
	}
	all.Wait()
}

// count tells the observer how many jobs there are.
func (r *Runner) count(ctx context.Context) {
	for ctx.Err() == nil {
		for kind := range r.handlers {
			counts, err := r.Jobs.CountJobs(ctx, kind, r.Clock.Now(), maxCount)
			if err == nil { // workers say when storage is away
				r.Observer.Counted(kind, counts)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(countPause):
		}
	}
}

// work does one job after the other, and waits while there is none. While storage is away it looks less and less often.
func (r *Runner) work(ctx context.Context) {
	pause := r.Poll
	for ctx.Err() == nil {
		found, err := r.round(ctx)
		r.noteOutage(ctx, err)
		if err != nil {
			pause = max(r.Poll, min(2*pause, maxPause))
		} else {
			pause = r.Poll
		}
		if found {
			continue
		}
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-time.After(pause):
		}
	}
}

// noteOutage logs when storage goes away and when it comes back, not what happens in between.
func (r *Runner) noteOutage(ctx context.Context, err error) {
	switch {
	case err != nil && r.away.CompareAndSwap(false, true):
		r.Logger.WarnContext(ctx, "jobs cannot be taken; that is tried again", "code", domain.CodeOf(err), "error", err)
	case err == nil && r.away.CompareAndSwap(true, false):
		r.Logger.InfoContext(ctx, "jobs can be taken again")
	}
}

// round takes a job of each kind and does it. found reports whether there was one.
func (r *Runner) round(ctx context.Context) (found bool, err error) {
	for kind, handler := range r.handlers {
		if ctx.Err() != nil {
			break
		}
		job, taken, takeErr := r.take(ctx, kind)
		if takeErr != nil {
			err = errors.Join(err, takeErr)
			continue
		}
		if taken {
			found = true
			r.do(ctx, handler, job)
		}
	}
	return found, err
}

// take takes a job. It does not end with ctx: a job that was taken while nobody listened would lie there until its lease ends.
func (r *Runner) take(ctx context.Context, kind domain.JobKind) (domain.Job, bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storageTime)
	defer cancel()
	now := r.Clock.Now()
	return r.Jobs.TakeJob(ctx, kind, now, now.Add(r.Lease))
}
