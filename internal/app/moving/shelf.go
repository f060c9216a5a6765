package moving

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// shelfPage is how many items are read, and written, at a time; cardPage is how many cards are read, since a card may
	// have 128 KiB, notePage how many notes, which may have megabytes, contentPage how many contents, which may have
	// 3 MiB, and blobPage how many parts of files, which have 256 KiB each.
	shelfPage   = domain.MaxEntries
	cardPage    = 100
	notePage    = 10
	contentPage = 4
	blobPage    = 16
	// batchBytes is how much is written at a time, in bytes of the canonical form.
	batchBytes = 4 << 20
)

// side is one of the two storages.
type side int

const (
	source side = iota
	target
)

// done is told what was read and written of a kind.
type done func(Kind, Changes)

// work is what is to be done about one kind of an owner's things.
type work interface {
	// of returns the kind.
	of() Kind
	// plan returns what sync would do, and the error when the target is ahead. Without count it may say less: needed tells
	// whether there is anything to do at all.
	plan(ctx context.Context, owner domain.UserID, count bool) (planned Changes, needed bool, err error)
	// sync makes the target hold what the source holds.
	sync(ctx context.Context, owner domain.UserID, tell done) error
	// sum adds up what one of the two holds.
	sum(ctx context.Context, owner domain.UserID, which side, tell done) (Checksum, error)
}

// shelf is the work on a shelf.
type shelf[T any] struct {
	kind     Kind
	from, to ports.Shelf[T]
	key      func(*T) string
	// ahead says why the target is ahead in an item that differs, "" when it is not; nil when it never is.
	ahead func(source, target *T) string
	page  int
	// before, if it is set, is called with items before they are put.
	before func(ctx context.Context, owner domain.UserID, items []T, tell done) error
}

func newShelf[T any](kind Kind, from, to ports.Shelf[T], key func(*T) string, ahead func(source, target *T) string) *shelf[T] {
	return &shelf[T]{kind: kind, from: from, to: to, key: key, ahead: ahead, page: shelfPage}
}

func (s *shelf[T]) of() Kind { return s.kind }

func (s *shelf[T]) pager(of ports.Shelf[T], owner domain.UserID) *pager[T] {
	return &pager[T]{shelf: of, owner: owner, key: s.key, limit: s.page}
}

// visitor is told what a walk finds.
type visitor[T any] struct {
	same func()
	// put is told of an item that the target has not, or has otherwise; size is that of its canonical form, 0 if unknown.
	put    func(item *T, added bool, size int) error
	remove func(key string) error
}

// walk goes through source and target side by side. It fails where the target is ahead.
func (s *shelf[T]) walk(ctx context.Context, owner domain.UserID, v visitor[T]) error {
	from, to := s.pager(s.from, owner), s.pager(s.to, owner)
	var a, b []byte
	for {
		source, err := from.peek(ctx)
		if err != nil {
			return fmt.Errorf("reading %s of the source: %w", s.kind, err)
		}
		target, err := to.peek(ctx)
		if err != nil {
			return fmt.Errorf("reading %s of the target: %w", s.kind, err)
		}
		switch {
		case source == nil && target == nil:
			return nil
		case target == nil || source != nil && s.key(source) < s.key(target):
			a = canonical(a[:0], source)
			err = v.put(source, true, len(a))
			from.skip()
		case source == nil || s.key(target) < s.key(source):
			err = v.remove(s.key(target))
			to.skip()
		default:
			a, b = canonical(a[:0], source), canonical(b[:0], target)
			err = s.compare(owner, source, target, bytes.Equal(a, b), len(a), v)
			from.skip()
			to.skip()
		}
		if err != nil {
			return err
		}
	}
}

// compare tells what becomes of an item that both have.
func (s *shelf[T]) compare(owner domain.UserID, source, target *T, equal bool, size int, v visitor[T]) error {
	if equal {
		v.same()
		return nil
	}
	if s.ahead != nil {
		if why := s.ahead(source, target); why != "" {
			return ahead(owner, s.kind, s.key(source), why)
		}
	}
	return v.put(source, false, size)
}

func (s *shelf[T]) plan(ctx context.Context, owner domain.UserID, count bool) (planned Changes, needed bool, err error) {
	if !count {
		// Where the target has nothing it is not ahead, and the source is read only once.
		first, err := s.pager(s.to, owner).peek(ctx)
		if err != nil || first == nil {
			return planned, true, err
		}
	}
	err = s.walk(ctx, owner, visitor[T]{
		same: func() { planned.Read++ },
		put: func(_ *T, added bool, _ int) error {
			planned.put(added)
			return nil
		},
		remove: func(string) error {
			planned.Removed++
			return nil
		},
	})
	return planned, planned.Any(), err
}

func (s *shelf[T]) sync(ctx context.Context, owner domain.UserID, tell done) error {
	b := &batch[T]{shelf: s, owner: owner, tell: tell}
	err := s.walk(ctx, owner, visitor[T]{
		same: func() { tell(s.kind, Changes{Read: 1}) },
		put: func(item *T, added bool, size int) error {
			return b.put(ctx, item, added, size)
		},
		remove: func(key string) error { return b.remove(ctx, key) },
	})
	if err != nil {
		return err
	}
	return b.flush(ctx)
}

func (s *shelf[T]) sum(ctx context.Context, owner domain.UserID, which side, tell done) (Checksum, error) {
	of := s.from
	if which == target {
		of = s.to
	}
	var sum Checksum
	var form []byte
	for p := s.pager(of, owner); ; p.skip() {
		item, err := p.peek(ctx)
		if err != nil || item == nil {
			return sum, err
		}
		form = canonical(form[:0], item)
		sum.add(form)
		tell(s.kind, Changes{Read: 1})
	}
}

// put puts items. When the target refuses one of them the error is a *Failure that names it; those before it are stored.
func (s *shelf[T]) put(ctx context.Context, owner domain.UserID, items []T) error {
	err := s.to.Put(ctx, owner, items)
	if !refused(err) {
		if err != nil {
			return fmt.Errorf("writing %s: %w", s.kind, err)
		}
		return nil
	}
	for i := range items {
		if err := s.to.Put(ctx, owner, items[i:i+1]); refused(err) {
			return &Failure{owner, s.kind, s.key(&items[i]), err}
		} else if err != nil {
			return fmt.Errorf("writing %s: %w", s.kind, err)
		}
	}
	return nil
}

// refused reports whether an error is the fault of an item, whatever is done about it.
func refused(err error) bool {
	switch domain.CodeOf(err) {
	case domain.CodeInvalid, domain.CodeTooLarge, domain.CodeEmailTaken:
		return true
	default:
		return false
	}
}

// Failure is an item that the target refuses. What else is there of its person may be there in part, but not their account,
// unless it was there before.
type Failure struct {
	// Owner is the person, "" for what belongs to nobody.
	Owner domain.UserID
	Kind  Kind
	Key   string
	Err   error
}

// Error names the item and says what the target said.
func (f *Failure) Error() string {
	return fmt.Sprintf("the target refuses %s: %v", itemName(f.Owner, f.Kind, f.Key), f.Err)
}

// Unwrap returns what the target said.
func (f *Failure) Unwrap() error { return f.Err }

var _ error = (*Failure)(nil)

// failureOf returns the Failure in an error, nil when there is none.
func failureOf(err error) *Failure {
	var failure *Failure
	errors.As(err, &failure)
	return failure
}
