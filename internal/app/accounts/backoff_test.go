package accounts_test

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// from returns a client at one of many networks.
func from(n int) domain.Client {
	return domain.NewClient(netip.AddrFrom4([4]byte{100, byte(n >> 8), byte(n), 1}), "curl/8.0")
}

func TestGuessingAPassword(t *testing.T) {
	t.Run("from one address has to wait after a few tries, and the wait doubles", func(t *testing.T) {
		w := newWorld(t)
		w.signUp(t)
		for range 5 {
			_, code := w.signIn(t, "wrong", stranger)
			require.Equal(t, domain.CodeBadCredentials, code)
		}
		_, code := w.signIn(t, "wrong", stranger)
		require.Equal(t, domain.CodeBadCredentials, code)
		for _, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
			_, err := w.SignIn(t.Context(), "ada@example.org", right, stranger)
			var refusal *domain.Error
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, domain.CodeTooManyAttempts, refusal.Code, "even with the right password")
			require.Equal(t, wait, refusal.RetryAfter)
			w.clock.pass(wait)
			_, code := w.signIn(t, "wrong", stranger)
			require.Equal(t, domain.CodeBadCredentials, code)
		}
	})
	t.Run("refused tries do not lengthen the wait", func(t *testing.T) {
		w := newWorld(t)
		w.signUp(t)
		for range 100 {
			w.signIn(t, "wrong", stranger)
		}
		w.clock.pass(time.Second)
		_, code := w.signIn(t, right, stranger)
		assert.Empty(t, code)
	})
	t.Run("many at once get no more tries than many in a row", func(t *testing.T) {
		w := newWorld(t)
		w.signUp(t)
		var looked atomic.Int32
		var all sync.WaitGroup
		for range 60 {
			all.Go(func() {
				if _, code := w.signIn(t, "wrong", stranger); code == domain.CodeBadCredentials {
					looked.Add(1)
				}
			})
		}
		all.Wait()
		assert.LessOrEqual(t, looked.Load(), int32(6))
	})
	t.Run("from many addresses has to wait too, and does not keep its owner out where they have signed in before", func(t *testing.T) {
		w := newWorld(t)
		w.signUp(t)
		looked := 0
		for n := range 200 {
			if _, code := w.signIn(t, "wrong", from(n)); code == domain.CodeBadCredentials {
				looked++
			}
		}
		assert.Equal(t, 31, looked)
		_, code := w.signIn(t, right, from(999))
		assert.Equal(t, domain.CodeTooManyAttempts, code)
		_, code = w.signIn(t, right, home)
		assert.Empty(t, code)
	})
	t.Run("on an address without an account is answered the same", func(t *testing.T) {
		w := newWorld(t)
		w.signUp(t)
		for n := range 40 {
			_, err := w.SignIn(t.Context(), "nobody@example.org", "wrong", stranger)
			_, code := w.signIn(t, "wrong", stranger)
			require.Equal(t, code, domain.CodeOf(err), "try %d", n)
		}
	})
	t.Run("is forgotten when its owner has signed in", func(t *testing.T) {
		w := newWorld(t)
		w.signUp(t)
		for range 10 {
			for range 5 {
				_, code := w.signIn(t, "wrong", home)
				require.Equal(t, domain.CodeBadCredentials, code)
			}
			_, code := w.signIn(t, right, home)
			require.Empty(t, code)
		}
	})
}

func TestOnePasswordTriedOnManyPeople(t *testing.T) {
	w := newWorld(t)
	w.signUp(t)
	refused := 0
	for n := range 130 {
		_, err := w.SignIn(t.Context(), fmt.Sprintf("pupil%d@example.org", n), "wrong", home)
		if domain.CodeOf(err) == domain.CodeTooManyAttempts {
			refused++
		}
	}
	assert.Equal(t, 29, refused, "one address gets a hundred and one tries")
	_, code := w.signIn(t, right, home)
	assert.Empty(t, code, "who has signed in there before is not kept out")
}
