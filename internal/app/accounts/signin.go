package accounts

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// SignedIn is a person with a fresh session token.
type SignedIn struct {
	User  domain.User
	Token string
}

// errBadCredentials is the answer to every sign-in that fails, whatever was wrong.
var errBadCredentials = domain.NewError(domain.CodeBadCredentials, "Invalid email or password.")

// nobody is the owner of whom something is looked up where there is no account, so that it costs the same.
const nobody domain.UserID = "00000000-0000-0000-0000-000000000000"

// SignUp opens an account and signs in. CodeInvalid when the input breaks a rule, CodeEmailTaken when the address has an
// account.
func (s *Service) SignUp(ctx context.Context, request domain.SignUp, client domain.Client) (SignedIn, error) {
	if err := request.Check(s.policy.MinPassword); err != nil {
		return SignedIn{}, err
	}
	if s.passwords.Common(request.Password) {
		return SignedIn{}, tooCommon("password")
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
	s.note(ctx, domain.ActionSignedUp, user.ID, "", client)
	if _, err := s.seePlace(ctx, user.ID, client); err != nil {
		return SignedIn{}, err
	}
	return s.openSession(ctx, user, client)
}

// SignIn opens a session. CodeBadCredentials when the address is unknown, the password wrong or the account disabled, which
// take equally long; CodeTooManyAttempts when others have failed before and it is too soon.
func (s *Service) SignIn(ctx context.Context, email, password string, client domain.Client) (SignedIn, error) {
	key := domain.EmailKey(email)
	user, err := s.users.UserByEmail(ctx, key)
	// An address that cannot be stored belongs to nobody either.
	if code := domain.CodeOf(err); err != nil && code != domain.CodeNotFound && code != domain.CodeInvalid {
		return SignedIn{}, err
	}
	try, err := s.attemptOf(ctx, key, user.ID, client)
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.attempts.look(ctx, try); err != nil {
		return SignedIn{}, err
	}
	// It is counted when it is its turn: a crowd that cannot be served costs no writes, and is not held against anybody.
	right, err := s.passwords.Verify(ctx, password, user.PasswordHash, func() error { return s.attempts.begin(ctx, try) })
	if err != nil {
		return SignedIn{}, err
	}
	if !right || user.Disabled {
		if err := s.attempts.failed(ctx, try); err != nil {
			return SignedIn{}, err
		}
		return SignedIn{}, errBadCredentials
	}
	if err := s.attempts.succeeded(ctx, try); err != nil {
		return SignedIn{}, err
	}
	return s.welcome(ctx, user, password, client)
}

// attemptOf returns what a sign-in counts against. Where the person has signed in before, only what failed from their own address
// counts: strangers elsewhere cannot keep them out.
func (s *Service) attemptOf(ctx context.Context, emailKey string, user domain.UserID, client domain.Client) (attempt, error) {
	if user == "" {
		user = nobody
	}
	known := false
	if network := client.Network(); network != "" {
		var err error
		if known, err = s.places.KnowsPlace(ctx, user, network); err != nil {
			return attempt{}, err
		}
	}
	return signInAttempt(emailKey, client, known), nil
}

// welcome opens a session for somebody whose password was right, unless it was changed meanwhile.
func (s *Service) welcome(ctx context.Context, user domain.User, password string, client domain.Client) (SignedIn, error) {
	if s.passwords.Outdated(user.PasswordHash) {
		user = s.rehash(ctx, user, password)
	}
	known, err := s.seePlace(ctx, user.ID, client)
	if err != nil {
		return SignedIn{}, err
	}
	signedIn, err := s.openSession(ctx, user, client)
	if err != nil {
		return SignedIn{}, err
	}
	s.note(ctx, domain.ActionSignedIn, user.ID, "", client)
	if !known && client.Place() != "" {
		at := s.clock.Now()
		_ = s.post.send("new sign-in", func(ctx context.Context) error { return s.mailer.SendNewSignIn(ctx, user, at, client.Place()) })
	}
	return signedIn, nil
}

// rehash replaces the hash of a password that is right by one as they are made today. When that fails the old one stays.
func (s *Service) rehash(ctx context.Context, user domain.User, password string) domain.User {
	hash, err := s.passwords.Hash(ctx, password)
	if err == nil {
		var renewed domain.User
		renewed, err = s.users.UpdateUser(ctx, user.ID, func(u *domain.User) error {
			if u.PasswordHash == user.PasswordHash {
				u.PasswordHash, u.UpdatedAt = hash, s.clock.Now()
			}
			return nil
		})
		if err == nil && renewed.PasswordHash != hash {
			// Somebody else was faster: either they renewed it too, or the password is another one now.
			if same, _ := s.passwords.Verify(ctx, password, renewed.PasswordHash, nil); !same {
				return user
			}
		}
		if err == nil {
			return renewed
		}
	}
	s.logger.Warn("an old password hash could not be replaced; the next sign-in will try again", "userID", user.ID, "error", err)
	return user
}

// seePlace notes from where a person signs in. It reports whether that was known.
func (s *Service) seePlace(ctx context.Context, user domain.UserID, client domain.Client) (known bool, err error) {
	network := client.Network()
	if network == "" {
		return true, nil
	}
	now := s.clock.Now()
	return s.places.SeePlace(ctx, domain.SignInPlace{Owner: user, Network: network, FirstSeen: now, LastSeen: now})
}

// openSession stores a session and looks once more whether the account is as it was: whoever changes a password or disables an
// account ends the sessions afterwards, so one that was opened in between is ended either there or here.
func (s *Service) openSession(ctx context.Context, user domain.User, client domain.Client) (SignedIn, error) {
	now := s.clock.Now()
	session := domain.Session{
		ID: domain.SessionID(s.ids.NewID()), Owner: user.ID, CreatedAt: now, ExpiresAt: now.Add(s.policy.SessionLifetime),
		Program: client.Program, Address: client.IP(),
	}
	if err := s.sessions.InsertSession(ctx, session); err != nil {
		return SignedIn{}, err
	}
	current, err := s.users.User(ctx, user.ID)
	if code := domain.CodeOf(err); err != nil && code != domain.CodeNotFound {
		return SignedIn{}, err
	}
	if err != nil || current.Disabled || current.PasswordHash != user.PasswordHash {
		if err := s.sessions.EndSession(ctx, user.ID, session.ID); err != nil {
			return SignedIn{}, err
		}
		return SignedIn{}, errBadCredentials
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
func (s *Service) SignOut(ctx context.Context, caller domain.Identity, client domain.Client) error {
	if caller.Session == "" {
		return nil
	}
	if err := s.sessions.EndSession(ctx, caller.User, caller.Session); err != nil {
		return err
	}
	s.note(ctx, domain.ActionSignedOut, caller.User, string(caller.Session), client)
	return nil
}
