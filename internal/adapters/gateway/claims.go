package gateway

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// claims is whom a token names. user-service alone knows whether that still holds.
type claims struct {
	user domain.UserID
	// session is set for session tokens, token for API tokens.
	session domain.SessionID
	token   domain.APITokenID
	// ends is when the token expires, zero when it does not say so.
	ends time.Time
}

// claims returns whom a token names. A session token that is not even signed by us never reaches user-service, nor does what
// only begins like an API token.
func (i *identities) claims(ctx context.Context, token string, remembered *known) (claims, error) {
	if remembered != nil {
		who := remembered.identity
		return claims{who.User, who.Session, who.Token, remembered.ends}, nil
	}
	if domain.IsAPIToken(token) {
		owner, id, _, ok := domain.ParseAPIToken(token)
		if !ok {
			return claims{}, rest.ErrNotSignedIn
		}
		return claims{user: owner, token: id}, nil
	}
	session, err := i.sessions.VerifySession(ctx, token)
	return claims{user: session.User, session: session.Session, ends: session.ExpiresAt}, err
}

// fit reports whether an identity is for whom the token names, and of the kind of the token.
func (c claims) fit(identity domain.Identity) bool {
	return identity.User == c.user && identity.Session == c.session && identity.Token == c.token
}

// refusal is the error for a token that is not, or no longer, good.
func (c claims) refusal() error {
	if c.token != "" {
		return domain.NewError(domain.CodeUnauthenticated, "This API token is not valid, or no longer.")
	}
	return domain.NewError(domain.CodeUnauthenticated, "Your session has ended. Please sign in again.")
}
