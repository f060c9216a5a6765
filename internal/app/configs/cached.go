package configs

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// FreshFor is how long a document is believed that was read: after a change all processes show the new one within it.
	FreshFor = 5 * time.Second
	// maxCached is how many documents are kept.
	maxCached = 64
	// readTimeout ends a read that many wait for, of whom each may go earlier.
	readTimeout = 5 * time.Second
)

// Cached is Configs that keeps documents for FreshFor. Of callers who ask at once for one that is not kept, one reads
// it for all. Failures, and names that are not there, are not kept.
type Cached struct {
	store ports.Configs
	clock ports.Clock

	mu      sync.Mutex
	kept    map[string]kept
	reading map[string]*read
}

var _ ports.Configs = (*Cached)(nil)

// kept is a document with the time until which it is believed.
type kept struct {
	document domain.ConfigDocument
	until    time.Time
}

// read is a document on its way. document and err are there once done is closed.
type read struct {
	done     chan struct{}
	document domain.ConfigDocument
	err      error
}

// NewCached returns a cache in front of storage.
func NewCached(store ports.Configs, clock ports.Clock) *Cached {
	return &Cached{store: store, clock: clock, kept: map[string]kept{}, reading: map[string]*read{}}
}

// InsertConfig adds a document. CodeConflict when there is one of this name.
func (c *Cached) InsertConfig(ctx context.Context, document domain.ConfigDocument) error {
	return c.store.InsertConfig(ctx, document)
}

// UpdateConfig changes a document, and returns it as stored. It is shown to callers of Config after FreshFor at the latest.
func (c *Cached) UpdateConfig(ctx context.Context, name string, edit func(*domain.ConfigDocument) error) (domain.ConfigDocument, error) {
	return c.store.UpdateConfig(ctx, name, edit)
}

// ListConfigs returns documents as they are now.
func (c *Cached) ListConfigs(ctx context.Context, after string, limit int) ([]domain.ConfigDocument, error) {
	return c.store.ListConfigs(ctx, after, limit)
}

// Config returns a document as it was at most FreshFor ago, or CodeNotFound. Its value is the caller's own.
func (c *Cached) Config(ctx context.Context, name string) (domain.ConfigDocument, error) {
	document, reading := c.look(ctx, name)
	if reading != nil {
		select {
		case <-reading.done:
		case <-ctx.Done():
			return domain.ConfigDocument{}, domain.WrapError(domain.CodeUnavailable, "The call ended before the storage answered.", ctx.Err())
		}
		if reading.err != nil {
			return domain.ConfigDocument{}, reading.err
		}
		document = reading.document
	}
	document.Value = slices.Clone(document.Value)
	return document, nil
}

// look returns a document that is kept and fresh, or one on its way, which it sends for.
func (c *Cached) look(ctx context.Context, name string) (domain.ConfigDocument, *read) {
	now := c.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, ok := c.kept[name]; ok && now.Before(k.until) {
		return k.document, nil
	}
	reading := c.reading[name]
	if reading == nil {
		reading = &read{done: make(chan struct{})}
		c.reading[name] = reading
		// Others wait for it too, so it does not end with the first one's call.
		go c.fetch(context.WithoutCancel(ctx), name, now, reading)
	}
	return domain.ConfigDocument{}, reading
}

// fetch reads a document. It is fresh from the time at which it was asked for.
func (c *Cached) fetch(ctx context.Context, name string, asked time.Time, reading *read) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	reading.document, reading.err = c.store.Config(ctx, name)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.reading, name)
	delete(c.kept, name)
	if reading.err == nil {
		if len(c.kept) >= maxCached {
			clear(c.kept)
		}
		c.kept[name] = kept{reading.document, asked.Add(FreshFor)}
	}
	close(reading.done)
}
