// Package accounts is what people do with their accounts: sign up, sign in and out, prove their e-mail address. It also
// says who stands behind a session, which every other service relies on.
package accounts

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Policy is what an installation decides about accounts.
type Policy struct {
	// MinPassword is the length of the shortest password, in characters.
	MinPassword int
	// SessionLifetime is how long a sign-in lasts.
	SessionLifetime time.Duration
	// TrustNewAccounts makes new accounts verified and beta at once: for development.
	TrustNewAccounts bool
	// VerifyLink is where the link in a verification mail leads; the token is put behind it.
	VerifyLink string
}

// Service is the use cases of accounts. Make one with New.
type Service struct {
	users     ports.Users
	sessions  ports.Sessions
	tokens    ports.OneTimeTokens
	passwords ports.Passwords
	issuer    ports.TokenIssuer
	verifier  ports.SessionVerifier
	mailer    ports.Mailer
	clock     ports.Clock
	ids       ports.IDs
	policy    Policy
}

// New returns the use cases of accounts.
func New(storage ports.Storage, passwords ports.Passwords, issuer ports.TokenIssuer, verifier ports.SessionVerifier,
	mailer ports.Mailer, clock ports.Clock, ids ports.IDs, policy Policy) *Service {
	return &Service{
		users: storage.Users, sessions: storage.Sessions, tokens: storage.OneTimeTokens,
		passwords: passwords, issuer: issuer, verifier: verifier, mailer: mailer, clock: clock, ids: ids, policy: policy,
	}
}

// SignedIn is a person with a fresh session token.
type SignedIn struct {
	User  domain.User
	Token string
}

// SignUp opens an account and signs in. CodeInvalid when the input breaks a rule, CodeEmailTaken when the address has an
// account.
func (s *Service) SignUp(ctx context.Context, request domain.SignUp) (SignedIn, error) {
	if err := request.Check(s.policy.MinPassword); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.passwords.Hash(ctx, request.Password)
	if err != nil {
		return SignedIn{}, err
	}
	user := domain.NewUser(domain.UserID(s.ids.NewID()), request, hash, s.clock.Now())
	user.EmailVerified, user.Beta = s.policy.TrustNewAccounts, s.policy.TrustNewAccounts
	if err := s.users.InsertUser(ctx, user); err != nil {
		return SignedIn{}, err
	}
	return s.openSession(ctx, user)
}

// SignIn opens a session. CodeBadCredentials when the address is unknown or the password wrong; both take as long.
func (s *Service) SignIn(ctx context.Context, email, password string) (SignedIn, error) {
	user, err := s.users.UserByEmail(ctx, domain.EmailKey(email))
	// An address that cannot be stored belongs to nobody either.
	if code := domain.CodeOf(err); err != nil && code != domain.CodeNotFound && code != domain.CodeInvalid {
		return SignedIn{}, err
	}
	right, err := s.passwords.Verify(ctx, password, user.PasswordHash)
	if err != nil {
		return SignedIn{}, err
	}
	if !right {
		return SignedIn{}, domain.NewError(domain.CodeBadCredentials, "Invalid email or password.")
	}
	return s.openSession(ctx, user)
}

func (s *Service) openSession(ctx context.Context, user domain.User) (SignedIn, error) {
	now := s.clock.Now()
	session := domain.Session{
		ID: domain.SessionID(s.ids.NewID()), Owner: user.ID, CreatedAt: now, ExpiresAt: now.Add(s.policy.SessionLifetime),
	}
	if err := s.sessions.InsertSession(ctx, session); err != nil {
		return SignedIn{}, err
	}
	return s.signedIn(user, session)
}

func (s *Service) signedIn(user domain.User, session domain.Session) (SignedIn, error) {
	token, err := s.issuer.IssueSession(domain.SessionClaims{
		User: user.ID, Session: session.ID, ExpiresAt: session.ExpiresAt,
	})
	return SignedIn{user, token}, err
}

// SignOut ends the caller's session. Nobody, or an ended session, is no error: being signed out is what was asked for.
func (s *Service) SignOut(ctx context.Context, caller domain.Identity) error {
	if !caller.SignedIn() {
		return nil
	}
	return s.sessions.EndSession(ctx, caller.User, caller.Session)
}

// Account returns the caller's account.
func (s *Service) Account(ctx context.Context, caller domain.Identity) (domain.User, error) {
	user, err := s.users.User(ctx, caller.User)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return domain.User{}, domain.WrapError(domain.CodeUnauthenticated, "This account is gone.", err)
	}
	return user, err
}

// Identify returns an identity token for a session token: who the person is at this moment. CodeUnauthenticated when the
// token is not good, the session has ended or the account is gone.
func (s *Service) Identify(ctx context.Context, token string) (string, error) {
	claims, err := s.verifier.VerifySession(ctx, token)
	if err != nil {
		return "", err
	}
	session, err := s.sessions.Session(ctx, claims.User, claims.Session)
	if err != nil {
		return "", ended(err)
	}
	now := s.clock.Now()
	if !session.Live(now) {
		return "", domain.NewError(domain.CodeUnauthenticated, "The session has ended. Please sign in again.")
	}
	user, err := s.users.User(ctx, claims.User)
	if err != nil {
		return "", ended(err)
	}
	expires := now.Add(domain.IdentityLifetime)
	if session.ExpiresAt.Before(expires) {
		expires = session.ExpiresAt
	}
	return s.issuer.IssueIdentity(domain.Identity{
		User: user.ID, Session: session.ID, EmailVerified: user.EmailVerified, Beta: user.Beta, ExpiresAt: expires,
	})
}

// ended turns "not found" into "not signed in" and leaves every other error as it is.
func ended(err error) error {
	if domain.CodeOf(err) == domain.CodeNotFound {
		return domain.WrapError(domain.CodeUnauthenticated, "The session has ended. Please sign in again.", err)
	}
	return err
}
