// Package accounts is what people do with their accounts: sign up, sign in and out, prove their e-mail address, change and reset
// their password, look after their sessions and API tokens, and leave. It also says who stands behind a token, which every
// other service relies on.
package accounts

import (
	"context"
	"log/slog"
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
	// VerifyLink and ResetLink are where the links in mails lead; the token is put behind them.
	VerifyLink, ResetLink string
}

// Needs is what the use cases need of the outside.
type Needs struct {
	Storage   ports.Storage
	Passwords ports.Passwords
	Issuer    ports.TokenIssuer
	Verifier  ports.SessionVerifier
	Mailer    ports.Mailer
	Clock     ports.Clock
	IDs       ports.IDs
	// Logger is told what went wrong behind an answer: a mail that could not be sent, an entry of the audit log that could not
	// be written. It is told no address. It may be nil.
	Logger *slog.Logger
}

// Service is the use cases of accounts. Make one with New, and run its Post.
type Service struct {
	users     ports.Users
	sessions  ports.Sessions
	tokens    ports.OneTimeTokens
	apiTokens ports.APITokens
	places    ports.SignInPlaces
	archive   ports.Shelf[domain.SignInPlace]
	audits    ports.Audits
	deletions ports.Deletions
	erasure   ports.Erasure
	passwords ports.Passwords
	issuer    ports.TokenIssuer
	verifier  ports.SessionVerifier
	mailer    ports.Mailer
	clock     ports.Clock
	ids       ports.IDs
	logger    *slog.Logger
	attempts  attempts
	post      *Post
	policy    Policy
}

// New returns the use cases of accounts.
func New(needs Needs, policy Policy) *Service {
	storage := needs.Storage
	if needs.Logger == nil {
		needs.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{
		users: storage.Users, sessions: storage.Sessions, tokens: storage.OneTimeTokens, apiTokens: storage.APITokens,
		places: storage.SignInPlaces, archive: storage.Archive.SignInPlaces, audits: storage.Audits, deletions: storage.Deletions, erasure: storage.Erasure,
		passwords: needs.Passwords, issuer: needs.Issuer, verifier: needs.Verifier, mailer: needs.Mailer,
		clock: needs.Clock, ids: needs.IDs, logger: needs.Logger,
		attempts: attempts{storage.SignInAttempts, needs.Clock}, post: newPost(needs.Logger), policy: policy,
	}
}

// Post returns what sends the mails that no answer waits for.
func (s *Service) Post() *Post { return s.post }

// Account returns the caller's account.
func (s *Service) Account(ctx context.Context, caller domain.Identity) (domain.User, error) {
	user, err := s.users.User(ctx, caller.User)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return domain.User{}, domain.WrapError(domain.CodeUnauthenticated, "This account is gone.", err)
	}
	return user, err
}

// ChangeName gives the caller another name. CodeInvalid when it breaks a rule.
func (s *Service) ChangeName(ctx context.Context, caller domain.Identity, name string, client domain.Client) (domain.User, error) {
	if err := domain.CheckUserName(name); err != nil {
		return domain.User{}, err
	}
	user, err := s.users.UpdateUser(ctx, caller.User, func(u *domain.User) error {
		u.Rename(name, s.clock.Now())
		return nil
	})
	if err != nil {
		return domain.User{}, ended(err)
	}
	s.note(ctx, domain.ActionNameChanged, user.ID, "", client)
	return user, nil
}

// note writes an entry of the audit log about what a person did to their account. The deed is done, so a failure is logged and
// not told.
func (s *Service) note(ctx context.Context, action domain.Action, user domain.UserID, object string, client domain.Client) {
	err := s.audits.InsertAudit(ctx, domain.AuditEntry{
		ID: domain.AuditEntryID(s.ids.NewID()), At: s.clock.Now(), Subject: user, Actor: string(user), Action: action,
		Object: object, Address: client.IP(),
	})
	if err != nil {
		s.logger.Error("an entry of the audit log could not be written", "action", action, "userID", user, "error", err)
	}
}

// ended turns "not found" into "not signed in" and leaves every other error as it is.
func ended(err error) error {
	if domain.CodeOf(err) == domain.CodeNotFound {
		return domain.WrapError(domain.CodeUnauthenticated, "The session has ended. Please sign in again.", err)
	}
	return err
}
