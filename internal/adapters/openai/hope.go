package openai

import (
	"context"
	"sync"
)

// hope knows whether it makes sense to ask about more parts.
type hope struct {
	mu            sync.Mutex
	good          bool
	away          int
	last, certain *failure
}

// learn notes how a call ended.
func (h *hope) learn(f *failure) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case f == nil || f.answered:
		h.good = true // it answers
	case f.hopeless:
		h.certain = f
	default:
		h.away++
		h.last = f
	}
}

// lost returns why no more calls are to be made, nil when they are. A service that failed for as many parts as are asked about
// at once, and has never answered, is away: to find that out for every part would take many deadlines.
func (h *hope) lost(ctx context.Context) *failure {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return errTooSlow
	case h.certain != nil:
		return h.certain
	case !h.good && h.away >= maxAtOnce:
		return h.last
	}
	return nil
}
