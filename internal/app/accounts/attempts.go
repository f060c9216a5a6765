package accounts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// How long to wait after passwords that were wrong. Under none of them anybody is kept out for good: the mail to choose a new
// password is always open, and it clears what counted against its reader.
var (
	// pairBackOff is for one e-mail address from one IP address: a person who does not remember.
	pairBackOff = domain.BackOff{Free: 5, First: time.Second, Longest: 5 * time.Minute, Forget: 24 * time.Hour}
	// addressBackOff is for one e-mail address from everywhere but where its person has signed in before: guessing from many
	// machines.
	addressBackOff = domain.BackOff{Free: 30, First: time.Second, Longest: time.Minute, Forget: 24 * time.Hour}
	// networkBackOff is for one IP address and all e-mail addresses that are new there: trying one password on many people.
	networkBackOff = domain.BackOff{Free: 100, First: time.Second, Longest: 5 * time.Minute, Forget: time.Hour}
	// mailBackOff is for mails that anybody can have sent to an address.
	mailBackOff = domain.BackOff{Free: 2, First: time.Minute, Longest: time.Hour, Forget: 24 * time.Hour}
)

// attempts counts what failed, for all replicas.
type attempts struct {
	store ports.SignInAttempts
	clock ports.Clock
}

// counter is a key under which failures count, and how.
type counter struct {
	key  string
	rule domain.BackOff
}

// attempt is one try to give a password. Before counts at once, so that of many tries at the same time no more are looked at than
// of many in a row; after counts when it has failed, where crowds of honest people share a key.
type attempt struct{ before, after []counter }

// signInAttempt returns the attempt to sign in with an address.
func signInAttempt(emailKey string, client domain.Client, known bool) attempt {
	var a attempt
	ip := network64(client.Address)
	if ip != "" {
		a.before = append(a.before, counter{"pair:" + hashOf(emailKey, ip), pairBackOff})
	}
	if !known || ip == "" {
		a.before = append(a.before, counter{"address:" + hashOf(emailKey), addressBackOff})
		if ip != "" {
			a.after = append(a.after, counter{"network:" + hashOf(ip), networkBackOff})
		}
	}
	return a
}

// passwordAttempt returns the attempt of somebody who is signed in to give their password again.
func passwordAttempt(user domain.UserID) attempt {
	return attempt{before: []counter{{"password:" + string(user), pairBackOff}}}
}

// network64 returns the address, or the /64 of an IPv6 address, which one machine has for itself.
func network64(address netip.Addr) string {
	if !address.IsValid() || address.Is4() {
		return domain.Client{Address: address}.IP()
	}
	prefix, _ := address.Prefix(64)
	return prefix.String()
}

// hashOf returns what is stored in place of what people type: a key, of a fixed length.
func hashOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// look refuses an attempt, with CodeTooManyAttempts, for which it is too soon. It changes nothing.
func (a attempts) look(ctx context.Context, try attempt) error {
	for _, c := range slices.Concat(try.before, try.after) {
		stored, err := a.store.Attempts(ctx, c.key)
		if err != nil {
			return err
		}
		if wait := c.rule.Wait(stored, a.clock.Now()); wait > 0 {
			return tooManyAttempts(wait)
		}
	}
	return nil
}

// begin counts an attempt, or refuses it with CodeTooManyAttempts.
func (a attempts) begin(ctx context.Context, try attempt) error {
	for _, c := range try.before {
		if err := a.count(ctx, c, true); err != nil {
			return err
		}
	}
	return nil
}

// failed counts an attempt that has failed where that was not done before.
func (a attempts) failed(ctx context.Context, try attempt) error {
	for _, c := range try.after {
		if err := a.count(ctx, c, false); err != nil {
			return err
		}
	}
	return nil
}

// succeeded forgets what counted against who has shown to be the right one.
func (a attempts) succeeded(ctx context.Context, try attempt) error {
	keys := make([]string, len(try.before))
	for i, c := range try.before {
		keys[i] = c.key
	}
	return a.store.ForgetAttempts(ctx, keys)
}

// count adds a failure; with strict only when none has to be waited for.
func (a attempts) count(ctx context.Context, c counter, strict bool) error {
	_, err := a.store.UpdateAttempts(ctx, c.key, func(stored *domain.Attempts) error {
		now := a.clock.Now()
		if wait := c.rule.Wait(*stored, now); strict && wait > 0 {
			return tooManyAttempts(wait)
		}
		c.rule.Count(stored, now)
		return nil
	})
	if domain.CodeOf(err) == domain.CodeBusy {
		return tooManyAttempts(time.Second) // many at once on one key
	}
	return err
}

// tooManyAttempts is the refusal of an attempt that comes too soon.
func tooManyAttempts(wait time.Duration) error {
	return &domain.Error{
		Code: domain.CodeTooManyAttempts, Message: "Too many attempts have failed. Wait a little, then try again.", RetryAfter: wait,
	}
}
