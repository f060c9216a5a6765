package jwt

import (
	"context"
	"errors"
	"strings"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// maxToken is the length of the longest text that is looked at, in bytes. Ours are about 500.
	maxToken = 4096
	// clockSkew is how far the clock of the signer may run ahead of ours.
	clockSkew = 10 * time.Second
)

// Verifier checks tokens against keys. It believes nothing of a token's header: there is one algorithm, and the key id
// can only pick one of our keys.
type Verifier struct {
	keys   KeySource
	clock  ports.Clock
	parser *gojwt.Parser
}

var (
	_ ports.SessionVerifier  = (*Verifier)(nil)
	_ ports.IdentityVerifier = (*Verifier)(nil)
)

// NewVerifier returns a verifier of tokens signed with one of these keys.
func NewVerifier(keys KeySource, clock ports.Clock) *Verifier {
	return &Verifier{keys: keys, clock: clock, parser: gojwt.NewParser(
		gojwt.WithValidMethods([]string{algorithm}),
		gojwt.WithIssuer(issuer), gojwt.WithAudience(audience),
		gojwt.WithExpirationRequired(), gojwt.WithIssuedAt(),
		gojwt.WithTimeFunc(clock.Now), gojwt.WithLeeway(clockSkew),
		// Without it a token with other unused bits in its last character would be another text for the same token.
		gojwt.WithStrictDecoding(),
	)}
}

// VerifySession returns what a session token says. CodeUnauthenticated when it is not one of ours, is meant for another
// purpose, or has expired; CodeUnavailable when the keys to check it cannot be had.
func (v *Verifier) VerifySession(ctx context.Context, token string) (domain.SessionClaims, error) {
	body, err := v.verify(ctx, token, purposeSession)
	if err != nil {
		return domain.SessionClaims{}, err
	}
	if body.Session == "" {
		return domain.SessionClaims{}, refused("names no session", nil)
	}
	return domain.SessionClaims{
		User: domain.UserID(body.Subject), Session: domain.SessionID(body.Session), ExpiresAt: body.ExpiresAt.UTC(),
	}, nil
}

// VerifyIdentity returns who a token stands for. CodeUnauthenticated when it is not one of ours, is meant for another
// purpose, or has expired; CodeUnavailable when the keys to check it cannot be had.
func (v *Verifier) VerifyIdentity(ctx context.Context, token string) (domain.Identity, error) {
	body, err := v.verify(ctx, token, purposeIdentity)
	if err != nil {
		return domain.Identity{}, err
	}
	if scopesWithoutToken(domain.APITokenID(body.Token), body.Scopes) {
		return domain.Identity{}, refused("has scopes and names no API token", nil)
	}
	return domain.Identity{
		User: domain.UserID(body.Subject), Session: domain.SessionID(body.Session),
		EmailVerified: body.EmailVerified, Beta: body.Beta, Token: domain.APITokenID(body.Token),
		Scopes: body.Scopes, ExpiresAt: body.ExpiresAt.UTC(),
	}, nil
}

func (v *Verifier) verify(ctx context.Context, token, purpose string) (claims, error) {
	if len(token) > maxToken {
		return claims{}, refused("is too long", nil)
	}
	if strings.ContainsAny(token, "\r\n") {
		// The decoder of base64 skips them, so they too would make another text for the same token.
		return claims{}, refused("has more than one line", nil)
	}
	var body claims
	var keyErr error
	_, err := v.parser.ParseWithClaims(token, &body, func(parsed *gojwt.Token) (any, error) {
		id, _ := parsed.Header["kid"].(string)
		key, err := v.keys.PublicKey(ctx, id)
		keyErr = err
		return key, err
	})
	switch {
	case keyErr != nil && domain.CodeOf(keyErr) != domain.CodeUnauthenticated:
		return claims{}, domain.WrapError(domain.CodeUnavailable, "The token cannot be checked now.", keyErr)
	case err != nil:
		return claims{}, refused("is not valid", err)
	case body.Purpose != purpose:
		return claims{}, refused("is meant for something else", nil)
	case body.Subject == "":
		return claims{}, refused("names nobody", nil)
	case body.NotBefore == nil || body.IssuedAt == nil:
		return claims{}, refused("does not say since when it is valid", nil)
	case !v.clock.Now().Before(body.ExpiresAt.Time):
		// The parser forgives the skew of the clock here too, and the expiry of ours needs none.
		return claims{}, refused("has expired", gojwt.ErrTokenExpired)
	}
	return body, nil
}

// refused returns the error for a token that is not accepted. The caller learns no more than that it is not valid.
func refused(why string, cause error) error {
	if cause == nil {
		cause = errors.New("the token " + why)
	}
	return domain.WrapError(domain.CodeUnauthenticated, "You are not signed in.", cause)
}
