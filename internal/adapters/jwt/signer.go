package jwt

import (
	"crypto/ed25519"
	"crypto/rand"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Signer signs tokens with one key, and names the keys that verify them.
type Signer struct {
	key    ed25519.PrivateKey
	id     string
	public []ed25519.PublicKey
	clock  ports.Clock
}

var _ ports.TokenIssuer = (*Signer)(nil)

// NewSigner returns a signer. The retired keys sign nothing, but tokens signed with them are still good: they stay in
// the key set while such tokens live.
func NewSigner(privateKey ed25519.PrivateKey, clock ports.Clock, retired ...ed25519.PublicKey) *Signer {
	signer := &Signer{key: privateKey, clock: clock}
	if public, ok := publicOf(privateKey); ok {
		signer.id = KeyID(public)
		signer.public = append(signer.public, public)
	}
	signer.public = append(signer.public, retired...)
	return signer
}

// JWKS returns the keys that verify tokens of this signer, as a JWK set (RFC 7517).
func (s *Signer) JWKS() []byte { return encodeKeySet(s.public) }

// Keys returns the keys that verify tokens of this signer, for a verifier in the same process.
func (s *Signer) Keys() *StaticKeys { return NewStaticKeys(s.public...) }

// IssueSession returns a session token. Times in tokens are whole seconds, so it expires up to a second early.
func (s *Signer) IssueSession(session domain.SessionClaims) (string, error) {
	return s.sign(claims{
		RegisteredClaims: s.registered(session.User, session.ExpiresAt),
		Purpose:          purposeSession,
		Session:          string(session.Session),
	})
}

// IssueIdentity returns an identity token. Without an expiry it lives for domain.IdentityLifetime. Scopes belong to an API
// token: without one they would say that the caller may do less, and mean nothing.
func (s *Signer) IssueIdentity(identity domain.Identity) (string, error) {
	if scopesWithoutToken(identity.Token, identity.Scopes) {
		return "", domain.NewError(domain.CodeInternal, "An identity with scopes needs an API token.")
	}
	expires := identity.ExpiresAt
	if expires.IsZero() {
		expires = s.clock.Now().Add(domain.IdentityLifetime)
	}
	return s.sign(claims{
		RegisteredClaims: s.registered(identity.User, expires),
		Purpose:          purposeIdentity,
		Session:          string(identity.Session),
		EmailVerified:    identity.EmailVerified,
		Beta:             identity.Beta,
		Token:            string(identity.Token),
		Scopes:           identity.Scopes,
	})
}

func (s *Signer) registered(user domain.UserID, expires time.Time) gojwt.RegisteredClaims {
	now := s.clock.Now()
	return gojwt.RegisteredClaims{
		Issuer: issuer, Audience: gojwt.ClaimStrings{audience}, Subject: string(user),
		IssuedAt: gojwt.NewNumericDate(now), NotBefore: gojwt.NewNumericDate(now),
		ExpiresAt: gojwt.NewNumericDate(expires),
		// Two tokens of one second would be the same otherwise, and what is remembered of the first hold for the second.
		ID: rand.Text(),
	}
}

func (s *Signer) sign(body claims) (string, error) {
	if s.id == "" {
		return "", domain.NewError(domain.CodeInternal, "The signing key is not an Ed25519 key.")
	}
	if body.Subject == "" || body.ExpiresAt.IsZero() {
		return "", domain.NewError(domain.CodeInternal, "A token needs a user and an expiry.")
	}
	token := gojwt.NewWithClaims(gojwt.SigningMethodEdDSA, body)
	token.Header["kid"] = s.id
	text, err := token.SignedString(s.key)
	if err != nil {
		return "", domain.WrapError(domain.CodeInternal, "A token could not be signed.", err)
	}
	return text, nil
}
