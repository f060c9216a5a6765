package moving

import (
	"context"
	"fmt"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// pager goes through the items of an owner on one shelf, in order of their keys, and holds one page of them.
type pager[T any] struct {
	shelf ports.Shelf[T]
	owner domain.UserID
	key   func(*T) string
	limit int
	items []T
	next  int
	after string
	ended bool
}

// peek returns the item at hand, nil at the end.
func (p *pager[T]) peek(ctx context.Context) (*T, error) {
	if p.next == len(p.items) && !p.ended {
		if err := p.read(ctx); err != nil {
			return nil, err
		}
	}
	if p.next == len(p.items) {
		return nil, nil
	}
	return &p.items[p.next], nil
}

func (p *pager[T]) skip() { p.next++ }

// read reads the next page. What goes through two shelves side by side rests on the order, so it is checked.
func (p *pager[T]) read(ctx context.Context) error {
	items, err := p.shelf.Page(ctx, p.owner, p.after, p.limit)
	if err != nil {
		return err
	}
	for i := range items {
		key := p.key(&items[i])
		if key <= p.after {
			return domain.NewError(domain.CodeInternal, fmt.Sprintf("storage returns %q behind %q, which is not the order of the bytes", key, p.after))
		}
		p.after = key
	}
	p.items, p.next, p.ended = items, 0, len(items) < p.limit
	return nil
}
