package postgres

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUsageThatMeets(t *testing.T) {
	stores := &stock{t: t}
	for name, c := range map[string]struct {
		first   int
		granted bool
	}{
		"who waited for another who left enough is granted the rest": {19, true},
		"who waited for another who left too little is refused":      {20, false},
	} {
		t.Run(name, func(t *testing.T) {
			store := stores.take(t)
			granted := make(chan bool, 1)
			require.NoError(t, meeting(t, store, run(t.Context(), countUsage, owner, 20_000, c.first, 25), func() error {
				more, err := store.Ports().GenerationUsage.CountUsage(t.Context(), owner, 20_000, 6, 25)
				granted <- more
				return err
			}))
			require.Equal(t, c.granted, <-granted)
		})
	}
}
