package erasing_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/app/erasing"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

const (
	ada domain.UserID = "0190a000-0000-7000-8000-000000000001"
	bob domain.UserID = "0190a000-0000-7000-8000-000000000002"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// world is a storage in which Ada and Bob have a deck each.
type world struct {
	ports.Storage
	now time.Time
}

func (w *world) Now() time.Time { return w.now }

func newWorld(t *testing.T) *world {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Migrate(t.Context()))
	w := &world{Storage: store.Ports(), now: noon}
	w.addDeck(t, ada)
	w.addDeck(t, bob)
	require.NoError(t, w.Deletions.InsertDeletion(t.Context(), domain.NewDeletion(ada, noon)))
	return w
}

// deck is the id of a person's deck: the same as their own.
func deck(owner domain.UserID) domain.DeckID { return domain.DeckID(owner) }

func (w *world) addDeck(t *testing.T, owner domain.UserID) {
	t.Helper()
	require.NoError(t, w.Decks.InsertDeck(t.Context(), domain.Deck{ID: deck(owner), Owner: owner, CreatedAt: noon, UpdatedAt: noon, Rev: 1}))
}

func (w *world) hasDeck(t *testing.T, owner domain.UserID) bool {
	t.Helper()
	_, err := w.Decks.Deck(t.Context(), owner, deck(owner))
	if domain.CodeOf(err) != domain.CodeNotFound {
		require.NoError(t, err)
	}
	return err == nil
}

// run lets the services of some parts do what is due, and returns how much that was.
func (w *world) run(t *testing.T, parts ...domain.Part) int {
	t.Helper()
	total := 0
	for _, part := range parts {
		people, err := erasing.New(w.Storage, w, part).Run(t.Context())
		require.NoError(t, err)
		total += people
	}
	return total
}

func (w *world) pending(t *testing.T) int {
	t.Helper()
	deletions, err := w.Deletions.Deletions(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	return len(deletions)
}

func TestWhatIsRemoved(t *testing.T) {
	t.Run("a service removes its part of who left, at once, and nothing of others", func(t *testing.T) {
		w := newWorld(t)
		w.run(t, domain.PartLearning, domain.PartAccount)
		require.True(t, w.hasDeck(t, ada), "that is the part of another service")
		w.run(t, domain.PartDecks)
		assert.False(t, w.hasDeck(t, ada))
		assert.True(t, w.hasDeck(t, bob))
	})
	t.Run("what was on its way is removed in the end, and then the deletion is forgotten", func(t *testing.T) {
		w := newWorld(t)
		w.run(t, domain.Parts()...)
		w.addDeck(t, ada)
		require.Zero(t, w.run(t, domain.Parts()...), "there is a time to wait")
		require.True(t, w.hasDeck(t, ada))
		w.now = noon.Add(domain.DeletionGrace)
		w.run(t, domain.Parts()...)
		assert.False(t, w.hasDeck(t, ada))
		assert.Zero(t, w.pending(t))
	})
	t.Run("the deletion stays until the last service has done its part", func(t *testing.T) {
		w := newWorld(t)
		w.now = noon.Add(domain.DeletionGrace)
		w.run(t, domain.PartAccount, domain.PartLearning, domain.PartGeneration)
		require.Equal(t, 1, w.pending(t))
		w.run(t, domain.PartDecks)
		assert.Zero(t, w.pending(t))
	})
	t.Run("work that ended between the last part and forgetting is completed by any service", func(t *testing.T) {
		w := newWorld(t)
		_, err := w.Deletions.UpdateDeletion(t.Context(), ada, func(d *domain.Deletion) error {
			d.Cleared, d.Finished = domain.Parts(), domain.Parts()
			return nil
		})
		require.NoError(t, err)
		w.run(t, domain.PartAccount)
		assert.Zero(t, w.pending(t))
	})
}

func TestAPartIsNotDoneUntilStorageSaysSo(t *testing.T) {
	lost := domain.NewError(domain.CodeUnavailable, "no answer")
	w := newWorld(t)
	erasure := mocks.NewErasure(t)
	calls := 0
	erasure.EXPECT().EraseDecks(mock.Anything, ada).RunAndReturn(func(context.Context, domain.UserID) (bool, error) {
		if calls++; calls == 3 {
			return false, lost
		}
		return calls > 5, nil
	})
	w.Storage.Erasure = erasure
	_, err := erasing.New(w.Storage, w, domain.PartDecks).Run(t.Context())
	require.ErrorIs(t, err, lost)
	assert.Equal(t, 1, w.run(t, domain.PartDecks), "it is tried again")
	assert.Equal(t, 6, calls)
	assert.Zero(t, w.run(t, domain.PartDecks))
}
