package jobs

import (
	"context"
	"sync"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// holding is a job that is held.
type holding struct {
	runner *Runner
	mu     sync.Mutex
	job    domain.Job
	lost   bool
}

// current returns the job as it was stored last, and whether somebody else may have it.
func (h *holding) current() (job domain.Job, lost bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.job, h.lost
}

// whileHeld does something and renews the lease meanwhile. When the lease is lost the context of what is done ends.
func (h *holding) whileHeld(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		defer cancel()
		h.keep(ctx)
	})
	do(ctx)
	cancel()
	renewing.Wait()
}

// keep renews the lease until ctx ends or the lease is lost: each third of it, and more often while storage does not answer.
func (h *holding) keep(ctx context.Context) {
	wait := h.runner.Lease / 3
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		err := h.renew(ctx)
		if _, lost := h.current(); lost {
			return
		}
		if wait = h.runner.Lease / 3; err != nil {
			wait = h.patience()
		}
	}
}

// patience is how long it is from an attempt to renew the lease that failed until the next one.
func (h *holding) patience() time.Duration { return h.runner.Lease / 10 }

// renew prolongs the lease. It is lost when somebody else has it, or when it would be over before another attempt has ended. An attempt goes
// on when the work ends meanwhile: else nobody would know which revision the job has.
func (h *holding) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storageTime)
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
	case domain.CodeOf(err) == domain.CodeConflict, // the next attempt may take as long as it is until it begins
		h.runner.Clock.Now().Add(2 * h.patience()).After(ends):
		h.lost = true
	}
	return err
}
