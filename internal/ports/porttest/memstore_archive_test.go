package porttest_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// memshelf is a shelf of a memstore.
type memshelf[T any] struct {
	store *memstore
	// rows returns all items with their owners.
	rows func() map[key]T
	// put stores an item, remove removes one.
	put    func(key, T) error
	remove func(key)
	key    func(T) string
	rev    func(*T) *int64
}

func (m *memshelf[T]) Page(ctx context.Context, owner domain.UserID, after string, limit int) ([]T, error) {
	if err := m.store.enter(ctx); err != nil {
		return nil, err
	}
	defer m.store.mu.Unlock()
	s, items, gone := m.store, []T{}, true
	for k, item := range m.rows() {
		if k.owner == owner || s.is("a shelf forgets the owner") {
			items, gone = append(items, item), gone && m.key(item) != after
		}
	}
	slices.SortFunc(items, func(a, b T) int { return s.compareKeys(m.key(a), m.key(b)) })
	items = slices.DeleteFunc(items, func(item T) bool {
		k := m.key(item)
		switch {
		case after == "" || gone && s.is("a shelf begins again where the key it should follow is gone"):
			return false
		case s.is("a page of a shelf begins with the key it should follow"):
			return s.compareKeys(k, after) < 0
		case s.is("a page of a shelf leaves out keys that begin with the one it should follow"):
			return k <= after || strings.HasPrefix(k, after)
		}
		return s.compareKeys(k, after) <= 0
	})
	switch {
	case s.is("a page of a shelf ignores its limit"):
		limit = len(items)
	case s.is("a page of a shelf has one item less than asked for") && limit > 1:
		limit--
	}
	return append(none[T](s), m.shown(items[:min(limit, len(items))])...), nil
}

// shown leaves out cards of deleted decks, in a store whose pages end where these are.
func (m *memshelf[T]) shown(items []T) []T {
	if !m.store.is("a page of a shelf counts cards of deleted decks") {
		return items
	}
	return slices.DeleteFunc(items, func(item T) bool {
		card, ok := any(item).(ports.ArchivedCard)
		_, buried := m.store.buried[key{card.Owner, string(card.ID)}]
		return ok && buried
	})
}

// compareKeys compares keys in the order of the store.
func (s *memstore) compareKeys(a, b string) int {
	switch {
	case s.is("shelves are in order of letters"):
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	case s.is("shelves are in order of UTF-16"):
		return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
	case s.is("shelves leave out marks when they compare"):
		plain := strings.NewReplacer("!", "", "-", "", ":", "", ";", "")
		return cmp.Or(cmp.Compare(plain.Replace(a), plain.Replace(b)), cmp.Compare(a, b))
	}
	return cmp.Compare(a, b)
}

func (m *memshelf[T]) Put(ctx context.Context, owner domain.UserID, items []T) error {
	if err := m.store.enter(ctx); err != nil {
		return err
	}
	defer m.store.mu.Unlock()
	s := m.store
	if len(items) == 0 && s.is("putting nothing is an error") {
		return domain.NewError(domain.CodeInternal, "must provide at least one element in input slice")
	}
	if s.is("Put removes what is not put") {
		m.clear(owner)
	}
	rows := m.rows()
	for i, item := range items {
		k := key{owner, m.key(item)}
		was, there := rows[k]
		switch {
		case i > 0 && s.is("Put stores the first item only"), i >= 500 && s.is("Put stores 500 items at most"):
			return nil
		case there && s.is("Put leaves what is there"):
			continue
		case there && s.is("Put conflicts with what is there"):
			return s.conflict("item")
		case there && m.newer(was, item) && s.is("Put leaves what is of a higher revision"):
			continue
		}
		if m.rev != nil && s.is("Put raises the revision") {
			*m.rev(&item)++
		}
		if m.rev != nil && s.is("Put begins with revision 1") {
			*m.rev(&item) = 1
		}
		if err := m.put(k, item); err != nil {
			return err
		}
		m.replaceOthers(k, item)
	}
	return nil
}

// newer reports whether what is there has a higher revision than an item.
func (m *memshelf[T]) newer(was, item T) bool { return m.rev != nil && *m.rev(&was) > *m.rev(&item) }

// replaceOthers puts an item in place of other people's too, in a store with that fault.
func (m *memshelf[T]) replaceOthers(k key, item T) {
	if !m.store.is("Put replaces what others have") {
		return
	}
	for other := range m.rows() {
		if other.id == k.id && other.owner != k.owner {
			m.remove(other)
			_ = m.put(k, item)
		}
	}
}

// clear removes all that a person has on a shelf.
func (m *memshelf[T]) clear(owner domain.UserID) {
	for k := range m.rows() {
		if k.owner == owner {
			m.remove(k)
		}
	}
}

func (m *memshelf[T]) Remove(ctx context.Context, owner domain.UserID, keys []string) error {
	if err := m.store.enter(ctx); err != nil {
		return err
	}
	defer m.store.mu.Unlock()
	s := m.store
	switch {
	case s.is("Remove removes everything"), len(keys) == 0 && s.is("removing nothing removes everything"):
		m.clear(owner)
	case s.is("Remove does nothing"):
		return nil
	case len(keys) > 500 && s.is("Remove removes 500 items at most"):
		keys = keys[:500]
	case len(keys) > 1 && s.is("Remove removes the first item only"):
		keys = keys[:1]
	}
	rows := m.rows()
	missing := slices.ContainsFunc(keys, func(id string) bool { _, there := rows[key{owner, id}]; return !there })
	if missing && s.is("removing what is not there is an error") {
		return s.notFound("item")
	}
	for k := range rows {
		named := slices.ContainsFunc(keys, func(key string) bool {
			return k.id == key || s.is("Remove removes keys in other letters") && strings.EqualFold(k.id, key) ||
				s.is("Remove takes keys for prefixes") && strings.HasPrefix(k.id, key)
		})
		if named && (k.owner == owner || s.is("Remove forgets the owner")) {
			m.remove(k)
		}
	}
	return nil
}
