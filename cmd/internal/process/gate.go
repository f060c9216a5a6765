package process

import (
	"context"
	"sync/atomic"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Gate says whether a process is ready for work: what it depends on answers, and it is not about to stop.
type Gate struct {
	closed atomic.Bool
	check  func(context.Context) error
}

// NewGate returns an open gate. check asks what the process depends on; nil is always ready.
func NewGate(check func(context.Context) error) *Gate { return &Gate{check: check} }

// Close makes the gate say "not ready" for good.
func (g *Gate) Close() { g.closed.Store(true) }

// Closed reports whether the process is about to stop.
func (g *Gate) Closed() bool { return g.closed.Load() }

// Ready returns nil when the process is ready for work.
func (g *Gate) Ready(ctx context.Context) error {
	if g.closed.Load() {
		return domain.NewError(domain.CodeUnavailable, "This process is stopping.")
	}
	if g.check == nil {
		return nil
	}
	return g.check(ctx)
}
