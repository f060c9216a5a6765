package rest

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// ErrNotSignedIn is the answer to a call by nobody where somebody is needed.
var ErrNotSignedIn = domain.NewError(domain.CodeUnauthenticated, "Sign in to do this.")

var (
	errNotVerified  = domain.NewError(domain.CodeEmailNotVerified, "Verify your e-mail address to do this.")
	errNotBeta      = domain.NewError(domain.CodeBetaRequired, "This is open to members of the beta only.")
	errNoTokens     = domain.NewError(domain.CodeMissingScope, "This cannot be done with an API token. Sign in to do this.")
	errNotOfService = domain.NewError(domain.CodeForbidden, "This is for the services of spacey only.")
)

// Admit says whether somebody may call a route with this access: nil, CodeUnauthenticated, CodeEmailNotVerified or
// CodeBetaRequired. Internal admits no identity, only the service credential: CodeForbidden.
func (a Access) Admit(caller domain.Identity) error {
	switch {
	case a == Anyone || a == Optional:
		return nil
	case a == Internal:
		return errNotOfService
	case !caller.SignedIn():
		return ErrNotSignedIn
	case a == SignedIn:
		return nil
	case !caller.EmailVerified:
		return errNotVerified
	case a == Beta && !caller.Beta:
		return errNotBeta
	default:
		return nil
	}
}

// Admit says whether somebody may call the route: what Access.Admit says, and CodeMissingScope for an API token that does
// not reach that far.
func (s Spec) Admit(caller domain.Identity) error {
	switch err := s.Access.Admit(caller); {
	case err != nil:
		return err
	case caller.Token == "" || s.Access <= Optional:
		return nil
	case s.Scope == "":
		return errNoTokens
	case !caller.Allows(s.Scope):
		return domain.NewError(domain.CodeMissingScope, "This API token does not allow this. It needs the scope "+string(s.Scope)+".")
	default:
		return nil
	}
}

// EmptyFor reports whether a refused call is answered with an empty list: see Spec.EmptyOutsideBeta.
func (s Spec) EmptyFor(refusal error) bool {
	code := domain.CodeOf(refusal)
	return s.EmptyOutsideBeta && (code == domain.CodeBetaRequired || code == domain.CodeEmailNotVerified)
}

// BearerToken returns the token of the header Authorization, or "".
func BearerToken(c *fiber.Ctx) string {
	scheme, token, found := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// identify finds out who calls and whether they may.
func (s *server) identify(ctx context.Context, c *fiber.Ctx, spec Spec) (domain.Identity, error) {
	nobody := domain.Identity{}
	if spec.Access == Anyone {
		return nobody, nil
	}
	token := BearerToken(c)
	if spec.Access == Internal {
		if !sameSecret(token, s.options.ServiceToken) {
			return nobody, errNotOfService
		}
		return nobody, nil
	}
	caller := nobody
	if token != "" {
		identity, err := s.options.Verifier.VerifyIdentity(ctx, token)
		var refusal *domain.Error
		switch {
		case err == nil:
			caller = identity
		case !errors.As(err, &refusal) || refusal.Code != domain.CodeUnauthenticated:
			return nobody, err
		}
	}
	if spec.Access == Optional && caller.Token != "" {
		caller = nobody // what a program with an API token asks for has nothing to do with a session
	}
	return caller, spec.Admit(caller)
}

// sameSecret compares in a time that tells nothing, not even the length. An empty secret is never right.
func sameSecret(given, secret string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && secret != ""
}
