package argon2

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// instant returns passwords whose hashes cost nothing, with so many at once.
func instant(atOnce int) *Passwords {
	passwords := New()
	passwords.turns = newTurns(atOnce)
	passwords.derive = func(_ string, p params, _ []byte) []byte { return make([]byte, p.keyLength) }
	return passwords
}

// held returns passwords whose only turn somebody has, until they end it.
func held(t *testing.T) (*Passwords, func()) {
	t.Helper()
	passwords := instant(1)
	require.NoError(t, passwords.turns.take(t.Context()))
	return passwords, passwords.turns.give
}

func TestHalfOfTheCoresHash(t *testing.T) {
	for cores, want := range map[int]int{1: 1, 2: 1, 3: 1, 4: 2, 16: 8} {
		require.Equal(t, want, turnsFor(cores), "%d cores", cores)
	}
	require.Equal(t, turnsFor(runtime.GOMAXPROCS(0)), cap(New().turns.running))
}

func TestTurns(t *testing.T) {
	t.Run("no more hashes are made at once than there are turns", func(t *testing.T) {
		passwords := instant(2)
		var running, most atomic.Int32
		passwords.derive = func(_ string, p params, _ []byte) []byte {
			now := running.Add(1)
			defer running.Add(-1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			runtime.Gosched()
			return make([]byte, p.keyLength)
		}
		crowd := cap(passwords.turns.places)
		done := make(chan error)
		for range crowd {
			go func() {
				_, err := passwords.Hash(context.Background(), "x")
				done <- err
			}()
		}
		for range crowd {
			require.NoError(t, <-done, "all of them find a place")
		}
		require.LessOrEqual(t, int(most.Load()), 2)
	})
	t.Run("who comes first is served first", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			passwords, release := held(t)
			var order []int
			for i := range maxWaiting {
				go func() {
					if passwords.turns.take(context.Background()) == nil {
						order = append(order, i) // only who has the turn is here
						passwords.turns.give()
					}
				}()
				synctest.Wait()
			}
			release()
			synctest.Wait()
			require.Len(t, order, maxWaiting)
			require.True(t, slices.IsSorted(order), "%v", order)
		})
	})
	t.Run("a turn is given back", func(t *testing.T) {
		passwords := instant(1)
		for range 3 * cap(passwords.turns.places) {
			_, err := passwords.Hash(t.Context(), "x")
			require.NoError(t, err)
			_, err = passwords.Verify(t.Context(), "x", "", nil)
			require.NoError(t, err)
		}
	})
}

func TestCrowds(t *testing.T) {
	t.Run("when too many wait the next one is told when to come back", func(t *testing.T) {
		passwords, _ := held(t)
		for range maxWaiting {
			passwords.turns.places <- struct{}{}
		}
		_, err := passwords.Hash(t.Context(), "x")
		var refusal *domain.Error
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, domain.CodeBusy, refusal.Code)
		require.Equal(t, retryAfter, refusal.RetryAfter)
		_, err = passwords.Verify(t.Context(), "x", "", nil)
		require.Equal(t, domain.CodeBusy, domain.CodeOf(err))
		<-passwords.turns.places
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = passwords.Hash(ctx, "x")
		require.NotEqual(t, domain.CodeBusy, domain.CodeOf(err), "there is a place again")
	})
	t.Run("who waits gives up when the context ends, and leaves a place", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			passwords, release := held(t)
			ctx, cancel := context.WithCancel(t.Context())
			failures := make(chan error, maxWaiting)
			for range maxWaiting {
				go func() {
					_, err := passwords.Verify(ctx, "x", "", nil)
					failures <- err
				}()
			}
			synctest.Wait()
			require.Empty(t, failures, "they wait")
			cancel()
			for range maxWaiting {
				err := <-failures
				require.ErrorIs(t, err, context.Canceled)
				require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			}
			release()
			_, err := passwords.Hash(t.Context(), "x")
			require.NoError(t, err)
			require.Empty(t, passwords.turns.places)
		})
	})
	t.Run("who has waited for too long is told when to come back, and leaves a place", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			passwords, release := held(t)
			began := time.Now()
			_, err := passwords.Verify(t.Context(), "x", "", nil)
			var refusal *domain.Error
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, domain.CodeBusy, refusal.Code)
			require.Equal(t, retryAfter, refusal.RetryAfter)
			require.Equal(t, longestWait, time.Since(began))
			release()
			require.Empty(t, passwords.turns.places)
		})
	})
	t.Run("who is too late gets no turn even if there is one", func(t *testing.T) {
		passwords := instant(1)
		passwords.derive = func(string, params, []byte) []byte { t.Error("a hash was made"); return nil }
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("gone"))
		for range 50 {
			_, err := passwords.Hash(ctx, "x")
			require.ErrorIs(t, err, context.Canceled)
		}
	})
}
