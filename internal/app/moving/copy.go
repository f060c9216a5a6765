package moving

import (
	"context"
	"errors"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Copy makes the target hold what the source holds. The source may be in use meanwhile; then the next run brings what has
// changed. The target must not be in use.
//
// Nothing is changed when the target has people that the source has not, and nothing of a person when the target is ahead
// there, which ends the run: it then seems to have been used by itself. Both are CodeConflict. An item that the target
// refuses ends only the work on its person, and is in the report. When the run is stopped, at any time, starting it again
// goes on with it.
func (c *Copier) Copy(ctx context.Context) (Report, error) {
	return c.run(ctx, Copying, c.copyOwner)
}

// DryRun returns what Copy would do, and fails where that would. It changes nothing.
func (c *Copier) DryRun(ctx context.Context) (Report, error) {
	return c.run(ctx, Planning, c.planOwner)
}

// run does something about everybody, and about what belongs to nobody.
func (c *Copier) run(ctx context.Context, stage Stage, do func(context.Context, domain.UserID, *tally) error) (Report, error) {
	t := newTally()
	sum, err := c.scan(ctx, true)
	if err != nil {
		return t.finish(), err
	}
	t.peopleTotal.Store(sum.people)
	t.eventsTotal.Store(sum.missing)
	defer c.watch(stage, t)()
	owner := func(ctx context.Context, id domain.UserID) error {
		err := c.patiently(ctx, func() error { return do(ctx, id, t) })
		if failure := failureOf(err); failure != nil {
			t.fail(failure)
			err = nil
		}
		t.personDone(id)
		return err
	}
	if c.options.User == "" {
		if err := owner(ctx, ""); err != nil {
			return t.finish(), err
		}
	}
	err = c.eachPerson(ctx, func(ctx context.Context, p person) error {
		if !p.inSource {
			return nil // they came after the check; a comparison tells
		}
		return owner(ctx, p.id)
	})
	return t.finish(), err
}

// planOwner counts what copyOwner would do.
func (c *Copier) planOwner(ctx context.Context, owner domain.UserID, t *tally) error {
	for _, w := range c.works(owner) {
		began := time.Now()
		planned, _, err := w.plan(ctx, owner, true)
		if err != nil {
			return err
		}
		t.tell(w.of(), planned)
		t.took(w.of(), time.Since(began))
	}
	return nil
}

// copyOwner copies everything of an owner. All kinds are looked at before the first one is changed.
func (c *Copier) copyOwner(ctx context.Context, owner domain.UserID, t *tally) error {
	var todo []work
	for _, w := range c.works(owner) {
		began := time.Now()
		planned, needed, err := w.plan(ctx, owner, false)
		if err != nil {
			return err
		}
		if needed {
			todo = append(todo, w)
		} else {
			t.tell(w.of(), planned)
		}
		t.took(w.of(), time.Since(began))
	}
	for _, w := range todo {
		began := time.Now()
		err := w.sync(ctx, owner, t.tell)
		t.took(w.of(), time.Since(began))
		if err != nil {
			return err
		}
	}
	return nil
}

// patiently makes a call again, a bounded number of times, when storage had no time for it or somebody else was faster.
// Whatever it did before is there already the next time.
func (c *Copier) patiently(ctx context.Context, call func() error) error {
	wait := c.pause
	for try := 1; ; try++ {
		err := call()
		if try == tries || !passing(err) || ctx.Err() != nil {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
		wait *= 2
	}
}

// passing reports whether a call that failed may succeed later.
func passing(err error) bool {
	if errors.Is(err, errAhead) {
		return false
	}
	switch domain.CodeOf(err) {
	case domain.CodeBusy, domain.CodeUnavailable, domain.CodeSeqTaken, domain.CodeConflict:
		return true
	default:
		return false
	}
}
