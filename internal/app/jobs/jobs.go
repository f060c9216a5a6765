// Package jobs does background work that survives a restart. The work lies in storage; any number of processes take it from
// there, and what one of them leaves undone when it dies another one takes when the lease ends.
package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
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
	// giveBackTime is how long it may take to note what becomes of a job, also when everything stops.
	giveBackTime = 3 * time.Second
	// maxPause is how long nobody looks for work at most while storage is away.
	maxPause = time.Minute
)

// Handler does the jobs of a kind. A job may be done twice, and by another process from the beginning.
type Handler interface {
	// Do does a job. An error means that it is tried again later. When ctx ends nothing more may be written.
	Do(ctx context.Context, job domain.Job) error
	// GiveUp ends what cannot be done: it failed too often, the last time with why, or it brings down whoever does it; then why is nil.
	GiveUp(ctx context.Context, job domain.Job, why error) error
}

// Outcome is what became of a job that was taken.
type Outcome string

// The outcomes. A job that is lost was taken by another process, or added anew.
const (
	Done    Outcome = "done"
	Failed  Outcome = "failed"
	GivenUp Outcome = "given_up"
	Lost    Outcome = "lost"
)

// Observer is told what is done.
type Observer interface {
	// Ended is told what became of a job, and how long that took.
	Ended(kind domain.JobKind, outcome Outcome, took time.Duration)
}

// Needs is what a runner needs of the outside.
type Needs struct {
	Jobs   ports.Jobs
	Clock  ports.Clock
	Logger *slog.Logger
	// Observer may be nil.
	Observer Observer
	// Workers is how many jobs are done at a time, Lease how long one is held without being renewed, Poll how often somebody looks for
	// work. Zero is the default.
	Workers     int
	Lease, Poll time.Duration
}

// Runner does jobs. Make one with New.
type Runner struct {
	Needs
	handlers map[domain.JobKind]Handler
	wake     chan struct{}
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

// Wake has the runner look for work at once.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // somebody is about to look already
	}
}

// Run does jobs until ctx ends. Those that are not done by then are given back.
func (r *Runner) Run(ctx context.Context) {
	var workers sync.WaitGroup
	for range r.Workers {
		workers.Go(func() { r.work(ctx) })
	}
	workers.Wait()
}

// work does one job after the other, and waits while there is none. While storage is away it looks less and less often.
func (r *Runner) work(ctx context.Context) {
	pause := r.Poll
	for ctx.Err() == nil {
		found, err := r.round(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			if pause == r.Poll {
				r.Logger.WarnContext(ctx, "jobs cannot be taken; that is tried again", "code", domain.CodeOf(err), "error", err)
			}
			pause = min(2*pause, maxPause)
		case err == nil:
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

// round takes a job of each kind and does it. found reports whether there was one.
func (r *Runner) round(ctx context.Context) (found bool, err error) {
	for kind, handler := range r.handlers {
		now := r.Clock.Now()
		job, taken, takeErr := r.Jobs.TakeJob(ctx, kind, now, now.Add(r.Lease))
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

// do does a job that was taken, and notes what became of it.
func (r *Runner) do(ctx context.Context, handler Handler, job domain.Job) {
	began := time.Now()
	h := &holding{runner: r, job: job}
	err := h.whileHeld(ctx, func(ctx context.Context) error {
		if job.Hopeless() {
			return handler.GiveUp(ctx, job, nil)
		}
		return handler.Do(ctx, job)
	})
	outcome := r.end(ctx, handler, h, err)
	if r.Observer != nil {
		r.Observer.Ended(job.Kind, outcome, time.Since(began))
	}
}

// end finishes a job, puts it off, or gives it back.
func (r *Runner) end(ctx context.Context, handler Handler, h *holding, err error) Outcome {
	job, lost := h.current()
	stopped := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackTime)
	defer cancel()
	outcome := Done
	switch {
	case lost:
		return Lost
	case err != nil && stopped:
		job.DueAt = r.Clock.Now()
		_, putErr := r.Jobs.PutOffJob(ctx, job)
		return r.noted(ctx, Lost, putErr)
	case err != nil:
		failed := job.Failed(string(domain.CodeOf(err)), r.Clock.Now())
		r.Logger.WarnContext(ctx, "a job failed", "kind", job.Kind, "failures", failed.Failures, "code", domain.CodeOf(err), "error", err)
		if !failed.Hopeless() || job.Hopeless() {
			_, putErr := r.Jobs.PutOffJob(ctx, failed)
			return r.noted(ctx, Failed, putErr)
		}
		if giveUpErr := handler.GiveUp(ctx, failed, err); giveUpErr != nil {
			_, putErr := r.Jobs.PutOffJob(ctx, failed)
			return r.noted(ctx, Failed, errors.Join(giveUpErr, putErr))
		}
		outcome = GivenUp
	case job.Hopeless():
		outcome = GivenUp
	}
	return r.noted(ctx, outcome, r.Jobs.FinishJob(ctx, job))
}

// noted returns the outcome, or Lost where it could not be noted.
func (r *Runner) noted(ctx context.Context, outcome Outcome, err error) Outcome {
	if err == nil {
		return outcome
	}
	if domain.CodeOf(err) != domain.CodeConflict { // somebody else has it then, who will end it
		r.Logger.WarnContext(ctx, "what became of a job could not be noted; it is done again", "code", domain.CodeOf(err), "error", err)
	}
	return Lost
}

// holding is a job that is held.
type holding struct {
	runner *Runner
	mu     sync.Mutex
	job    domain.Job
	lost   bool
}

func (h *holding) current() (job domain.Job, lost bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.job, h.lost
}

// whileHeld does something and renews the lease meanwhile. When the lease is lost the context of what is done ends.
func (h *holding) whileHeld(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		ticker := time.NewTicker(h.runner.Lease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if !h.renew(ctx) {
					cancel()
					return
				}
			}
		}
	})
	err := guard(ctx, do)
	cancel()
	renewing.Wait()
	return err
}

// renew prolongs the lease. It reports whether the job is still held: it is not when somebody else has it, or when the lease may be over
// since storage does not answer. It goes on when the work ends meanwhile: else nobody would know which revision the job has.
func (h *holding) renew(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackTime)
	defer cancel()
	job, _ := h.current()
	ends := job.DueAt
	job.DueAt = h.runner.Clock.Now().Add(h.runner.Lease)
	renewed, err := h.runner.Jobs.PutOffJob(ctx, job)
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err == nil:
		h.job = renewed
	case domain.CodeOf(err) == domain.CodeConflict, !h.runner.Clock.Now().Before(ends):
		h.lost = true
	}
	return !h.lost
}

// guard turns a panic into an error.
func guard(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v\n%s", value, debug.Stack())
		}
	}()
	return do(ctx)
}
