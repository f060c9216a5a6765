package moving

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestSourceAndTargetAreToldApart(t *testing.T) {
	t.Run("one storage under two names is refused, and nothing is left in it", func(t *testing.T) {
		one := inhabited(3)
		before := contents(t, one)
		err := newCopier(one, one, Options{}).CheckDistinct(t.Context())
		require.Equal(t, domain.CodeConflict, domain.CodeOf(err), "%v", err)
		assert.ErrorContains(t, err, "the same storage")
		assert.Equal(t, before, contents(t, one))
	})
	t.Run("two that hold the same are two", func(t *testing.T) {
		from, to := inhabited(3), newMemory()
		copied(t, from, to)
		before := contents(t, to)
		require.NoError(t, newCopier(from, to, Options{}).CheckDistinct(t.Context()))
		assert.Equal(t, before, contents(t, to))
	})
	t.Run("what fails is told", func(t *testing.T) {
		from, to := inhabited(1), newMemory()
		from.onRead = func(Kind, domain.UserID) error { return errors.New("the source is away") }
		assert.ErrorContains(t, newCopier(from, to, Options{}).CheckDistinct(t.Context()), "the source is away")
		to.onWrite = func(Kind, domain.UserID) error { return errors.New("the target is away") }
		assert.ErrorContains(t, newCopier(from, to, Options{}).CheckDistinct(t.Context()), "the target is away")
	})
}
