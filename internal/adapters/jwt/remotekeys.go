package jwt

import (
	"context"
	"crypto/ed25519"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// keysFreshFor is how long a fetched key set is believed, so that a key that was taken out stops working.
	keysFreshFor = 5 * time.Minute
	// keysRetryAfter is how long an unknown key id waits for the next fetch: made-up ids must not become a flood.
	keysRetryAfter = 5 * time.Second
	// keysRetryAfterFailure is shorter, so that a process that starts before the user-service is soon of use.
	keysRetryAfterFailure = time.Second
	// keysFetchTimeout ends a fetch that hangs.
	keysFetchTimeout = 5 * time.Second
)

// RemoteKeys is a KeySource that fetches a JWK set, keeps it, and fetches it again when it is old or when a key id is
// unknown. While nothing can be fetched the keys it has go on to work.
type RemoteKeys struct {
	fetch  func(ctx context.Context) ([]byte, error)
	clock  ports.Clock
	flight singleflight.Group

	mu        sync.RWMutex
	set       keySet
	fetchedAt time.Time // of the set, zero before the first
	triedAt   time.Time
	failed    error // of the last try
}

var _ KeySource = (*RemoteKeys)(nil)

// NewRemoteKeys returns a source that calls fetch for a JWK set. One fetch runs at a time, under a timeout of its own.
func NewRemoteKeys(fetch func(ctx context.Context) ([]byte, error), clock ports.Clock) *RemoteKeys {
	return &RemoteKeys{fetch: fetch, clock: clock}
}

// PublicKey returns the key of an id. CodeUnauthenticated when the key set does not have it, CodeUnavailable when the
// key set cannot be had.
func (r *RemoteKeys) PublicKey(ctx context.Context, id string) (ed25519.PublicKey, error) {
	key, fresh := r.look(id)
	if key != nil {
		if !fresh {
			r.start(ctx) // whoever comes next gets the fresh set; nobody waits for it with the key in hand
		}
		return key, nil
	}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if found := r.set[id]; found != nil {
		return found, nil
	}
	if r.failed != nil {
		return nil, domain.WrapError(domain.CodeUnavailable, "The keys to check tokens cannot be had.", r.failed)
	}
	return nil, errUnknownKey
}

func (r *RemoteKeys) look(id string) (key ed25519.PublicKey, fresh bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.set[id], r.clock.Now().Before(r.fetchedAt.Add(keysFreshFor))
}

// refresh fetches the set unless that was just tried. Its error is only about the caller's own wait.
func (r *RemoteKeys) refresh(ctx context.Context) error {
	select {
	case <-r.start(ctx):
		return nil
	case <-ctx.Done():
		return domain.WrapError(domain.CodeUnavailable, "The keys to check tokens were not there in time.", ctx.Err())
	}
}

// start begins to fetch the set unless that was just tried, or joins a fetch that is under way.
func (r *RemoteKeys) start(ctx context.Context) <-chan singleflight.Result {
	return r.flight.DoChan("", func() (any, error) {
		if r.due() {
			r.load(context.WithoutCancel(ctx))
		}
		return nil, nil
	})
}

func (r *RemoteKeys) due() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	wait := keysRetryAfter
	if r.failed != nil {
		wait = keysRetryAfterFailure
	}
	return r.triedAt.IsZero() || !r.clock.Now().Before(r.triedAt.Add(wait))
}

func (r *RemoteKeys) load(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, keysFetchTimeout)
	defer cancel()
	text, err := r.fetch(ctx)
	var set keySet
	if err == nil {
		set, err = parseKeySet(text)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.triedAt, r.failed = r.clock.Now(), err
	if err == nil {
		r.set, r.fetchedAt = set, r.triedAt
	}
}
