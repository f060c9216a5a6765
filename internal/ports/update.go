package ports

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// updateTries is how often an update is tried that meets others.
	updateTries = 20
	// updatePause is how long it waits at most before the second try. It doubles a few times.
	updatePause = time.Millisecond
)

// Update is how an engine keeps what this package promises of edit functions: it reads an object, lets edit change a copy, and calls
// write, which stores the copy where the stored object still has the revision that was read, and reports whether it did. No
// lock is held while edit runs. Write may change the copy into what comes back from storage, which Update returns. CodeBusy
// when others were faster each time, CodeUnavailable when ctx ends while it waits; what is updated is named in the message.
func Update[T any](
	ctx context.Context, what string, read func() (T, error), edit func(*T) error, write func(before, changed *T) (bool, error),
) (T, error) {
	var none T
	for try := range updateTries {
		if err := waitForUpdate(ctx, try); err != nil {
			return none, err
		}
		before, err := read()
		if err != nil {
			return none, err
		}
		changed := before
		if err := edit(&changed); err != nil {
			return none, err
		}
		if done, err := write(&before, &changed); err != nil {
			return none, err
		} else if done {
			return changed, nil
		}
	}
	return none, domain.NewError(domain.CodeBusy, "Others change this "+what+" at the same time. Try again.")
}

// waitForUpdate keeps those who have met from meeting again.
func waitForUpdate(ctx context.Context, try int) error {
	if try == 0 {
		return nil
	}
	timer := time.NewTimer(rand.N(updatePause << min(try, 5))) //nolint:gosec // nothing secret depends on it
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return domain.WrapError(domain.CodeUnavailable, "The call ended before the storage answered.", ctx.Err())
	}
}
