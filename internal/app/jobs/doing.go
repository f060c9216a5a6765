package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// do does a job that was taken, and notes what became of it.
func (r *Runner) do(ctx context.Context, handler Handler, job domain.Job) {
	began := time.Now()
	h := &holding{runner: r, job: job}
	var outcome Outcome
	var err error
	h.whileHeld(ctx, func(ctx context.Context) { outcome, err = r.attempt(ctx, handler, job) })
	outcome = r.end(ctx, h, outcome, err)
	if r.Observer != nil {
		r.Observer.Ended(job.Kind, outcome, time.Since(began))
	}
}

// attempt does a job, or gives it up where there is no hope left. The error is of what has to be tried again.
func (r *Runner) attempt(ctx context.Context, handler Handler, job domain.Job) (Outcome, error) {
	if job.Hopeless() {
		return GivenUp, r.giveUp(ctx, handler, job, lastFailure(job))
	}
	err := r.guard(ctx, job, func() error { return handler.Do(ctx, job) })
	if err == nil || ctx.Err() != nil {
		return Done, err
	}
	failed := job.Failed(reason(err), r.Clock.Now())
	r.Logger.WarnContext(ctx, "a job failed", "kind", job.Kind, "failures", failed.Failures, "code", domain.CodeOf(err), "error", err)
	if !failed.Hopeless() {
		return Failed, err
	}
	if r.giveUp(ctx, handler, failed, err) == nil {
		return GivenUp, nil
	}
	return Failed, err
}

// giveUp has the handler end what cannot be done.
func (r *Runner) giveUp(ctx context.Context, handler Handler, job domain.Job, why error) error {
	err := r.guard(ctx, job, func() error { return handler.GiveUp(ctx, job, why) })
	if err != nil && ctx.Err() == nil {
		r.Logger.WarnContext(ctx, "a job could not be given up; that is tried again", "kind", job.Kind, "code", domain.CodeOf(err), "error", err)
	}
	return err
}

// lastFailure returns why a job without hope failed the last time, nil where it is without hope for other reasons.
func lastFailure(job domain.Job) error {
	if !(domain.Job{Failures: job.Failures}).Hopeless() {
		return nil
	}
	return errors.New(job.LastError)
}

// end finishes a job, puts it off, or gives it back. Who has lost it writes nothing.
func (r *Runner) end(ctx context.Context, h *holding, outcome Outcome, err error) Outcome {
	job, lost := h.current()
	if lost {
		return Lost
	}
	stopped := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storageTime)
	defer cancel()
	switch now := r.Clock.Now(); {
	case err == nil:
		err = r.Jobs.FinishJob(ctx, job)
	case stopped:
		outcome, job.DueAt = GivenBack, now
		_, err = r.Jobs.PutOffJob(ctx, job)
	default:
		outcome = Failed
		failed := job.Failed(reason(err), now)
		if job.Hopeless() && job.LastError != "" {
			failed.LastError = job.LastError // that tells more than why it could not be given up
		}
		_, err = r.Jobs.PutOffJob(ctx, failed)
	}
	if err == nil {
		return outcome
	}
	if domain.CodeOf(err) != domain.CodeConflict { // with a conflict somebody else has it, who will end it
		r.Logger.WarnContext(ctx, "what became of a job could not be noted; it is done again", "code", domain.CodeOf(err), "error", err)
	}
	return Lost
}

// errPanic is a panic of a handler.
var errPanic = errors.New("panic")

// guard turns a panic into an error, and logs where it was.
func (r *Runner) guard(ctx context.Context, job domain.Job, do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("%w: %v", errPanic, value)
			r.Logger.ErrorContext(ctx, "a job panicked", "kind", job.Kind, "error", err, "stack", string(debug.Stack()))
		}
	}()
	return do()
}

// reason says for the operator why a job failed. It holds sentences that are written for people, and no cause: that may hold what they wrote.
func reason(err error) string {
	var e *domain.Error
	switch {
	case errors.Is(err, errPanic):
		return errPanic.Error()
	case errors.As(err, &e) && e.Message != "":
		return string(e.Code) + ": " + e.Message
	}
	return string(domain.CodeOf(err))
}
