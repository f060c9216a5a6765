package moving

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// errDead is what a storage says that was killed.
var errDead = errors.New("killed")

// dieAt lets the target die at the nth item that is written, and returns how many were written, or would have been.
func (m *memory) dieAt(n int64) *atomic.Int64 {
	var items atomic.Int64
	m.onItem = func(Kind, domain.UserID) error {
		if items.Add(1) >= n {
			return errDead
		}
		return nil
	}
	return &items
}

// checkHalf fails where a half copied storage could do harm: a memory that is ahead of the log cannot be mended, and who
// can sign in must find all that is theirs.
func checkHalf(t *testing.T, from, half *memory) {
	t.Helper()
	for owner, cards := range half.cards.items {
		for _, card := range cards {
			if card.Memory.Seq > int64(len(half.events[owner])) {
				require.Fail(t, "a memory is ahead of the log")
			}
		}
	}
	for owner := range half.users.items {
		require.Equal(t, from.cards.items[owner], half.cards.items[owner], "there is an account before its cards")
		require.Equal(t, from.decks.items[owner], half.decks.items[owner])
		require.Equal(t, from.notes.items[owner], half.notes.items[owner])
		require.Equal(t, from.contents.items[owner], half.contents.items[owner])
		require.Equal(t, from.blobs.items[owner], half.blobs.items[owner])
		require.Equal(t, from.jobs.items[owner], half.jobs.items[owner])
		require.Equal(t, from.settings.items[owner], half.settings.items[owner])
		require.Equal(t, from.events[owner], half.events[owner])
		require.Equal(t, from.deletions.items[owner], half.deletions.items[owner], "there is an account before its deletion")
		require.Equal(t, from.places.items[owner], half.places.items[owner])
	}
	for owner := range half.jobs.items {
		require.Equal(t, from.contents.items[owner], half.contents.items[owner], "there is a job before its content")
		require.Equal(t, from.blobs.items[owner], half.blobs.items[owner], "there is a job before the file that it reads")
	}
	for owner := range half.apiTokens.items {
		require.Contains(t, half.users.items, owner, "there is an API token before its account")
	}
	for owner := range half.sessions.items {
		require.Contains(t, half.users.items, owner, "there is a sign-in before its account")
	}
}

func TestACopyGoesOnWhereverItWasKilled(t *testing.T) {
	from := inhabited(3)
	t.Run("once, at any item", func(t *testing.T) {
		from, whole := inhabited(0), newMemory()
		from.settle(1, cardPage+20, 40)
		from.settle(2, fewCards, fewEvents)
		all := whole.dieAt(1 << 60)
		copied(t, from, whole)
		for n := int64(1); n <= all.Load(); n += 1 + n/30 {
			to := newMemory()
			to.dieAt(n)
			_, err := newCopier(from, to, Options{}).Copy(t.Context())
			require.ErrorIs(t, err, errDead)
			checkHalf(t, from, to)
			to.onItem = nil
			copied(t, from, to)
			requireEqual(t, from, to)
		}
	})
	t.Run("again and again, each time after some items", func(t *testing.T) {
		to := newMemory()
		kills := 0
		for {
			to.dieAt(30)
			_, err := newCopier(from, to, Options{Workers: 2}).Copy(t.Context())
			if err == nil {
				break
			}
			require.ErrorIs(t, err, errDead)
			checkHalf(t, from, to)
			kills++
		}
		assert.Greater(t, kills, 30)
		requireEqual(t, from, to)
	})
	t.Run("while a second copy brings changes", func(t *testing.T) {
		later := inhabited(3)
		for card := range 30 {
			later.answer(personID(1), 50+card)
		}
		for n := range 40 {
			must(later.cards.Remove(t.Context(), personID(1), []string{string(cardID(n))}))
		}
		for n := int64(1); n <= 60; n += 3 { // 30 events, and the cards they are about
			to := newMemory()
			copied(t, from, to)
			to.dieAt(n)
			_, err := newCopier(later, to, Options{}).Copy(t.Context())
			require.ErrorIs(t, err, errDead)
			to.onItem = nil
			copied(t, later, to)
			requireEqual(t, later, to)
		}
	})
}

func TestACopyStopsWhenItIsToldTo(t *testing.T) {
	from, to := inhabited(6), newMemory()
	ctx, cancel := context.WithCancel(t.Context())
	var writes atomic.Int64
	to.onWrite = func(Kind, domain.UserID) error {
		if writes.Add(1) == 10 {
			cancel()
		}
		return ctx.Err()
	}
	_, err := newCopier(from, to, Options{}).Copy(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Less(t, len(to.users.items), 6)
	to.onWrite = nil
	copied(t, from, to)
	requireEqual(t, from, to)
}

func TestACopyIsTriedAgain(t *testing.T) {
	for _, code := range []domain.Code{domain.CodeBusy, domain.CodeUnavailable, domain.CodeSeqTaken} {
		t.Run("when the target says "+string(code), func(t *testing.T) {
			from, to := inhabited(2), newMemory()
			fail := func(at ...int64) func(Kind, domain.UserID) error {
				var calls atomic.Int64
				return func(Kind, domain.UserID) error {
					if slices.Contains(at, calls.Add(1)) {
						return domain.NewError(code, "Not now.")
					}
					return nil
				}
			}
			from.onRead, to.onRead, to.onItem = fail(3, 5), fail(4), fail(100, manyEvents+100)
			copied(t, from, to)
			from.onRead, to.onRead = fail(3), fail(4)
			requireEqual(t, from, to)
		})
	}
	t.Run("but not for ever", func(t *testing.T) {
		from, to := inhabited(1), newMemory()
		var calls atomic.Int64
		to.onWrite = func(Kind, domain.UserID) error {
			calls.Add(1)
			return domain.NewError(domain.CodeUnavailable, "Never.")
		}
		_, err := newCopier(from, to, Options{}).Copy(t.Context())
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.EqualValues(t, tries, calls.Load())
	})
}

func TestASourceMayBeInUse(t *testing.T) {
	from, to := inhabited(2), newMemory()
	one := personID(1)
	from.onRead = func(kind Kind, owner domain.UserID) error {
		if owner != one || kind != Cards {
			return nil
		}
		from.mu.Lock()
		defer from.mu.Unlock()
		from.answer(one, cardPage+1) // before any page of cards is read, so that its memory is newer than the events copied before
		return nil
	}
	_, err := newCopier(from, to, Options{}).Copy(t.Context())
	require.NoError(t, err)
	card := to.cards.items[one][string(cardID(cardPage+1))]
	assert.Greater(t, card.Memory.Seq, int64(manyEvents))
	assert.LessOrEqual(t, card.Memory.Seq, int64(len(to.events[one])), "the event is there that the memory follows from")

	comparison, err := newCopier(from, to, Options{}).Compare(t.Context())
	require.NoError(t, err)
	from.onRead = nil
	if !comparison.Equal() {
		for _, difference := range comparison.Differences {
			assert.Equal(t, one, difference.Owner, "nobody else has changed")
		}
	}
	copied(t, from, to)
	requireEqual(t, from, to)
}

func TestALogThatLeavesANumberOutIsNotCopied(t *testing.T) {
	from, to := inhabited(1), newMemory()
	log := from.events[personID(1)]
	from.events[personID(1)] = slices.Concat(log[:3], log[4:7])
	_, err := newCopier(from, to, Options{}).Copy(t.Context())
	require.ErrorContains(t, err, "leaves a number out behind 0")
	assert.Empty(t, to.events)
}

func TestPagesOutOfOrderAreNoticed(t *testing.T) {
	from, to := inhabited(1), newMemory()
	storage := from.Storage()
	storage.Archive.Decks = disordered{storage.Archive.Decks}
	_, err := NewCopier(storage, to.Storage(), Options{}).Copy(t.Context())
	require.ErrorContains(t, err, "not the order of the bytes")
}

// disordered returns pages backwards.
type disordered struct {
	ports.Shelf[ports.ArchivedDeck]
}

// Page returns a page backwards.
func (d disordered) Page(ctx context.Context, owner domain.UserID, after string, limit int) ([]ports.ArchivedDeck, error) {
	page, err := d.Shelf.Page(ctx, owner, after, limit)
	if len(page) > 1 {
		page[0], page[1] = page[1], page[0]
	}
	return page, err
}
