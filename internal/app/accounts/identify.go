package accounts

import (
	"context"
	"crypto/subtle"

	"github.com/moshrank/spacey-backend/internal/domain"
)

var (
	errSessionEnded = domain.NewError(domain.CodeUnauthenticated, "The session has ended. Please sign in again.")
	errNoToken      = domain.NewError(domain.CodeUnauthenticated, "This API token is not valid, or not any more.")
)

// Identify returns an identity token for a session token or an API token: who the person is at this moment. CodeUnauthenticated
// when the token is not good, the session has ended, or the account is gone or disabled.
func (s *Service) Identify(ctx context.Context, token string) (string, error) {
	identify := s.sessionIdentity
	if domain.IsAPIToken(token) {
		identify = s.apiIdentity
	}
	identity, err := identify(ctx, token)
	if err != nil {
		return "", err
	}
	user, err := s.users.User(ctx, identity.User)
	if err != nil {
		return "", ended(err)
	}
	if user.Disabled {
		return "", domain.NewError(domain.CodeUnauthenticated, "This account is disabled.")
	}
	expires := s.clock.Now().Add(domain.IdentityLifetime)
	if !identity.ExpiresAt.IsZero() && identity.ExpiresAt.Before(expires) {
		expires = identity.ExpiresAt
	}
	identity.EmailVerified, identity.Beta, identity.ExpiresAt = user.EmailVerified, user.Beta, expires
	return s.issuer.IssueIdentity(identity)
}

// sessionIdentity returns who a session token stands for, until it expires.
func (s *Service) sessionIdentity(ctx context.Context, token string) (domain.Identity, error) {
	claims, err := s.verifier.VerifySession(ctx, token)
	if err != nil {
		return domain.Identity{}, err
	}
	session, err := s.sessions.Session(ctx, claims.User, claims.Session)
	if err != nil {
		return domain.Identity{}, ended(err)
	}
	if !session.Live(s.clock.Now()) {
		return domain.Identity{}, errSessionEnded
	}
	return domain.Identity{User: claims.User, Session: session.ID, ExpiresAt: session.ExpiresAt}, nil
}

// apiIdentity returns whose an API token is, and what it allows, until it expires.
func (s *Service) apiIdentity(ctx context.Context, text string) (domain.Identity, error) {
	owner, id, secret, ok := domain.ParseAPIToken(text)
	if !ok {
		return domain.Identity{}, errNoToken
	}
	token, err := s.apiTokens.APIToken(ctx, owner, id)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return domain.Identity{}, errNoToken
	}
	if err != nil {
		return domain.Identity{}, err
	}
	if subtle.ConstantTimeCompare([]byte(token.Hash), []byte(hashSecret(secret))) != 1 || !token.Live(s.clock.Now()) {
		return domain.Identity{}, errNoToken
	}
	return domain.Identity{User: owner, Token: id, Scopes: token.Scopes, ExpiresAt: token.ExpiresAt}, nil
}
