package jwt

import (
	"context"
	"crypto/ed25519"
	"strings"
	"sync"
	"testing"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// clock is a clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 500e6, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	key, err := GenerateKey()
	require.NoError(t, err)
	return key
}

func wholeSecond(at time.Time) time.Time { return at.Truncate(time.Second) }

func TestTokensRoundTrip(t *testing.T) {
	now := newClock()
	signer := NewSigner(newKey(t), now)
	verifier := NewVerifier(signer.Keys(), now)
	ctx := context.Background()

	t.Run("a session token says whose session it is and how long", func(t *testing.T) {
		want := domain.SessionClaims{User: "u1", Session: "s1", ExpiresAt: now.Now().Add(time.Hour)}
		token, err := signer.IssueSession(want)
		require.NoError(t, err)
		got, err := verifier.VerifySession(ctx, token)
		require.NoError(t, err)
		want.ExpiresAt = wholeSecond(want.ExpiresAt)
		require.Equal(t, want, got)
	})
	t.Run("an identity token says who it is and what they may do", func(t *testing.T) {
		for _, flags := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
			want := domain.Identity{User: "u1", Session: "s1", EmailVerified: flags[0], Beta: flags[1], ExpiresAt: wholeSecond(now.Now().Add(time.Minute))}
			token, err := signer.IssueIdentity(want)
			require.NoError(t, err)
			got, err := verifier.VerifyIdentity(ctx, token)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	})
	t.Run("the identity of an API token says which one it is and how far it reaches", func(t *testing.T) {
		for _, scopes := range [][]domain.Scope{nil, {domain.ScopeDecksRead}, domain.Scopes()} {
			want := domain.Identity{User: "u1", EmailVerified: true, Token: "t1", Scopes: scopes, ExpiresAt: wholeSecond(now.Now().Add(time.Minute))}
			token, err := signer.IssueIdentity(want)
			require.NoError(t, err)
			got, err := verifier.VerifyIdentity(ctx, token)
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.Equal(t, len(scopes) > 1, got.Allows(domain.ScopeLearningWrite))
		}
	})
	t.Run("an identity without an expiry lives ten minutes", func(t *testing.T) {
		token, err := signer.IssueIdentity(domain.Identity{User: "u1"})
		require.NoError(t, err)
		got, err := verifier.VerifyIdentity(ctx, token)
		require.NoError(t, err)
		require.Equal(t, wholeSecond(now.Now().Add(domain.IdentityLifetime)), got.ExpiresAt)
	})
	t.Run("a token for nobody, without an end, or without a key is not signed", func(t *testing.T) {
		_, err := signer.IssueSession(domain.SessionClaims{Session: "s1", ExpiresAt: now.Now().Add(time.Hour)})
		require.Error(t, err)
		_, err = signer.IssueSession(domain.SessionClaims{User: "u1", Session: "s1"})
		require.Error(t, err)
		_, err = NewSigner(nil, now).IssueIdentity(domain.Identity{User: "u1"})
		require.Error(t, err)
	})
	t.Run("scopes without an API token are not signed: they would limit nothing", func(t *testing.T) {
		_, err := signer.IssueIdentity(domain.Identity{User: "u1", Session: "s1", Scopes: []domain.Scope{domain.ScopeDecksRead}})
		require.Equal(t, domain.CodeInternal, domain.CodeOf(err))
	})
}

// forge signs whatever it is given, with any method, key and key id.
func forge(t *testing.T, method gojwt.SigningMethod, key any, kid any, edit func(gojwt.MapClaims)) string {
	t.Helper()
	now := newClock().Now()
	body := gojwt.MapClaims{
		"iss": "spacey", "aud": "spacey", "sub": "u1", "sid": "s1", "purpose": "session",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	if edit != nil {
		edit(body)
	}
	token := gojwt.NewWithClaims(method, body)
	if kid != nil {
		token.Header["kid"] = kid
	}
	text, err := token.SignedString(key)
	require.NoError(t, err)
	return text
}

func TestTokensThatAreRefused(t *testing.T) {
	now := newClock()
	key, other := newKey(t), newKey(t)
	public, _ := publicOf(key)
	kid := KeyID(public)
	verifier := NewVerifier(NewStaticKeys(public), now)
	ed := gojwt.SigningMethodEdDSA
	edited := func(name string, value any) string {
		return forge(t, ed, key, kid, func(body gojwt.MapClaims) {
			if body[name] = value; value == nil {
				delete(body, name)
			}
		})
	}
	good := forge(t, ed, key, kid, nil)
	_, err := verifier.VerifySession(context.Background(), good)
	require.NoError(t, err, "the token that the others are made from is good")
	parts := strings.Split(good, ".")

	for name, token := range map[string]string{
		"empty":                             "",
		"not a token":                       "x.y.z",
		"of algorithm none":                 forge(t, gojwt.SigningMethodNone, gojwt.UnsafeAllowNoneSignatureType, kid, nil),
		"of HS256 with the public key":      forge(t, gojwt.SigningMethodHS256, []byte(public), kid, nil),
		"signed by another key":             forge(t, ed, other, kid, nil),
		"with an unknown key id":            forge(t, ed, key, "nope", nil),
		"without a key id":                  forge(t, ed, key, nil, nil),
		"with a key id that is no text":     forge(t, ed, key, 7, nil),
		"of another issuer":                 edited("iss", "evil"),
		"without an issuer":                 edited("iss", nil),
		"for another audience":              edited("aud", "evil"),
		"without an audience":               edited("aud", nil),
		"for another purpose":               edited("purpose", "identity"),
		"without a purpose":                 edited("purpose", nil),
		"of nobody":                         edited("sub", nil),
		"of no session":                     edited("sid", nil),
		"expired":                           edited("exp", now.Now().Unix()),
		"without an expiry":                 edited("exp", nil),
		"not valid yet":                     edited("nbf", now.Now().Add(time.Minute).Unix()),
		"without a beginning":               edited("nbf", nil),
		"issued in the future":              edited("iat", now.Now().Add(time.Minute).Unix()),
		"without a time of issue":           edited("iat", nil),
		"with another body":                 parts[0] + "." + strings.Split(edited("sub", "u2"), ".")[1] + "." + parts[2],
		"without its signature":             parts[0] + "." + parts[1] + ".",
		"with other unused bits at the end": good[:len(good)-1] + string(nextBase64(good[len(good)-1])),
		"with a line end at the end":        good + "\n",
		"with a line end in its signature":  good[:len(good)-9] + "\r" + good[len(good)-9:],
		"too long":                          edited("sub", strings.Repeat("x", maxToken)),
	} {
		t.Run("a token "+name, func(t *testing.T) {
			_, err := verifier.VerifySession(context.Background(), token)
			require.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err), "%v", err)
		})
	}
	t.Run("a session token is no identity token", func(t *testing.T) {
		_, err := verifier.VerifyIdentity(context.Background(), good)
		require.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err))
	})
	t.Run("an identity token is no session token", func(t *testing.T) {
		token, err := NewSigner(key, now).IssueIdentity(domain.Identity{User: "u1", Session: "s1"})
		require.NoError(t, err)
		_, err = verifier.VerifySession(context.Background(), token)
		require.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err))
	})
	for name, edit := range map[string]func(gojwt.MapClaims){
		"with scopes and without an API token": func(body gojwt.MapClaims) { body["scopes"] = []string{"decks:read"} },
		"with scopes that are no list":         func(body gojwt.MapClaims) { body["tid"], body["scopes"] = "t1", "decks:read" },
		"with scopes that are no texts":        func(body gojwt.MapClaims) { body["tid"], body["scopes"] = "t1", []int{1} },
		"with an API token that is no text":    func(body gojwt.MapClaims) { body["tid"] = 7 },
	} {
		t.Run("an identity token "+name, func(t *testing.T) {
			as := func(edit func(gojwt.MapClaims)) error {
				_, err := verifier.VerifyIdentity(context.Background(), forge(t, ed, key, kid, func(body gojwt.MapClaims) {
					body["purpose"] = "identity"
					edit(body)
				}))
				return err
			}
			require.NoError(t, as(func(gojwt.MapClaims) {}), "the token that it is made from is good")
			require.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(as(edit)))
		})
	}
	t.Run("a signer whose clock runs a few seconds ahead is believed", func(t *testing.T) {
		_, err := verifier.VerifySession(context.Background(), edited("nbf", now.Now().Add(5*time.Second).Unix()))
		require.NoError(t, err)
	})
}

// nextBase64 returns a character that differs from the given one in a bit that 64 bytes of signature leave unused.
func nextBase64(c byte) byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, c)^1]
}

// counted counts what reaches the verifier behind a cache.
type counted struct {
	identity domain.Identity
	err      error
	calls    int
}

func (c *counted) VerifyIdentity(context.Context, string) (domain.Identity, error) {
	c.calls++
	return c.identity, c.err
}

func TestCache(t *testing.T) {
	ctx := context.Background()
	now := newClock()
	someone := domain.Identity{User: "u1", ExpiresAt: now.Now().Add(time.Minute)}

	t.Run("a token is checked once until it expires", func(t *testing.T) {
		now := newClock()
		behind := &counted{identity: someone}
		cache := NewCache(behind, 0, now)
		for range 3 {
			got, err := cache.VerifyIdentity(ctx, "token")
			require.NoError(t, err)
			require.Equal(t, someone, got)
		}
		require.Equal(t, 1, behind.calls)
		behind.err = refused("has expired", nil)
		now.forward(time.Minute)
		_, err := cache.VerifyIdentity(ctx, "token")
		require.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err))
	})
	t.Run("another token is another person", func(t *testing.T) {
		behind := &counted{identity: someone}
		cache := NewCache(behind, 0, now)
		_, _ = cache.VerifyIdentity(ctx, "token")
		behind.identity.User = "u2"
		got, err := cache.VerifyIdentity(ctx, "token2")
		require.NoError(t, err)
		require.Equal(t, domain.UserID("u2"), got.User)
	})
	t.Run("refusals are not kept", func(t *testing.T) {
		behind := &counted{identity: domain.Identity{User: "u2", ExpiresAt: someone.ExpiresAt}, err: errUnknownKey}
		cache := NewCache(behind, 0, now)
		_, err := cache.VerifyIdentity(ctx, "token")
		require.Error(t, err)
		behind.identity, behind.err = someone, nil
		got, err := cache.VerifyIdentity(ctx, "token")
		require.NoError(t, err)
		require.Equal(t, someone, got)
	})
	t.Run("it holds no more than its size", func(t *testing.T) {
		behind := &counted{identity: someone}
		cache := NewCache(behind, 2, now)
		for _, token := range []string{"a", "b", "c", "a"} {
			_, _ = cache.VerifyIdentity(ctx, token)
		}
		require.Equal(t, 4, behind.calls)
		require.Equal(t, 2, cache.accepted.Len())
	})
}

func TestNoTwoTokensAreAlike(t *testing.T) {
	key, err := GenerateKey()
	require.NoError(t, err)
	signer := NewSigner(key, &clock{now: time.Unix(1_800_000_000, 0)})
	claims := domain.SessionClaims{User: "u", Session: "s", ExpiresAt: time.Unix(1_800_000_600, 0)}
	first, err := signer.IssueSession(claims)
	require.NoError(t, err)
	second, err := signer.IssueSession(claims)
	require.NoError(t, err)
	require.NotEqual(t, first, second)
}
