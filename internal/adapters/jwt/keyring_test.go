package jwt

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func privatePEM(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func publicPEM(t *testing.T, key ed25519.PrivateKey) string {
	t.Helper()
	text, err := EncodePublicKey(key.Public().(ed25519.PublicKey))
	require.NoError(t, err)
	return string(text)
}

func idOf(key ed25519.PrivateKey) string { return KeyID(key.Public().(ed25519.PublicKey)) }

func TestKeyring(t *testing.T) {
	one, two, three := newKey(t), newKey(t), newKey(t)
	text := privatePEM(t, one) + privatePEM(t, two) + publicPEM(t, three)
	now := newClock()

	t.Run("the first key signs and all verify", func(t *testing.T) {
		ring, err := ParseKeyring([]byte(text))
		require.NoError(t, err)
		require.Equal(t, []string{idOf(one), idOf(two), idOf(three)}, ring.KeyIDs())
		signer := ring.Signer(now)
		require.Equal(t, idOf(one), signer.id)
		for _, key := range []ed25519.PrivateKey{one, two, three} {
			token, err := NewSigner(key, now).IssueIdentity(domain.Identity{User: "u1"})
			require.NoError(t, err)
			_, err = NewVerifier(signer.Keys(), now).VerifyIdentity(t.Context(), token)
			require.NoError(t, err)
		}
		set, err := parseKeySet(signer.JWKS())
		require.NoError(t, err)
		require.Len(t, set, 3)
		require.NotContains(t, string(signer.JWKS()), `"d"`)
	})
	t.Run("a single key is a keyring, and is written as it was", func(t *testing.T) {
		ring, err := ParseKeyring([]byte(privatePEM(t, one)))
		require.NoError(t, err)
		again, err := ring.Encode()
		require.NoError(t, err)
		require.Equal(t, privatePEM(t, one), string(again))
	})
	t.Run("what stands around the keys is passed over", func(t *testing.T) {
		ring, err := ParseKeyring([]byte("\r\nkeys of spacey\r\n" + strings.ReplaceAll(text, "\n", "\r\n") + "\n\nthe end"))
		require.NoError(t, err)
		require.Len(t, ring.KeyIDs(), 3)
	})
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	many := ""
	for range maxKeys + 1 {
		many += privatePEM(t, newKey(t))
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                                {"", "Key 1 cannot be used."},
		"no PEM":                                 {"secret-text", "Key 1 cannot be used."},
		"an RSA key":                             {privatePEM(t, rsaKey), "Key 1 cannot be used."},
		"an RSA key of the old form":             {string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)})), "Key 1 cannot be used."},
		"an RSA key behind a good one":           {privatePEM(t, one) + privatePEM(t, rsaKey), "Key 2 cannot be used."},
		"a first key that cannot sign":           {publicPEM(t, one) + privatePEM(t, two), "it cannot sign"},
		"a key that is there twice":              {privatePEM(t, one) + privatePEM(t, two) + privatePEM(t, one), "it is there twice"},
		"a key and its public half":              {privatePEM(t, one) + publicPEM(t, one), "it is there twice"},
		"a certificate":                          {privatePEM(t, one) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "Key 2 cannot be used."},
		"more than a key set may hold":           {many, "there may be 32 keys"},
		"a broken key before a good one":         {strings.Replace(privatePEM(t, one), "MC4C", "secret-text!", 1) + privatePEM(t, two), "broken"},
		"a broken key between good ones":         {privatePEM(t, one) + strings.Replace(privatePEM(t, two), "MC4C", "!", 1) + publicPEM(t, three), "Key 2 cannot be used."},
		"a broken key at the end":                {privatePEM(t, one) + strings.Replace(privatePEM(t, two), "MC4C", "!", 1), "Key 2 cannot be used."},
		"a key whose first line is damaged":      {privatePEM(t, one) + privatePEM(t, two)[1:] + publicPEM(t, three), "Key 2 cannot be used."},
		"a last key whose first line is damaged": {privatePEM(t, one) + privatePEM(t, two)[1:], "Key 2 cannot be used."},
		"a last key without its last line":       {privatePEM(t, one) + strings.Replace(privatePEM(t, two), "-----END", "", 1), "Key 2 cannot be used."},
		"a key that begins where another ended":  {strings.TrimSpace(privatePEM(t, one)) + privatePEM(t, two), "cannot be used."},
	} {
		t.Run(name+" is refused without showing it", func(t *testing.T) {
			_, err := ParseKeyring([]byte(c.text))
			require.ErrorContains(t, err, c.want)
			require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
			for line := range strings.Lines(c.text) {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "-----") {
					require.NotContains(t, err.Error(), line)
				}
			}
		})
	}
}

func TestRotation(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const month = 30 * 24 * time.Hour
	old, next, third := newKey(t), newKey(t), newKey(t)
	single := NewKeyring(old)
	added, err := single.Add(next, at)
	require.NoError(t, err)
	promoted, err := added.Promote(at.Add(SettleTime), false)
	require.NoError(t, err)
	dropped, err := promoted.Drop(at.Add(SettleTime+month+SettleTime), month, false)
	require.NoError(t, err)
	// stored is a keyring as it comes back from its file.
	stored := func(t *testing.T, ring Keyring) Keyring {
		t.Helper()
		text, err := ring.Encode()
		require.NoError(t, err)
		read, err := ParseKeyring(text)
		require.NoError(t, err)
		return read
	}

	t.Run("the steps lead from the old key to the new one", func(t *testing.T) {
		require.Equal(t, []string{idOf(old)}, single.KeyIDs())
		require.Equal(t, []string{idOf(old), idOf(next)}, added.KeyIDs())
		require.Equal(t, []string{idOf(next), idOf(old)}, promoted.KeyIDs())
		require.Equal(t, NewKeyring(next), dropped)
	})
	t.Run("a key that has retired cannot sign any more", func(t *testing.T) {
		text, err := promoted.Encode()
		require.NoError(t, err)
		require.Equal(t, 1, bytes.Count(text, []byte("BEGIN PRIVATE KEY")))
		require.Equal(t, 1, bytes.Count(text, []byte("BEGIN PUBLIC KEY")))
	})
	t.Run("each step is the same when it was stored meanwhile", func(t *testing.T) {
		require.Equal(t, added, stored(t, added))
		require.Equal(t, promoted, stored(t, promoted))
		require.Equal(t, dropped, stored(t, dropped))
	})
	t.Run("a next rotation may begin while tokens of the last one live", func(t *testing.T) {
		ring, err := promoted.Add(third, at.Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, []string{idOf(next), idOf(third), idOf(old)}, ring.KeyIDs())
		ring, err = stored(t, ring).Promote(at.Add(2*time.Hour), false)
		require.NoError(t, err)
		require.Equal(t, []string{idOf(third), idOf(next), idOf(old)}, ring.KeyIDs())
		ring, err = stored(t, ring).Drop(at.Add(month+time.Hour), month, false)
		require.NoError(t, err)
		require.Equal(t, []string{idOf(third), idOf(next)}, ring.KeyIDs(), "only the key whose tokens are over goes")
	})
	t.Run("no step changes the keyring that it is taken from", func(t *testing.T) {
		_, err := added.Promote(at.Add(time.Hour), false)
		require.NoError(t, err)
		require.Equal(t, []string{idOf(old), idOf(next)}, added.KeyIDs())
	})

	unnoted, err := ParseKeyring([]byte(privatePEM(t, old) + privatePEM(t, next) + publicPEM(t, third)))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		step func(early bool) (Keyring, error)
		want string
		// early is the keyring of the same step when it may be early, nil when it is refused all the same.
		early []string
	}{
		"adding a second time": {
			func(bool) (Keyring, error) { return added.Add(third, at) }, "waits to be promoted", nil,
		},
		"promoting nothing": {
			func(early bool) (Keyring, error) { return single.Promote(at, early) }, "add one first", nil,
		},
		"promoting twice": {
			func(early bool) (Keyring, error) { return promoted.Promote(at.Add(time.Hour), early) }, "add one first", nil,
		},
		"dropping nothing": {
			func(early bool) (Keyring, error) { return single.Drop(at, month, early) }, "promote one first", nil,
		},
		"dropping before promoting": {
			func(early bool) (Keyring, error) { return added.Drop(at, month, early) }, "promote one first", nil,
		},
		"promoting before everybody knows the key": {
			func(early bool) (Keyring, error) { return added.Promote(at.Add(SettleTime-time.Second), early) },
			"it is time at 2026-03-01T12:10:00Z", []string{idOf(next), idOf(old)},
		},
		"dropping while tokens live": {
			func(early bool) (Keyring, error) {
				return promoted.Drop(at.Add(SettleTime+month+SettleTime-time.Second), month, early)
			}, "it is time at 2026-03-31T12:20:00Z", []string{idOf(next)},
		},
		"dropping while identities live, though sessions are shorter": {
			func(early bool) (Keyring, error) { return promoted.Drop(at.Add(25*time.Minute), time.Minute, early) },
			"it is time at 2026-03-01T12:30:00Z", []string{idOf(next)},
		},
		"promoting a key of unknown age": {
			func(early bool) (Keyring, error) { return unnoted.Promote(at, early) }, "not noted", []string{idOf(next), idOf(old), idOf(third)},
		},
		"dropping a key of unknown age": {
			func(early bool) (Keyring, error) { return unnoted.Drop(at, month, early) }, "not noted", []string{idOf(old), idOf(next)},
		},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			_, err := c.step(false)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
			ring, err := c.step(true)
			if c.early == nil {
				require.Equal(t, domain.CodeConflict, domain.CodeOf(err), "early or not")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.early, ring.KeyIDs())
		})
	}
}

func TestAHeadOfATokenBringsNoKey(t *testing.T) {
	now := newClock()
	ours, theirs := newKey(t), newKey(t)
	fetched := 0
	keys := NewRemoteKeys(func(context.Context) ([]byte, error) {
		fetched++
		return NewSigner(ours, now).JWKS(), nil
	}, now)
	verifier := NewVerifier(keys, now)
	own := map[string]any{
		"jwk": map[string]string{"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": idOf(theirs)},
		"jku": "https://evil.example/jwks.json", "x5u": "https://evil.example/cert.pem", "x5c": []string{"AAAA"},
	}
	token := func(key ed25519.PrivateKey, kid any) string {
		body := gojwt.NewWithClaims(gojwt.SigningMethodEdDSA, gojwt.MapClaims{
			"iss": "spacey", "aud": "spacey", "sub": "u1", "sid": "s1", "purpose": "session",
			"iat": now.Now().Unix(), "nbf": now.Now().Unix(), "exp": now.Now().Add(time.Hour).Unix(),
		})
		for name, value := range own {
			body.Header[name] = value
		}
		body.Header["kid"] = kid
		text, err := body.SignedString(key)
		require.NoError(t, err)
		return text
	}
	for name, kid := range map[string]any{
		"its own key id": idOf(theirs), "our key id": idOf(ours), "no key id": nil, "a path for one": "../../dev/null",
		"an address for one": "https://evil.example/jwks.json", "a query for one": "' OR '1'='1", "a list of them": []string{idOf(ours)},
	} {
		t.Run("signed by a stranger's key, with "+name, func(t *testing.T) {
			_, err := verifier.VerifySession(t.Context(), token(theirs, kid))
			assert.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err), "%v", err)
		})
	}
	t.Run("signed by our key it is ours, whatever else its head says", func(t *testing.T) {
		_, err := verifier.VerifySession(t.Context(), token(ours, idOf(ours)))
		assert.NoError(t, err)
	})
	t.Run("made-up key ids fetch our keys once in a while, not once a token", func(t *testing.T) {
		assert.Equal(t, 1, fetched)
	})
}
