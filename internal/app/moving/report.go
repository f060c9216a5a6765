package moving

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxListed is how many failures, and differences, are kept to be told.
const maxListed = 100

// Changes are what was done about some items.
type Changes struct {
	// Read is how many of the source were read; of the events those that the target did not have.
	Read int64
	// Added, Changed and Removed are how many were written, or would be, at the target.
	Added, Changed, Removed int64
}

// Any reports whether anything changes.
func (c Changes) Any() bool { return c.Added+c.Changed+c.Removed > 0 }

func (c *Changes) put(added bool) {
	c.Read++
	if added {
		c.Added++
	} else {
		c.Changed++
	}
}

func (c *Changes) plus(other Changes) {
	c.Read += other.Read
	c.Added += other.Added
	c.Changed += other.Changed
	c.Removed += other.Removed
}

// KindReport is what was done about a kind.
type KindReport struct {
	Kind Kind
	Changes
	// Took is how long the workers took for it together.
	Took time.Duration
}

// Report is what a run did, or, when it was dry, would have done.
type Report struct {
	// People is how many people it was about.
	People int64
	// Kinds has all kinds in the order of Kinds.
	Kinds []KindReport
	// Failures are items that the target refused; the rest of their people waits. Failed is how many there are, of which
	// the first hundred are listed.
	Failures []*Failure
	Failed   int64
}

// Total returns the sum of all kinds.
func (r Report) Total() Changes {
	var total Changes
	for _, kind := range r.Kinds {
		total.plus(kind.Changes)
	}
	return total
}

// tally gathers a report.
type tally struct {
	mu     sync.Mutex
	report Report
	// people, events and items are how many are done; peopleTotal and eventsTotal how many there are.
	people, events, items    atomic.Int64
	peopleTotal, eventsTotal atomic.Int64
}

func newTally() *tally {
	t := &tally{}
	for _, kind := range Kinds() {
		t.report.Kinds = append(t.report.Kinds, KindReport{Kind: kind})
	}
	return t
}

// tell adds what was done about a kind.
func (t *tally) tell(kind Kind, changes Changes) {
	items := changes.Read + changes.Removed
	t.items.Add(items)
	if kind == Events {
		t.events.Add(items)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of(kind).plus(changes)
}

func (t *tally) took(kind Kind, time time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of(kind).Took += time
}

func (t *tally) of(kind Kind) *KindReport {
	return &t.report.Kinds[slices.IndexFunc(t.report.Kinds, func(k KindReport) bool { return k.Kind == kind })]
}

func (t *tally) fail(failure *Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.Failed++
	if len(t.report.Failures) < maxListed {
		t.report.Failures = append(t.report.Failures, failure)
	}
}

// personDone counts a person, but not nobody.
func (t *tally) personDone(owner domain.UserID) {
	if owner != "" {
		t.people.Add(1)
	}
}

// finish returns the report.
func (t *tally) finish() Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	report := t.report
	report.People = t.people.Load()
	report.Kinds, report.Failures = slices.Clone(report.Kinds), slices.Clone(report.Failures)
	slices.SortFunc(report.Failures, func(a, b *Failure) int { return compareOwners(a.Owner, b.Owner) })
	return report
}
