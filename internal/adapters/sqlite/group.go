package sqlite

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxGroup is how many calls share a transaction at most, so that none waits long for the others.
const maxGroup = 64

// group gathers calls that write at the same time into one transaction. They share its commit, which waits for the disk
// and costs more than the rows of a call. A call that comes alone is not held up.
type group struct {
	store *Store
	mu    sync.Mutex
	// waiting are the calls that no transaction has taken yet, in order of arrival.
	waiting []*groupCall
	// running is set while a goroutine makes transactions.
	running bool
}

// groupCall is a call that waits for its turn.
type groupCall struct {
	do func(*transaction) error
	// err is the outcome once done is closed.
	err  error
	done chan struct{}
}

// Each call has a savepoint of its own, so that one that fails does not take the others with it.
const (
	savepoint = "SAVEPOINT one_call"
	undo      = "ROLLBACK TO one_call"
	release   = "RELEASE one_call"
)

// transact runs do in a transaction, perhaps with other calls. When it returns nil, what do wrote is on disk; else
// nothing of it is stored. The error is that of do, of the driver, or of ctx, which only ends the wait for the turn.
func (g *group) transact(ctx context.Context, do func(*transaction) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	call := &groupCall{do: do, done: make(chan struct{})}
	g.join(call)
	select {
	case <-call.done:
	case <-ctx.Done():
		if g.leave(call) {
			return ctx.Err()
		}
		<-call.done // it has begun, and what becomes of it is known soon
	}
	return call.err
}

func (g *group) join(call *groupCall) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, call)
	if !g.running {
		g.running = true
		go g.run()
	}
}

// leave takes a call back. It reports false when a transaction has taken it already.
func (g *group) leave(call *groupCall) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	before := len(g.waiting)
	g.waiting = slices.DeleteFunc(g.waiting, func(other *groupCall) bool { return other == call })
	return len(g.waiting) < before
}

// take returns the calls for a transaction.
func (g *group) take() []*groupCall {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), maxGroup)
	calls := slices.Clone(g.waiting[:n])
	g.waiting = slices.Delete(g.waiting, 0, n)
	return calls
}

// idle reports that no call waits; from then on the next one starts run again.
func (g *group) idle() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = len(g.waiting) > 0
	return !g.running
}

// run makes transactions until no call waits.
func (g *group) run() {
	for !g.idle() {
		var calls []*groupCall
		// The calls are taken when the write lock is there: until then more may come, and any may leave.
		err := g.store.begin(context.Background(), func(t *transaction) error {
			if calls == nil { // else it is tried again
				calls = g.take()
			}
			return runCalls(t, calls)
		})
		if calls == nil {
			calls = g.take() // no transaction could be had for them
		}
		for _, call := range calls {
			if call.err == nil {
				call.err = err
			}
			close(call.done)
		}
	}
}

// runCalls runs calls one after the other and notes their errors. Its own error is about the whole transaction.
func runCalls(t *transaction, calls []*groupCall) error {
	for _, call := range calls {
		if _, err := t.tx.ExecContext(t.ctx, savepoint); err != nil {
			return err
		}
		if call.err = call.do(t); call.err != nil {
			if _, err := t.tx.ExecContext(t.ctx, undo); err != nil {
				return lost(call.err, err)
			}
		}
		if _, err := t.tx.ExecContext(t.ctx, release); err != nil {
			return err
		}
	}
	return nil
}

// lost returns why a transaction is lost in which a call could not be undone: SQLite itself gives a transaction up for
// some failures of a call, a full disk for one. What only the call did wrong is no reason for the others.
func lost(failed, undoing error) error {
	var known *domain.Error
	if errors.As(failed, &known) {
		return undoing
	}
	return failed
}
