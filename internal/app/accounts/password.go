package accounts

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// tooCommon is the refusal of a password that strangers try first.
func tooCommon(field string) error {
	return domain.Invalid(field, "This password is among the most common ones, which strangers try first. Choose another one.")
}

// checkNewPassword says what is wrong with a password that somebody chooses in the named field.
func (s *Service) checkNewPassword(field, password string) error {
	if err := domain.CheckPassword(field, password, s.policy.MinPassword); err != nil {
		return err
	}
	if s.passwords.Common(password) {
		return tooCommon(field)
	}
	return nil
}

// confirm makes sure that the caller knows their password. CodeInvalid about the field when they do not, CodeTooManyAttempts when
// it is too soon after others that were wrong.
func (s *Service) confirm(ctx context.Context, caller domain.Identity, field, password string) (domain.User, error) {
	user, err := s.Account(ctx, caller)
	if err != nil {
		return domain.User{}, err
	}
	try := passwordAttempt(user.ID)
	if err := s.attempts.look(ctx, try); err != nil {
		return domain.User{}, err
	}
	right, err := s.passwords.Verify(ctx, password, user.PasswordHash, func() error { return s.attempts.begin(ctx, try) })
	if err != nil {
		return domain.User{}, err
	}
	if !right {
		return domain.User{}, domain.Invalid(field, "This is not the password of the account.")
	}
	return user, s.attempts.succeeded(ctx, try)
}

// ChangePassword gives the caller another password and ends all their other sessions; API tokens stay. CodeInvalid when the current
// one is wrong or the new one breaks a rule.
func (s *Service) ChangePassword(ctx context.Context, caller domain.Identity, current, chosen string, client domain.Client) error {
	if err := s.checkNewPassword("new", chosen); err != nil {
		return err
	}
	user, err := s.confirm(ctx, caller, "current", current)
	if err != nil {
		return err
	}
	hash, err := s.passwords.Hash(ctx, chosen)
	if err != nil {
		return err
	}
	err = s.replacePassword(ctx, user, caller.Session, func(u *domain.User) { u.PasswordHash = hash })
	if domain.CodeOf(err) == domain.CodeBadToken {
		return domain.WrapError(domain.CodeConflict, "The password was changed at the same time. Try again with the new one.", err)
	}
	if err != nil {
		return err
	}
	s.note(ctx, domain.ActionPasswordChanged, user.ID, "", client)
	return nil
}

// replacePassword changes the password of an account, if it still is the one of user, ends all sessions but one, and tells the
// person. Sessions end before too: should this be cut off in between, none has outlived the old password. CodeBadToken when
// the password is another one by now.
func (s *Service) replacePassword(ctx context.Context, user domain.User, except domain.SessionID, change func(*domain.User)) error {
	if err := s.sessions.EndSessions(ctx, user.ID, except); err != nil {
		return err
	}
	at := s.clock.Now()
	changed, err := s.users.UpdateUser(ctx, user.ID, func(u *domain.User) error {
		if u.PasswordHash != user.PasswordHash {
			return errBadLink
		}
		change(u)
		u.UpdatedAt = at
		return nil
	})
	if err != nil {
		return ended(err)
	}
	if err := s.sessions.EndSessions(ctx, user.ID, except); err != nil {
		return err
	}
	_ = s.post.send("password changed", func(ctx context.Context) error { return s.mailer.SendPasswordChanged(ctx, changed, at) })
	return nil
}

// errBadLink is the answer to a link from a mail that is good for nothing.
var errBadLink = domain.NewError(domain.CodeBadToken, "This link is not valid any more. Please ask for a new mail.")

// ForgotPassword has a link mailed by which a person chooses a new password. It returns before anything is looked up, so that
// nobody learns whether the address has an account. CodeBusy when too many mails are waiting.
func (s *Service) ForgotPassword(_ context.Context, email string, client domain.Client) error {
	return s.post.sendAsked("password reset", func(ctx context.Context) error { return s.sendReset(ctx, email, client) })
}

func (s *Service) sendReset(ctx context.Context, email string, client domain.Client) error {
	key := domain.EmailKey(email)
	user, err := s.users.UserByEmail(ctx, key)
	if code := domain.CodeOf(err); code == domain.CodeNotFound || code == domain.CodeInvalid || err == nil && user.Disabled {
		return nil // nobody to write to
	}
	if err != nil {
		return err
	}
	err = s.attempts.count(ctx, counter{"reset:" + hashOf(key), mailBackOff}, true)
	if domain.CodeOf(err) == domain.CodeTooManyAttempts {
		return nil // strangers could fill the mailbox otherwise
	}
	if err != nil {
		return err
	}
	secret, now := rand.Text(), s.clock.Now()
	err = s.tokens.InsertToken(ctx, domain.OneTimeToken{
		Hash: hashReset(secret, user.PasswordHash), Owner: user.ID, Purpose: domain.PurposeResetPassword,
		CreatedAt: now, ExpiresAt: now.Add(domain.PasswordResetLifetime),
	})
	if err != nil {
		return err
	}
	s.note(ctx, domain.ActionResetAsked, user.ID, "", client)
	return s.mailer.SendPasswordReset(ctx, user, s.policy.ResetLink+url.QueryEscape(string(user.ID)+"_"+secret))
}

// hashReset returns what is stored of the secret of a link. The password is in it, so that a link ends when the password is
// changed by another one, or by hand.
func hashReset(secret, passwordHash string) string { return hashOf("reset", secret, passwordHash) }

// ResetPassword gives the person who got a link another password. It ends all their sessions and API tokens, since others may have
// had the account. The mail has reached them, so the address is proven. CodeBadToken when the link is unknown, used, expired,
// or older than the password; CodeInvalid when the password breaks a rule.
func (s *Service) ResetPassword(ctx context.Context, token, chosen string, client domain.Client) error {
	if err := s.checkNewPassword("password", chosen); err != nil {
		return err
	}
	name, secret, _ := strings.Cut(token, "_")
	id, ok := domain.ParseID(name)
	if !ok {
		return errBadLink
	}
	user, err := s.users.User(ctx, domain.UserID(id))
	if domain.CodeOf(err) == domain.CodeNotFound {
		return errBadLink
	}
	if err != nil {
		return err
	}
	hash, err := s.passwords.Hash(ctx, chosen) // before the link is used up, since it may fail
	if err != nil {
		return err
	}
	_, err = s.tokens.ConsumeToken(ctx, user.ID, hashReset(secret, user.PasswordHash), domain.PurposeResetPassword, s.clock.Now())
	if domain.CodeOf(err) == domain.CodeNotFound || user.Disabled {
		return errBadLink
	}
	if err != nil {
		return err
	}
	return s.finishReset(ctx, user, hash, client)
}

func (s *Service) finishReset(ctx context.Context, user domain.User, hash string, client domain.Client) error {
	if err := s.apiTokens.DeleteAPITokens(ctx, user.ID); err != nil {
		return err
	}
	err := s.replacePassword(ctx, user, "", func(u *domain.User) { u.PasswordHash, u.EmailVerified = hash, true })
	if err != nil {
		return err
	}
	// Once more: one may have been made while the sessions were not ended yet.
	if err := s.apiTokens.DeleteAPITokens(ctx, user.ID); err != nil {
		return err
	}
	s.note(ctx, domain.ActionPasswordReset, user.ID, "", client)
	if err := s.attempts.succeeded(ctx, signInAttempt(domain.EmailKey(user.Email), client, false)); err != nil {
		return err
	}
	_, err = s.seePlace(ctx, user.ID, client)
	return err
}
