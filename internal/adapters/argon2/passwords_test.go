package argon2

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
)

func TestPasswords(t *testing.T) {
	ctx := context.Background()
	passwords := New()
	hash, err := passwords.Hash(ctx, "correct horse")
	require.NoError(t, err)

	t.Run("a hash is in PHC form and says what it cost", func(t *testing.T) {
		require.Regexp(t, `^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, hash)
	})
	t.Run("the same password has another hash each time", func(t *testing.T) {
		again, err := passwords.Hash(ctx, "correct horse")
		require.NoError(t, err)
		require.NotEqual(t, hash, again)
	})
	t.Run("the password verifies and no other does", func(t *testing.T) {
		for password, want := range map[string]bool{"correct horse": true, "correct Horse": false, "correct horse ": false, "": false} {
			ok, err := passwords.Verify(ctx, password, hash, nil)
			require.NoError(t, err)
			require.Equal(t, want, ok, "%q", password)
		}
	})
	t.Run("one password typed in two Unicode forms is one password", func(t *testing.T) {
		composed, err := passwords.Hash(ctx, "caf\u00e9 \ufb01")
		require.NoError(t, err)
		ok, err := passwords.Verify(ctx, "cafe\u0301 fi", composed, nil)
		require.NoError(t, err)
		require.True(t, ok)
	})
	t.Run("a hash with other parameters verifies by its own", func(t *testing.T) {
		cheap := params{memory: 64, passes: 3, lanes: 2, keyLength: 24}
		salt := []byte("0123456789")
		stored := phc{params: cheap, salt: salt, key: derive("secret", cheap, salt)}.String()
		ok, err := passwords.Verify(ctx, "secret", stored, nil)
		require.NoError(t, err)
		require.True(t, ok)
	})
	t.Run("hashes of bcrypt verify, with both of its names", func(t *testing.T) {
		old, err := bcrypt.GenerateFromPassword([]byte("older"), bcrypt.MinCost)
		require.NoError(t, err)
		for _, hash := range []string{string(old), strings.Replace(string(old), "$2a$", "$2b$", 1)} {
			ok, err := passwords.Verify(ctx, "older", hash, nil)
			require.NoError(t, err)
			require.True(t, ok)
			ok, err = passwords.Verify(ctx, "other", hash, nil)
			require.NoError(t, err)
			require.False(t, ok)
		}
	})
}

func TestHashesThatShouldBeReplaced(t *testing.T) {
	passwords := New()
	t.Run("a new hash is not outdated", func(t *testing.T) {
		hash, err := passwords.Hash(t.Context(), "correct horse")
		require.NoError(t, err)
		require.False(t, passwords.Outdated(hash))
	})
	with := func(change func(*phc)) string {
		h := phc{params: current, salt: make([]byte, saltLength), key: make([]byte, current.keyLength)}
		change(&h)
		return h.String()
	}
	require.False(t, passwords.Outdated(with(func(*phc) {})), "the hash that the others are made from is a new one")
	for name, hash := range map[string]string{
		"of bcrypt":                "$2a$10$" + strings.Repeat("a", 53),
		"with less memory":         with(func(h *phc) { h.memory /= 2 }),
		"with more memory":         with(func(h *phc) { h.memory *= 2 }),
		"with another pass":        with(func(h *phc) { h.passes++ }),
		"with more lanes":          with(func(h *phc) { h.lanes++ }),
		"with a short key":         with(func(h *phc) { h.key = h.key[:16] }),
		"with a short salt":        with(func(h *phc) { h.salt = h.salt[:8] }),
		"that nobody can read":     "secret",
		"that is there in no form": "",
	} {
		t.Run("a hash "+name+" is outdated", func(t *testing.T) { require.True(t, passwords.Outdated(hash)) })
	}
}

func TestHashesThatAreNone(t *testing.T) {
	good := phc{params: current, salt: make([]byte, 16), key: make([]byte, 32)}.String()
	for name, hash := range map[string]string{
		"empty":                      "",
		"plain text":                 "secret",
		"another function":           strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":            strings.Replace(good, "v=19", "v=16", 1),
		"too much memory":            strings.Replace(good, "m=19456", "m=4194304", 1),
		"memory beyond 32 bits":      strings.Replace(good, "m=19456", "m=99999999999", 1),
		"too many passes":            strings.Replace(good, "t=2", "t=1000000", 1),
		"no passes":                  strings.Replace(good, "t=2", "t=0", 1),
		"no lanes":                   strings.Replace(good, "p=1", "p=0", 1),
		"more behind the parameters": strings.Replace(good, "p=1", "p=1,keyid=x", 1),
		"no key":                     good[:strings.LastIndex(good, "$")+1],
		"a cut off key":              good[:len(good)-40],
		"a key that is not base64":   good[:len(good)-1] + "!",
		"a bcrypt hash of cost 31":   "$2a$31$" + strings.Repeat("a", 53),
		"a cut off bcrypt hash":      "$2a$10$abc",
	} {
		t.Run(name+" costs as much as a good one and is no password's", func(t *testing.T) {
			passwords := New()
			var costs []params
			passwords.derive = func(_ string, p params, _ []byte) []byte {
				costs = append(costs, p)
				// Even a key that equals the stand-in must not let anybody in.
				return make([]byte, p.keyLength)
			}
			passwords.compare = func(string, string) bool { t.Error("bcrypt was asked"); return true }
			ok, err := passwords.Verify(context.Background(), "secret", hash, nil)
			require.NoError(t, err)
			require.False(t, ok)
			require.Equal(t, []params{current}, costs)
		})
	}
}

func TestWhatBeginsWithATurn(t *testing.T) {
	passwords, refusal := New(), errors.New("not now")
	hash, err := passwords.Hash(t.Context(), "secret")
	require.NoError(t, err)
	_, err = passwords.Verify(t.Context(), "secret", hash, func() error { return refusal })
	require.ErrorIs(t, err, refusal)
	began := false
	right, err := passwords.Verify(t.Context(), "secret", hash, func() error { began = true; return nil })
	require.NoError(t, err)
	require.True(t, right, "the turn of the one before has ended")
	require.True(t, began)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = passwords.Verify(ended, "secret", hash, func() error { panic("it has no turn") })
	require.Error(t, err)
}
