package mongo

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestPutAPIToken(t *testing.T) {
	t.Run("of many who put a new token at once none fails, and one is stored", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		failures := make([]error, 20)
		var running sync.WaitGroup
		for i := range failures {
			running.Go(func() {
				failures[i] = s.PutAPIToken(t.Context(), domain.APIToken{ID: "token-1", Owner: ada, Name: fmt.Sprint("Name ", i)})
			})
		}
		running.Wait()
		for _, err := range failures {
			require.NoError(t, err)
		}
		requireStored(t, 1, s.apiTokens)
	})
}
