package moving

import (
	"context"
	"fmt"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// batch gathers what is to be written to a shelf.
type batch[T any] struct {
	shelf   *shelf[T]
	owner   domain.UserID
	tell    done
	items   []T
	changes Changes
	size    int
	gone    []string
}

func (b *batch[T]) put(ctx context.Context, item *T, added bool, size int) error {
	b.items = append(b.items, *item)
	b.changes.put(added)
	b.size += size
	if len(b.items) < shelfPage && b.size < batchBytes {
		return nil
	}
	return b.flushItems(ctx)
}

func (b *batch[T]) remove(ctx context.Context, key string) error {
	b.gone = append(b.gone, key)
	if len(b.gone) < shelfPage {
		return nil
	}
	return b.flushGone(ctx)
}

func (b *batch[T]) flush(ctx context.Context) error {
	if err := b.flushItems(ctx); err != nil {
		return err
	}
	return b.flushGone(ctx)
}

func (b *batch[T]) flushItems(ctx context.Context) error {
	if len(b.items) == 0 {
		return nil
	}
	if b.shelf.before != nil {
		if err := b.shelf.before(ctx, b.owner, b.items, b.tell); err != nil {
			return err
		}
	}
	if err := b.shelf.put(ctx, b.owner, b.items); err != nil {
		return err
	}
	b.tell(b.shelf.kind, b.changes)
	clear(b.items)
	b.items, b.changes, b.size = b.items[:0], Changes{}, 0
	return nil
}

func (b *batch[T]) flushGone(ctx context.Context) error {
	if len(b.gone) == 0 {
		return nil
	}
	if err := b.shelf.to.Remove(ctx, b.owner, b.gone); err != nil {
		return fmt.Errorf("removing %s: %w", b.shelf.kind, err)
	}
	b.tell(b.shelf.kind, Changes{Removed: int64(len(b.gone))})
	b.gone = b.gone[:0]
	return nil
}
