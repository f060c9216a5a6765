package system

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestIDs(t *testing.T) {
	t.Run("are of version 7 and hold the time", func(t *testing.T) {
		before := time.Now().UnixMilli()
		id, err := uuid.Parse(IDs{}.NewID())
		after := time.Now().UnixMilli()

		require.NoError(t, err)
		assert.Equal(t, uuid.Version(7), id.Version())
		assert.Equal(t, uuid.RFC4122, id.Variant())
		var milliseconds int64
		for _, b := range id[:6] {
			milliseconds = milliseconds<<8 | int64(b)
		}
		assert.GreaterOrEqual(t, milliseconds, before)
		// Ids asked for faster than the counter of a millisecond allows borrow from the milliseconds to come.
		assert.LessOrEqual(t, milliseconds, after+1000)
	})

	t.Run("are in the canonical form of the domain", func(t *testing.T) {
		id := IDs{}.NewID()
		canonical, ok := domain.ParseID(id)
		assert.True(t, ok)
		assert.Equal(t, canonical, id)
	})

	t.Run("are each greater than the one before", func(t *testing.T) {
		last := ""
		for range 20_000 {
			id := IDs{}.NewID()
			require.Greater(t, id, last)
			last = id
		}
	})

	t.Run("are in order for each of many callers, and never twice", func(t *testing.T) {
		const callers, each = 16, 1_000
		made := make([][]string, callers)
		var wait sync.WaitGroup
		for caller := range callers {
			wait.Go(func() {
				for range each {
					made[caller] = append(made[caller], IDs{}.NewID())
				}
			})
		}
		wait.Wait()

		seen := make(map[string]bool, callers*each)
		for _, ids := range made {
			assert.IsIncreasing(t, ids)
			for _, id := range ids {
				assert.False(t, seen[id], "the id %s was made twice", id)
				seen[id] = true
			}
		}
	})
}
