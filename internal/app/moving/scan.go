package moving

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func compareOwners(a, b domain.UserID) int { return cmp.Compare(a, b) }

// namedAtOnce is how many people a message names.
const namedAtOnce = 5

// extent is how much there is to do.
type extent struct {
	people int64
	// missing is how many events the target has not; both how many events both storages have together.
	missing, both int64
}

// scan counts people and events, before anything is changed. With check it looks where the target is ahead as far as that
// is seen at a glance, by the ends of the logs, the accounts, deletions and settings, and fails when it is or has people that the
// source has not.
func (c *Copier) scan(ctx context.Context, check bool) (extent, error) {
	t := newTally()
	defer c.watch(Counting, t)()
	var mu sync.Mutex
	var sum extent
	var strangers, leaders listed
	err := c.eachPerson(ctx, func(ctx context.Context, p person) error {
		var from, to int64
		err := c.patiently(ctx, func() (err error) {
			if from, to, err = c.log().heads(ctx, p.id); err == nil && check && p.inSource && p.inTarget {
				err = c.glance(ctx, p.id, from, to)
			}
			return err
		})
		if errors.Is(err, errAhead) {
			leaders.add(p.id, err)
		} else if err != nil {
			return err
		}
		if !p.inSource {
			strangers.add(p.id, nil)
		}
		t.personDone(p.id)
		mu.Lock()
		defer mu.Unlock()
		sum.people++
		sum.missing += max(from-to, 0)
		sum.both += from + to
		return nil
	})
	switch {
	case err != nil:
		return sum, err
	case c.options.User != "" && sum.people == 0:
		return sum, domain.NotFound("person: the source has nothing of " + string(c.options.User))
	case check && strangers.count > 0:
		return sum, domain.NewError(domain.CodeConflict, fmt.Sprintf("The target has %d people that the source has not: %s. Are source and target "+
			"the wrong way round? Nothing was changed. Copy into an empty storage, or into one that has nobody else", strangers.count, strangers.names()))
	case leaders.count > 0:
		return sum, leaders.err()
	}
	return sum, nil
}

// log returns the work on review logs.
func (c *Copier) log() *eventLog { return c.ofPerson[0].(*eventLog) }

// glance fails where the target is ahead by what has one item a person.
func (c *Copier) glance(ctx context.Context, owner domain.UserID, from, to int64) error {
	if err := c.log().check(ctx, owner, from, to); err != nil {
		return err
	}
	for _, w := range c.ofPerson {
		if w.of() == Accounts || w.of() == Deletions || w.of() == LearningSettings {
			if _, _, err := w.plan(ctx, owner, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// listed is some people of whom a message names the first ones.
type listed struct {
	mu    sync.Mutex
	count int
	first []namedPerson
}

type namedPerson struct {
	id  domain.UserID
	why error
}

func (l *listed) add(id domain.UserID, why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	l.first = append(l.first, namedPerson{id, why})
	slices.SortFunc(l.first, func(a, b namedPerson) int { return compareOwners(a.id, b.id) })
	l.first = l.first[:min(len(l.first), namedAtOnce)]
}

// names returns the ids of the first ones.
func (l *listed) names() string {
	names := make([]string, len(l.first))
	for i, person := range l.first {
		names[i] = string(person.id)
	}
	if l.count > len(l.first) {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}

// err says why of the first one, and names some others.
func (l *listed) err() error {
	if l.count == 1 {
		return l.first[0].why
	}
	return fmt.Errorf("the target is ahead of the source in what it has of %d people (%s): %w", l.count, l.names(), l.first[0].why)
}
