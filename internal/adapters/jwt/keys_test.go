package jwt

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func publicKey(t *testing.T) ed25519.PublicKey {
	t.Helper()
	public, ok := publicOf(newKey(t))
	require.True(t, ok)
	return public
}

func TestPEM(t *testing.T) {
	key := newKey(t)
	public, _ := publicOf(key)
	private, err := EncodePrivateKey(key)
	require.NoError(t, err)
	open, err := EncodePublicKey(public)
	require.NoError(t, err)

	t.Run("a signing key comes back", func(t *testing.T) {
		got, err := ParsePrivateKey(private)
		require.NoError(t, err)
		require.Equal(t, key, got)
	})
	t.Run("a verification key comes back", func(t *testing.T) {
		got, err := ParsePublicKey(open)
		require.NoError(t, err)
		require.Equal(t, public, got)
	})
	t.Run("anything else is refused without showing it", func(t *testing.T) {
		curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		der, err := x509.MarshalPKCS8PrivateKey(curve)
		require.NoError(t, err)
		openDER, err := x509.MarshalPKIXPublicKey(curve.Public())
		require.NoError(t, err)
		block := func(kind string, der []byte) string {
			return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
		}
		for _, text := range []string{"", "secret-text", block("PRIVATE KEY", []byte("secret-text")), block("PRIVATE KEY", der), string(open)} {
			_, err := ParsePrivateKey([]byte(text))
			require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
			require.NotContains(t, err.Error(), "secret-text")
		}
		for _, text := range []string{"", block("PUBLIC KEY", []byte("x")), block("PUBLIC KEY", openDER), string(private)} {
			_, err := ParsePublicKey([]byte(text))
			require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
		}
	})
}

func TestKeyID(t *testing.T) {
	t.Run("it is the thumbprint of the example in RFC 8037, appendix A.3", func(t *testing.T) {
		x, err := base64.RawURLEncoding.DecodeString("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
		require.NoError(t, err)
		require.Equal(t, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", KeyID(x))
	})
}

func TestKeySet(t *testing.T) {
	now := newClock()
	key, retired := newKey(t), newKey(t)
	oldPublic, _ := publicOf(retired)
	signer := NewSigner(key, now, oldPublic)

	t.Run("the set of a signer holds its key and the retired ones, public halves only", func(t *testing.T) {
		var document map[string][]map[string]string
		require.NoError(t, json.Unmarshal(signer.JWKS(), &document))
		require.Len(t, document["keys"], 2)
		for _, entry := range document["keys"] {
			require.NotContains(t, entry, "d")
			require.Equal(t, []string{"OKP", "Ed25519", "sig", "EdDSA"}, []string{entry["kty"], entry["crv"], entry["use"], entry["alg"]})
		}
		require.Equal(t, KeyID(oldPublic), document["keys"][1]["kid"])
	})
	t.Run("tokens of a retired key are good, by the set", func(t *testing.T) {
		keys := NewRemoteKeys(func(context.Context) ([]byte, error) { return signer.JWKS(), nil }, now)
		for _, each := range []ed25519.PrivateKey{key, retired} {
			token, err := NewSigner(each, now).IssueIdentity(domain.Identity{User: "u1"})
			require.NoError(t, err)
			_, err = NewVerifier(keys, now).VerifyIdentity(context.Background(), token)
			require.NoError(t, err)
		}
	})
	t.Run("a document without a key of use is no key set", func(t *testing.T) {
		x := base64.RawURLEncoding.EncodeToString(oldPublic)
		for _, text := range []string{
			``, `[]`, `{}`, `{"keys":[]}`,
			`{"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]}`,
			`{"keys":[{"kty":"OKP","crv":"X25519","x":"` + x + `"}]}`,
			`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]}`,
			`{"keys":[{"kty":"OKP","crv":"Ed25519","use":"enc","x":"` + x + `"}]}`,
			`{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"HS256","x":"` + x + `"}]}`,
			`{"keys":[` + strings.Repeat(`{},`, maxKeys) + `{"kty":"OKP","crv":"Ed25519","x":"` + x + `"}]}`,
		} {
			_, err := parseKeySet([]byte(text))
			require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err), text)
		}
	})
	t.Run("an id in the document cannot give a key the name of another", func(t *testing.T) {
		set, err := parseKeySet([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"other","x":"` + base64.RawURLEncoding.EncodeToString(oldPublic) + `"}]}`))
		require.NoError(t, err)
		require.Contains(t, set, KeyID(oldPublic))
		require.NotContains(t, set, "other")
	})
}

func TestRemoteKeys(t *testing.T) {
	ctx := context.Background()
	first, second := publicKey(t), publicKey(t)

	// setup returns keys that are fetched from a document which a test may replace, and a counter of fetches.
	setup := func() (keys *RemoteKeys, now *clock, publish func(err error, keys ...ed25519.PublicKey), fetches *atomic.Int32) {
		now, fetches = newClock(), &atomic.Int32{}
		var mu sync.Mutex
		var document []byte
		var failure error
		publish = func(err error, keys ...ed25519.PublicKey) {
			mu.Lock()
			defer mu.Unlock()
			document, failure = encodeKeySet(keys), err
		}
		publish(nil, first)
		return NewRemoteKeys(func(context.Context) ([]byte, error) {
			fetches.Add(1)
			mu.Lock()
			defer mu.Unlock()
			return document, failure
		}, now), now, publish, fetches
	}
	down := errors.New("connection refused")

	t.Run("known keys are fetched once", func(t *testing.T) {
		keys, _, _, fetches := setup()
		for range 3 {
			got, err := keys.PublicKey(ctx, KeyID(first))
			require.NoError(t, err)
			require.Equal(t, first, got)
		}
		require.EqualValues(t, 1, fetches.Load())
	})
	t.Run("an unknown id fetches again, but not more than once in a few seconds", func(t *testing.T) {
		keys, now, publish, fetches := setup()
		_, err := keys.PublicKey(ctx, KeyID(first))
		require.NoError(t, err)
		publish(nil, first, second)
		for range 5 {
			_, err = keys.PublicKey(ctx, KeyID(second))
			require.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err))
		}
		require.EqualValues(t, 1, fetches.Load())
		now.forward(keysRetryAfter)
		for _, want := range []ed25519.PublicKey{first, second} {
			got, err := keys.PublicKey(ctx, KeyID(want))
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
		require.EqualValues(t, 2, fetches.Load())
	})
	t.Run("without any key, and none to be had, it is unavailable, and soon tries again", func(t *testing.T) {
		keys, now, publish, _ := setup()
		publish(down)
		_, err := keys.PublicKey(ctx, KeyID(first))
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		require.ErrorIs(t, err, down)
		publish(nil, first)
		now.forward(keysRetryAfterFailure)
		_, err = keys.PublicKey(ctx, KeyID(first))
		require.NoError(t, err)
	})
	t.Run("a key that was taken out stops working", func(t *testing.T) {
		keys, now, publish, _ := setup()
		_, err := keys.PublicKey(ctx, KeyID(first))
		require.NoError(t, err)
		publish(nil, second)
		now.forward(keysFreshFor)
		require.Eventually(t, func() bool {
			_, err := keys.PublicKey(ctx, KeyID(first))
			return domain.CodeOf(err) == domain.CodeUnauthenticated
		}, time.Minute, time.Millisecond)
	})
	t.Run("while the source is away the keys at hand go on", func(t *testing.T) {
		keys, now, publish, _ := setup()
		_, err := keys.PublicKey(ctx, KeyID(first))
		require.NoError(t, err)
		publish(down)
		now.forward(2 * keysFreshFor)
		_, err = keys.PublicKey(ctx, KeyID(first))
		require.NoError(t, err)
		_, err = keys.PublicKey(ctx, KeyID(second))
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err), "the new key may be one that could not be fetched")
	})
	t.Run("many who ask at once make one fetch", func(t *testing.T) {
		keys, _, _, fetches := setup()
		errs := make(chan error)
		const crowd = 50
		for range crowd {
			go func() {
				_, err := keys.PublicKey(ctx, KeyID(first))
				errs <- err
			}()
		}
		for range crowd {
			require.NoError(t, <-errs)
		}
		require.EqualValues(t, 1, fetches.Load())
	})
	t.Run("who cannot wait gives up, and the fetch goes on", func(t *testing.T) {
		release := make(chan struct{})
		keys := NewRemoteKeys(func(ctx context.Context) ([]byte, error) {
			<-release
			return encodeKeySet([]ed25519.PublicKey{first}), ctx.Err()
		}, newClock())
		short, cancel := context.WithCancel(ctx)
		cancel()
		_, err := keys.PublicKey(short, KeyID(first))
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		close(release)
		require.Eventually(t, func() bool {
			_, err := keys.PublicKey(ctx, KeyID(first))
			return err == nil
		}, time.Minute, time.Millisecond)
	})
	t.Run("a verifier reports missing keys as unavailable, not as a bad token", func(t *testing.T) {
		now := newClock()
		keys := NewRemoteKeys(func(context.Context) ([]byte, error) { return nil, down }, now)
		token, err := NewSigner(newKey(t), now).IssueIdentity(domain.Identity{User: "u1"})
		require.NoError(t, err)
		_, err = NewVerifier(keys, now).VerifyIdentity(ctx, token)
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
}
