package ports_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestUpdate(t *testing.T) {
	broken := errors.New("no")
	stored := 1
	read := func() (int, error) { return stored, nil }
	double := func(n *int) error { *n *= 2; return nil }
	t.Run("others who are faster are not overwritten", func(t *testing.T) {
		stored = 1
		got, err := ports.Update(t.Context(), "number", read, double, func(before, changed *int) (bool, error) {
			if *before < 3 {
				stored++ // somebody else
				return false, nil
			}
			stored = *changed
			return true, nil
		})
		require.NoError(t, err)
		require.Equal(t, 6, got)
		require.Equal(t, 6, stored)
	})
	t.Run("what write makes of the copy is returned", func(t *testing.T) {
		got, err := ports.Update(t.Context(), "number", read, double, func(_, changed *int) (bool, error) { *changed = 7; return true, nil })
		require.NoError(t, err)
		require.Equal(t, 7, got)
	})
	t.Run("it is busy when others are always faster", func(t *testing.T) {
		tries := 0
		_, err := ports.Update(t.Context(), "number", read, double, func(_, _ *int) (bool, error) { tries++; return false, nil })
		require.Equal(t, domain.CodeBusy, domain.CodeOf(err))
		require.ErrorContains(t, err, "number")
		require.Greater(t, tries, 10)
	})
	t.Run("it ends with its context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := ports.Update(ctx, "number", read, double, func(_, _ *int) (bool, error) { cancel(); return false, nil })
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("errors are returned as they are, at once", func(t *testing.T) {
		calls := 0
		write := func(_, _ *int) (bool, error) { calls++; return false, broken }
		_, err := ports.Update(t.Context(), "number", read, double, write)
		require.Equal(t, broken, err)
		_, err = ports.Update(t.Context(), "number", read, func(*int) error { return broken }, write)
		require.Equal(t, broken, err)
		_, err = ports.Update(t.Context(), "number", func() (int, error) { return 0, broken }, double, write)
		require.Equal(t, broken, err)
		require.Equal(t, 1, calls)
	})
}
