package learning

import (
	"context"
	"hash/maphash"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// turns lets the answers of one person be appended one after the other within a process, so that they do not take each
// other's numbers and try in vain. It only saves work: between processes, and in the end always, the log decides.
type turns struct {
	seed  maphash.Seed
	lanes [256]chan struct{}
}

func newTurns() *turns {
	t := &turns{seed: maphash.MakeSeed()}
	for i := range t.lanes {
		t.lanes[i] = make(chan struct{}, 1)
	}
	return t
}

// take waits for the person's turn. The function it returns ends it.
func (t *turns) take(ctx context.Context, user domain.UserID) (func(), error) {
	lane := t.lanes[maphash.String(t.seed, string(user))%uint64(len(t.lanes))]
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-ctx.Done():
		return nil, domain.WrapError(domain.CodeBusy, "The answer could not be recorded in time. Please send it again.", ctx.Err())
	}
}
