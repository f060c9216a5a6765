package moving

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// KindComparison is what both storages hold of a kind.
type KindComparison struct {
	Kind           Kind
	Source, Target Checksum
}

// Equal reports whether both hold the same.
func (k KindComparison) Equal() bool { return k.Source == k.Target }

// Difference is a kind of a person's things of which the storages do not hold the same.
type Difference struct {
	// Owner is the person, "" for what belongs to nobody.
	Owner domain.UserID
	KindComparison
}

// Comparison is what two storages hold.
type Comparison struct {
	People int64
	// Kinds has all kinds in the order of Kinds.
	Kinds []KindComparison
	// Differences are in order of the people, nobody first. Differing is how many there are, of which the first hundred
	// found are listed.
	Differences []Difference
	Differing   int64
}

// Equal reports whether both storages hold the same.
func (c Comparison) Equal() bool { return c.Differing == 0 }

// Compare reads everything that the two storages hold once, and changes nothing. Where the source is in use, differences
// may come from what happened meanwhile.
func (c *Copier) Compare(ctx context.Context) (Comparison, error) {
	sums := &sums{}
	for _, kind := range Kinds() {
		sums.Kinds = append(sums.Kinds, KindComparison{Kind: kind})
	}
	extent, err := c.scan(ctx, false)
	if err != nil {
		return sums.Comparison, err
	}
	t := newTally()
	t.peopleTotal.Store(extent.people)
	t.eventsTotal.Store(extent.both)
	defer c.watch(Comparing, t)()
	if c.options.User == "" {
		if err := c.compareOwner(ctx, "", sums, t); err != nil {
			return sums.Comparison, err
		}
	}
	err = c.eachPerson(ctx, func(ctx context.Context, p person) error {
		return c.compareOwner(ctx, p.id, sums, t)
	})
	sums.People = t.people.Load()
	slices.SortStableFunc(sums.Differences, func(a, b Difference) int { return compareOwners(a.Owner, b.Owner) })
	return sums.Comparison, err
}

// compareOwner compares what the storages hold of an owner.
func (c *Copier) compareOwner(ctx context.Context, owner domain.UserID, sums *sums, t *tally) error {
	for _, w := range c.works(owner) {
		kind := KindComparison{Kind: w.of()}
		err := c.patiently(ctx, func() (err error) {
			if kind.Source, err = w.sum(ctx, owner, source, t.tell); err != nil {
				return fmt.Errorf("reading %s of the source: %w", w.of(), err)
			}
			if kind.Target, err = w.sum(ctx, owner, target, t.tell); err != nil {
				return fmt.Errorf("reading %s of the target: %w", w.of(), err)
			}
			return nil
		})
		if err != nil {
			return err
		}
		sums.add(owner, kind)
	}
	t.personDone(owner)
	return nil
}

// sums gathers a comparison.
type sums struct {
	mu sync.Mutex
	Comparison
}

func (s *sums) add(owner domain.UserID, found KindComparison) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.Kinds, func(k KindComparison) bool { return k.Kind == found.Kind })
	s.Kinds[i].Source.merge(found.Source)
	s.Kinds[i].Target.merge(found.Target)
	if found.Equal() {
		return
	}
	s.Differing++
	if len(s.Differences) < maxListed {
		s.Differences = append(s.Differences, Difference{owner, found})
	}
}
