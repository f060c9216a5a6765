package argon2

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// maxWaiting is how many callers may wait for each turn. A hash takes some 30 ms, so the last of them waits for about
	// three seconds; who comes later would only make everybody wait longer.
	maxWaiting = 100
	// longestWait is how long they may wait. On a machine that has much else to do a hash takes several times as long; without
	// this bound all who wait would then be told only when the request's deadline has passed.
	longestWait = 3 * time.Second
	// retryAfter is what is said to who comes later: by then those who wait now have had their turns.
	retryAfter = 3 * time.Second
)

// turns lets a few at once through, in the order of their arrival, and a bounded number wait.
type turns struct {
	running chan struct{}
	// places are for those who run and those who wait.
	places chan struct{}
}

func newTurns(atOnce int) turns {
	return turns{running: make(chan struct{}, atOnce), places: make(chan struct{}, atOnce*(1+maxWaiting))}
}

// turnsFor returns how many hashes are made at once on so many cores: half of them, so that the other half is free for all
// else. Measured on two cores with hashes without a break, the slowest of a hundred short requests took some 15 times as
// long as without any when there were two at once, and 2 to 3 times as long with one.
func turnsFor(cores int) int { return max(1, cores/2) }

// busy is the answer to who cannot have a turn soon.
func busy() error {
	return &domain.Error{Code: domain.CodeBusy, Message: "Too many passwords are being checked; try again.", RetryAfter: retryAfter}
}

// take waits for a turn, which give ends. CodeBusy when too many wait, or when the wait is too long; CodeUnavailable around
// the context's error when ctx ends first.
func (t turns) take(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		select {
		case t.places <- struct{}{}:
		default:
			return busy()
		}
		late := time.NewTimer(longestWait)
		defer late.Stop()
		// Those who wait for a channel get it in the order in which they came.
		select {
		case t.running <- struct{}{}:
			return nil
		case <-late.C:
			<-t.places
			return busy()
		case <-ctx.Done():
			<-t.places
			err = ctx.Err()
		}
	}
	return domain.WrapError(domain.CodeUnavailable, "The password could not be checked in time.", err)
}

func (t turns) give() {
	<-t.running
	<-t.places
}
