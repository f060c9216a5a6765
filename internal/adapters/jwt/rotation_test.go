package jwt

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// replica is a process of user-service: it has the keys of its start, signs, verifies and publishes.
type replica struct {
	signer   *Signer
	verifier *Verifier
	down     bool
}

// fleet is two replicas of user-service, and processes that fetch the keys from the first one that answers, asking them in
// one order and in the other.
type fleet struct {
	t        *testing.T
	clock    *clock
	replicas [2]*replica
	others   []*Verifier
	// tokens are all that were issued.
	tokens []issued
}

// issued is a token that must be good until it expires.
type issued struct {
	text    string
	expires time.Time
}

const sessionLife = 24 * time.Hour

func newFleet(t *testing.T, ring Keyring) *fleet {
	f := &fleet{t: t, clock: newClock()}
	for i := range f.replicas {
		f.replicas[i] = &replica{}
		f.start(i, ring)
	}
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		f.others = append(f.others, NewVerifier(NewRemoteKeys(func(context.Context) ([]byte, error) {
			for _, i := range order {
				if !f.replicas[i].down {
					return f.replicas[i].signer.JWKS(), nil
				}
			}
			return nil, errors.New("nobody answers")
		}, f.clock), f.clock))
	}
	return f
}

func (f *fleet) start(i int, ring Keyring) {
	signer := ring.Signer(f.clock)
	f.replicas[i].signer, f.replicas[i].verifier, f.replicas[i].down = signer, NewVerifier(signer.Keys(), f.clock), false
}

// check lets each replica that is up sign a person in, and each process verify all tokens there are.
func (f *fleet) check(when string) {
	f.t.Helper()
	for _, r := range f.replicas {
		if !r.down {
			expires := wholeSecond(f.clock.Now().Add(sessionLife))
			token, err := r.signer.IssueSession(domain.SessionClaims{User: "u1", Session: "s1", ExpiresAt: expires})
			require.NoError(f.t, err)
			f.tokens = append(f.tokens, issued{token, expires})
		}
	}
	for i, token := range f.tokens {
		if !f.clock.Now().Before(token.expires) {
			continue
		}
		for name, verifier := range f.verifiers() {
			_, err := verifier.VerifySession(f.t.Context(), token.text)
			require.NoError(f.t, err, "%s: token %d at %s", when, i, name)
		}
	}
}

func (f *fleet) verifiers() map[string]*Verifier {
	found := map[string]*Verifier{}
	for i, r := range f.replicas {
		if !r.down {
			found[fmt.Sprintf("replica %d", i)] = r.verifier
		}
	}
	for i, other := range f.others {
		found[fmt.Sprintf("process %d", i)] = other
	}
	return found
}

// roll restarts the replicas with a keyring, one after the other in an order.
func (f *fleet) roll(step string, ring Keyring, order [2]int) {
	f.t.Helper()
	for _, i := range order {
		f.replicas[i].down = true
		f.check(fmt.Sprintf("%s, replica %d is down", step, i))
		f.start(i, ring)
		f.check(fmt.Sprintf("%s, replica %d is up again", step, i))
	}
}

func TestARotationRefusesNobody(t *testing.T) {
	orders := [][2]int{{0, 1}, {1, 0}}
	for number := range 8 {
		order := [3][2]int{orders[number&1], orders[number>>1&1], orders[number>>2&1]}
		t.Run(fmt.Sprintf("replicas restarting in the orders %v", order), func(t *testing.T) {
			old, next := NewKeyring(newKey(t)), newKey(t)
			f := newFleet(t, old)
			f.check("before")

			ring, err := old.Add(next, f.clock.Now())
			require.NoError(t, err)
			f.roll("add", ring, order[0])
			f.clock.forward(SettleTime)
			ring, err = ring.Promote(f.clock.Now(), false)
			require.NoError(t, err)
			f.roll("promote", ring, order[1])
			f.clock.forward(sessionLife - time.Minute)
			f.check("a day later")
			f.clock.forward(SettleTime + time.Minute)
			ring, err = ring.Drop(f.clock.Now(), sessionLife, false)
			require.NoError(t, err)
			f.roll("drop", ring, order[2])
			require.Equal(t, []string{idOf(next)}, ring.KeyIDs())
		})
	}
}

func TestTokensOfADroppedKeyAreRefused(t *testing.T) {
	leaked, next := newKey(t), newKey(t)
	f := newFleet(t, NewKeyring(leaked))
	f.check("before")
	token := f.tokens[0].text

	ring, err := NewKeyring(leaked).Add(next, f.clock.Now())
	require.NoError(t, err)
	ring, err = ring.Promote(f.clock.Now(), true)
	require.NoError(t, err)
	ring, err = ring.Drop(f.clock.Now(), sessionLife, true)
	require.NoError(t, err)
	f.start(0, ring)
	f.start(1, ring)

	for i, r := range f.replicas {
		_, err := r.verifier.VerifySession(t.Context(), token)
		require.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err), "replica %d, at once", i)
	}
	f.clock.forward(keysFreshFor)
	for i, other := range f.others {
		require.Eventually(t, func() bool {
			_, err := other.VerifySession(t.Context(), token)
			return domain.CodeOf(err) == domain.CodeUnauthenticated
		}, time.Minute, time.Millisecond, "process %d, when its keys are old", i)
	}
}

func TestTwoStepsAtOnceWouldRefusePeople(t *testing.T) {
	old, next := NewKeyring(newKey(t)), newKey(t)
	f := newFleet(t, old)
	ring, err := old.Add(next, f.clock.Now())
	require.NoError(t, err)
	ring, err = ring.Promote(f.clock.Now(), true)
	require.NoError(t, err)
	f.start(0, ring)
	token, err := f.replicas[0].signer.IssueSession(domain.SessionClaims{User: "u1", Session: "s1", ExpiresAt: f.clock.Now().Add(time.Hour)})
	require.NoError(t, err)
	_, err = f.replicas[1].verifier.VerifySession(t.Context(), token)
	require.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err), "this is what the steps are for")
}
