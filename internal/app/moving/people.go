package moving

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// ownersPage is how many people are asked for at a time.
const ownersPage = 1000

// person is somebody of whom something is stored, and where.
type person struct {
	id                 domain.UserID
	inSource, inTarget bool
}

// people yields everybody of whom either storage has something, in order, or only the person of the options. It ends after
// the first error.
func (c *Copier) people(ctx context.Context) iter.Seq2[person, error] {
	return func(yield func(person, error) bool) {
		from, to := ownersOf(c.from.Archive.Owners, c.options.User), ownersOf(c.to.Archive.Owners, c.options.User)
		for {
			source, more, err := from.peek(ctx)
			if err != nil {
				yield(person{}, fmt.Errorf("listing the people of the source: %w", err))
				return
			}
			target, also, err := to.peek(ctx)
			if err != nil {
				yield(person{}, fmt.Errorf("listing the people of the target: %w", err))
				return
			}
			p := person{inSource: more && (!also || source <= target), inTarget: also && (!more || target <= source)}
			switch {
			case p.inSource:
				p.id = source
			case p.inTarget:
				p.id = target
			default:
				return
			}
			if p.inSource {
				from.next++
			}
			if p.inTarget {
				to.next++
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// owners goes through the people of a storage and holds one page of them.
type owners struct {
	list  ports.Owners
	only  domain.UserID
	page  []domain.UserID
	next  int
	after domain.UserID
	ended bool
}

// ownersOf begins at the beginning, or just before the only person who is asked for.
func ownersOf(list ports.Owners, only domain.UserID) *owners {
	o := &owners{list: list, only: only}
	if only != "" {
		o.after = only[:len(only)-1]
	}
	return o
}

// peek returns the person at hand; false at the end.
func (o *owners) peek(ctx context.Context) (domain.UserID, bool, error) {
	for {
		if o.next < len(o.page) {
			if id := o.page[o.next]; o.only == "" || id == o.only {
				return id, true, nil
			} else if id > o.only {
				return "", false, nil
			}
			o.next++
			continue
		}
		if o.ended {
			return "", false, nil
		}
		limit := ownersPage
		if o.only != "" {
			limit = 1
		}
		page, err := o.list.Owners(ctx, o.after, limit)
		if err != nil {
			return "", false, err
		}
		o.page, o.next, o.ended = page, 0, len(page) < limit
		if len(page) > 0 {
			o.after = page[len(page)-1]
		}
	}
}

// eachPerson calls do for people, several at the same time, until the first error, which it returns.
func (c *Copier) eachPerson(ctx context.Context, do func(context.Context, person) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan person)
	var workers sync.WaitGroup
	for range c.options.Workers {
		workers.Go(func() {
			for p := range queue {
				if ctx.Err() != nil {
					continue
				}
				if err := do(ctx, p); err != nil {
					stop(err)
				}
			}
		})
	}
	for p, err := range c.people(ctx) {
		if err != nil {
			stop(err)
			break
		}
		select {
		case queue <- p:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}
