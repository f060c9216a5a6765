package porttest

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testArchive(t *testing.T, engine Engine) {
	runCases(t, engine, archiveKinds())
	runCases(t, engine, archiveUserCases())
	runCases(t, engine, archiveSettingsCases())
	runCases(t, engine, archiveDeletionCases())
	runCases(t, engine, archiveDeckCases())
	runCases(t, engine, archiveCardCases())
	runCases(t, engine, archiveEventCases())
	runCases(t, engine, archiveContentCases())
	runCases(t, engine, archiveOwnersCases())
	runCases(t, engine, []testCase{
		{"what the other ports store is on the shelves", archiveHasAll},
		{"what was put expires", archiveExpires},
		{"a place that is seen again keeps when it was first seen", archivePlaceSeen},
		{"a cancelled context reads, puts and removes nothing", archiveCancelled},
	})
}

// kind is one kind of what lies on shelves, so that all kinds are tested alike.
type kind[T any] struct {
	name  string
	shelf func(ports.Archive) ports.Shelf[T]
	// owner owns the items, other has items of the same keys; both are empty where nobody owns any, and one where somebody may.
	owner, other domain.UserID
	// item returns a version of the item of a key. No two versions have a field in common but those of the key, and the even
	// ones have no times that may be missing.
	item func(owner domain.UserID, key string, version int) T
	key  func(T) string
	// full returns the whole key of an item of a key, where that is not all of it.
	full func(key string) string
	// stored checks that the other ports find an item, gone that they do not.
	stored, gone func(*testing.T, ports.Storage, T)
	// begin stores what the items lie in.
	begin func(*testing.T, ports.Storage)
}

// archiveKeys are keys in order of their bytes: no other order that a storage may have is the same.
func archiveKeys() []string {
	return []string{
		"!", "0", "00", "0a", "A", "AB", "B", "Z", "_", "a", "a!", "a-", "a:", "a;", "aa", "ab", "b", "e", "e\u0301", "z", "~",
		"\u00e4", "\u00e9", "\uff21", "\U0001f600",
	}
}

// fullKeys returns the whole keys of items of keys.
func (k kind[T]) fullKeys(keys ...string) []string {
	if k.full == nil {
		return keys
	}
	whole := make([]string, len(keys))
	for i, key := range keys {
		whole[i] = k.full(key)
	}
	return whole
}

// sorted returns keys in order of the bytes of their whole keys.
func (k kind[T]) sorted(keys ...string) []string {
	if k.full == nil {
		return keys
	}
	keys = slices.Clone(keys)
	slices.SortFunc(keys, func(a, b string) int { return cmp.Compare(k.full(a), k.full(b)) })
	return keys
}

// some returns versions of the items of keys, in order of the keys.
func (k kind[T]) some(owner domain.UserID, version int, keys ...string) []T {
	items := make([]T, len(keys))
	for i, key := range keys {
		items[i] = k.item(owner, key, version)
	}
	return items
}

// open opens a store with what the items lie in, and returns the shelf too.
func (k kind[T]) open(t *testing.T, engine Engine) (ports.Storage, ports.Shelf[T]) {
	t.Helper()
	s := engine.Open(t)
	if k.begin != nil {
		k.begin(t, s)
	}
	return s, k.shelf(s.Archive)
}

// requireShelf checks all that is on a shelf of a person.
func requireShelf[T any](t *testing.T, shelf ports.Shelf[T], owner domain.UserID, want []T) {
	t.Helper()
	got, err := shelf.Page(t.Context(), owner, "", 10_000)
	require.NoError(t, err)
	require.NotNil(t, got, "a list is never nil")
	for i := range min(len(want), len(got)) { // one by one, since to show how long lists differ takes minutes
		require.Equalf(t, want[i], got[i], "item %d", i)
	}
	require.Equal(t, len(want), len(got), "items on the shelf")
}

// putItems puts items, in an order that is none.
func putItems[T any](t *testing.T, shelf ports.Shelf[T], owner domain.UserID, items ...T) {
	t.Helper()
	mixed := make([]T, 0, len(items))
	for i := range items {
		mixed = append(mixed, items[(i*7+3)%len(items)])
	}
	if len(items)%7 == 0 {
		mixed = slices.Clone(items)
		slices.Reverse(mixed)
	}
	require.NoError(t, shelf.Put(t.Context(), owner, mixed))
}

func (k kind[T]) cases() []testCase {
	return []testCase{
		{k.name + " come in pages in order of the bytes of their keys", k.pages},
		{k.name + " that are put come back as they are, by the other ports too", k.puts},
		{k.name + " that are put replace those of the same keys, and nothing else", k.replaces},
		{k.name + " are removed by their keys, and nothing else", k.removes},
	}
}

func (k kind[T]) pages(t *testing.T, engine Engine) {
	_, shelf := k.open(t, engine)
	requireShelf(t, shelf, k.owner, nil)
	keys := k.sorted(archiveKeys()...)
	want := k.some(k.owner, 1, keys...)
	putItems(t, shelf, k.owner, want...)
	if k.other != k.owner {
		putItems(t, shelf, k.other, k.some(k.other, 2, "a", "aaa")...)
		requireShelf(t, shelf, k.other, k.some(k.other, 2, "a", "aaa"))
		requireShelf(t, shelf, cmp.Or(k.owner, k.other)[:20], nil)
	}
	place := func(item T) ports.Cursor { return ports.Cursor{ID: k.key(item)} }
	requirePages(t, want, place, func(page ports.Page) ([]T, error) {
		return shelf.Page(t.Context(), k.owner, page.After.ID, page.Limit)
	})
	for _, after := range []string{" ", "C", "aA", "a!!", "\u00e5", "\U0001f601"} {
		got, err := shelf.Page(t.Context(), k.owner, after, 100)
		require.NoError(t, err)
		from, _ := slices.BinarySearch(k.fullKeys(keys...), after)
		require.Equalf(t, append([]T{}, want[from:]...), got, "behind %q, which is not there", after)
	}
}

func (k kind[T]) puts(t *testing.T, engine Engine) {
	s, shelf := k.open(t, engine)
	require.NoError(t, shelf.Put(t.Context(), k.owner, nil), "nothing can be put")
	requireShelf(t, shelf, k.owner, nil)
	want := []T{}
	for version, key := range k.sorted(archiveKeys()[:12]...) {
		want = append(want, k.item(k.owner, key, version+1))
	}
	putItems(t, shelf, k.owner, want...)
	requireShelf(t, shelf, k.owner, want)
	for _, item := range want {
		k.stored(t, s, item)
	}
}

func (k kind[T]) replaces(t *testing.T, engine Engine) {
	s, shelf := k.open(t, engine)
	putItems(t, shelf, k.owner, k.some(k.owner, 3, "a", "b", "c", "d")...)
	theirs := k.some(k.other, 4, "c", "e")
	if k.other != k.owner {
		putItems(t, shelf, k.other, theirs...)
	}
	for version := 5; version <= 6; version++ {
		putItems(t, shelf, k.owner, k.some(k.owner, version, "0", "b", "c", "z")...)
	}
	putItems(t, shelf, k.owner, k.some(k.owner, 2, "c")...) // a lower revision replaces a higher one
	want := []T{
		k.item(k.owner, "0", 6), k.item(k.owner, "a", 3), k.item(k.owner, "b", 6), k.item(k.owner, "c", 2),
		k.item(k.owner, "d", 3), k.item(k.owner, "z", 6),
	}
	requireShelf(t, shelf, k.owner, want)
	if k.other != k.owner {
		requireShelf(t, shelf, k.other, theirs)
		want = append(want, theirs...)
	}
	for _, item := range want {
		k.stored(t, s, item)
	}
}

func (k kind[T]) removes(t *testing.T, engine Engine) {
	s, shelf := k.open(t, engine)
	require.NoError(t, shelf.Remove(t.Context(), k.owner, k.fullKeys("a")), "what is not there is no error")
	items := k.some(k.owner, 3, "%", "A", "a", "aa", "b", "c", "\u00e4")
	putItems(t, shelf, k.owner, items...)
	theirs := k.some(k.other, 4, "a", "c", "d")
	if k.other != k.owner {
		putItems(t, shelf, k.other, theirs...)
	}
	require.NoError(t, shelf.Remove(t.Context(), k.owner, nil))
	requireShelf(t, shelf, k.owner, items)
	for range 2 {
		require.NoError(t, shelf.Remove(t.Context(), k.owner, k.fullKeys("d", "c", "%", "a", "\u00e4", "nobody's", `"`)))
		requireShelf(t, shelf, k.owner, []T{items[1], items[3], items[4]})
	}
	for _, i := range []int{0, 2, 5, 6} {
		k.gone(t, s, items[i])
	}
	k.stored(t, s, items[3])
	putItems(t, shelf, k.owner, k.some(k.owner, 1, "c")...)
	k.stored(t, s, k.item(k.owner, "c", 1))
	if k.other != k.owner {
		requireShelf(t, shelf, k.other, theirs)
	}
}
