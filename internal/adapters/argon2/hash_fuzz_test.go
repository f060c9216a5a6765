package argon2

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func FuzzHash(f *testing.F) {
	good := phc{params: current, salt: make([]byte, saltLength), key: make([]byte, current.keyLength)}.String()
	for _, seed := range []string{
		"", good, strings.Replace(good, "p=1", "p=01", 1), strings.Replace(good, "m=19456", "m=+19456", 1), good + "$", good + "=",
		strings.Replace(good, "t=2", "t=16", 1), "$2a$10$" + strings.Repeat("a", 53), "$2b$31$" + strings.Repeat("a", 53), "$2a$1$",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, hash string) {
		passwords := New()
		passwords.compare = func(hash, _ string) bool {
			if cost, err := bcrypt.Cost([]byte(hash)); err != nil || cost > maxBcryptCost {
				t.Fatalf("bcrypt is asked about %q, of cost %d (%v)", hash, cost, err)
			}
			return false
		}
		var cost params
		passwords.derive = func(_ string, p params, _ []byte) []byte {
			cost = p
			return make([]byte, p.keyLength)
		}
		ok, err := passwords.Verify(context.Background(), "password", hash, nil)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := parse(hash)
		if err != nil {
			if ok || !passwords.Outdated(hash) {
				t.Fatalf("%q is no hash, and somebody has its password", hash)
			}
			return
		}
		if stored.String() != hash || cost != stored.params {
			t.Fatalf("%q is read as %q and costs %+v", hash, stored, cost)
		}
		if cost.memory > maxMemory || cost.passes > maxPasses || cost.lanes > maxLanes {
			t.Fatalf("%q costs %+v", hash, cost)
		}
	})
}
