package jwt

import (
	"crypto/ed25519"
	"fmt"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// SettleTime is how long a step of a rotation is given until everybody knows of it: replicas restart, key sets that others
// keep (keysFreshFor) grow old.
const SettleTime = 10 * time.Minute

// A key is replaced in three steps, with a restart of each replica of user-service after each of them: Add, Promote, Drop.
// Replicas that are a step apart know all keys that tokens are signed with at that moment, so no order of restarts refuses
// anybody. Two steps apart they do not.

// Add returns the keyring with a key that verifies and does not sign yet. CodeConflict when there is one already.
func (k Keyring) Add(key ed25519.PrivateKey, now time.Time) (Keyring, error) {
	if k.waiting() > 0 {
		return Keyring{}, outOfStep("A key was added already, and waits to be promoted.")
	}
	if len(k.keys) == maxKeys {
		return Keyring{}, outOfStep(fmt.Sprintf("There are %d keys already: drop some.", maxKeys))
	}
	added := NewKeyring(key).keys[0]
	added.since = now
	return Keyring{slices.Insert(slices.Clone(k.keys), 1, added)}, nil
}

// Promote returns the keyring in which the added key signs. Of the former one the public half stays, to verify. CodeConflict
// when no key was added, or not SettleTime ago; with early that, or not knowing when it was, is no hindrance.
func (k Keyring) Promote(now time.Time, early bool) (Keyring, error) {
	at := k.waiting()
	if at == 0 {
		return Keyring{}, outOfStep("There is no key to promote: add one first.")
	}
	next := k.keys[at]
	if err := due("The key was added", next.since, SettleTime, now); err != nil && !early {
		return Keyring{}, err
	}
	next.since = time.Time{}
	former := ringKey{public: k.keys[0].public, since: now}
	promoted := append([]ringKey{next, former}, k.keys[1:at]...)
	return Keyring{append(promoted, k.keys[at+1:]...)}, nil
}

// DropAfter returns how long a key that has retired must go on verifying, of tokens that live for lifetime: until the last
// replica has restarted it signs, and identity tokens live too.
func DropAfter(lifetime time.Duration) time.Duration {
	return max(lifetime, domain.IdentityLifetime) + SettleTime
}

// Drop returns the keyring without the retired keys whose tokens have all expired, as DropAfter says. CodeConflict when there
// is none; with early all retired keys go, and their tokens with them.
func (k Keyring) Drop(now time.Time, lifetime time.Duration, early bool) (Keyring, error) {
	kept, blocked := Keyring{}, outOfStep("There is no retired key to drop: promote one first.")
	for _, key := range k.keys {
		if key.private == nil {
			err := due("The key has retired", key.since, DropAfter(lifetime), now)
			if err == nil || early {
				continue
			}
			blocked = err
		}
		kept.keys = append(kept.keys, key)
	}
	if len(kept.keys) == len(k.keys) {
		return Keyring{}, blocked
	}
	return kept, nil
}

// waiting returns where the key stands that signs next, 0 when there is none.
func (k Keyring) waiting() int {
	return 1 + slices.IndexFunc(k.keys[1:], func(key ringKey) bool { return key.private != nil })
}

// due says how long a step must wait yet after something happened.
func due(what string, since time.Time, wait time.Duration, now time.Time) error {
	if since.IsZero() {
		return outOfStep(what + " at a time that is not noted before it.")
	}
	if at := since.Add(wait); now.Before(at) {
		return outOfStep(fmt.Sprintf("%s at %s: it is time at %s.", what, since.UTC().Format(time.RFC3339), at.UTC().Format(time.RFC3339)))
	}
	return nil
}

func outOfStep(message string) error { return domain.NewError(domain.CodeConflict, message) }
