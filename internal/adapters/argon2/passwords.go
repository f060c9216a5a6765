// Package argon2 hashes passwords with argon2id (RFC 9106) and verifies hashes of argon2id and bcrypt.
package argon2

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/text/unicode/norm"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Passwords hashes passwords, a few at once. Others wait for their turn, and when too many wait, more are refused: a crowd of
// sign-ins can fill neither the memory nor the machine.
type Passwords struct {
	turns turns
	// derive and compare are argon2id and bcrypt; tests count their calls.
	derive  func(password string, p params, salt []byte) []byte
	compare func(hash, password string) bool
}

var _ ports.Passwords = (*Passwords)(nil)

// New returns a hasher with the parameters of OWASP's password storage cheat sheet: 19 MiB, 2 passes, 1 lane.
func New() *Passwords {
	return &Passwords{turns: newTurns(turnsFor(runtime.GOMAXPROCS(0))), derive: derive, compare: compareBcrypt}
}

// Hash returns the hash of a password in PHC form. It waits for its turn; the error is CodeUnavailable around the
// context's error when ctx ends first, and CodeBusy, with RetryAfter, when too many wait.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := p.turns.take(ctx); err != nil {
		return "", err
	}
	defer p.turns.give()
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		return "", domain.WrapError(domain.CodeInternal, "The password could not be hashed.", err)
	}
	key := p.derive(normalise(password), current, salt)
	return phc{params: current, salt: salt, key: key}.String(), nil
}

// Verify reports whether the password belongs to the hash, which may be of argon2id or of bcrypt. A hash that is empty
// or cannot be read takes as long as one made now, and belongs to no password. Begin, if it is not nil, is called when it is
// the caller's turn; its error ends the call. The other errors are those of Hash.
func (p *Passwords) Verify(ctx context.Context, password, hash string, begin func() error) (bool, error) {
	if err := p.turns.take(ctx); err != nil {
		return false, err
	}
	defer p.turns.give()
	if begin != nil {
		if err := begin(); err != nil {
			return false, err
		}
	}
	if isBcrypt(hash) {
		// Older databases hashed the bytes as they came, so they are not normalised here.
		return p.compare(hash, password), nil
	}
	stored, err := parse(hash)
	known := err == nil
	if !known {
		stored = phc{params: current, salt: make([]byte, saltLength), key: make([]byte, current.keyLength)}
	}
	key := p.derive(normalise(password), stored.params, stored.salt)
	same := subtle.ConstantTimeCompare(key, stored.key) == 1
	return same && known, nil
}

// Outdated reports whether a hash that has just verified a password should be replaced by a new one: it is of bcrypt, or
// made with other parameters than those of Hash.
func (p *Passwords) Outdated(hash string) bool {
	stored, err := parse(hash)
	return err != nil || stored.params != current || len(stored.salt) != saltLength
}

// normalise gives the many ways to type the same characters one form (NFKC, as RFC 8265 has it for passwords).
func normalise(password string) string { return norm.NFKC.String(password) }

func derive(password string, p params, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.lanes, p.keyLength)
}

// maxBcryptCost bounds the time that a stored hash can ask for; 14 is about a second.
const maxBcryptCost = 14

func isBcrypt(hash string) bool {
	if !strings.HasPrefix(hash, "$2a$") && !strings.HasPrefix(hash, "$2b$") {
		return false
	}
	cost, err := bcrypt.Cost([]byte(hash))
	return err == nil && cost <= maxBcryptCost
}

func compareBcrypt(hash, password string) bool {
	return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
}
