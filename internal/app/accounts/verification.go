package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/url"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// SendVerification mails the caller the link that proves that the address is theirs. CodeAlreadyVerified when it is
// proven, CodeTooManyAttempts when several were sent lately, CodeUnavailable when mail cannot be sent now.
func (s *Service) SendVerification(ctx context.Context, caller domain.Identity) error {
	user, err := s.Account(ctx, caller)
	if err != nil {
		return err
	}
	if user.EmailVerified {
		return domain.NewError(domain.CodeAlreadyVerified, "This e-mail address is already verified.")
	}
	if err := s.attempts.count(ctx, counter{"verify:" + string(user.ID), mailBackOff}, true); err != nil {
		return err
	}
	secret := rand.Text()
	now := s.clock.Now()
	err = s.tokens.InsertToken(ctx, domain.OneTimeToken{
		Hash: hashSecret(secret), Owner: user.ID, Purpose: domain.PurposeVerifyEmail,
		CreatedAt: now, ExpiresAt: now.Add(domain.VerificationLifetime),
	})
	if err != nil {
		return err
	}
	return s.mailer.SendVerification(ctx, user, s.policy.VerifyLink+url.QueryEscape(secret))
}

// Verify marks the caller's e-mail address as proven by the token from the mail, and renews the session token.
// CodeBadToken when the token is unknown, used, expired, or was sent to somebody else.
func (s *Service) Verify(ctx context.Context, caller domain.Identity, secret string, client domain.Client) (SignedIn, error) {
	session, err := s.sessions.Session(ctx, caller.User, caller.Session)
	if err != nil {
		return SignedIn{}, ended(err)
	}
	token, err := s.tokens.ConsumeToken(ctx, caller.User, hashSecret(secret), domain.PurposeVerifyEmail, s.clock.Now())
	if domain.CodeOf(err) == domain.CodeNotFound {
		return SignedIn{}, domain.WrapError(domain.CodeBadToken,
			"This link is not valid any more. Please ask for a new verification mail.", err)
	}
	if err != nil {
		return SignedIn{}, err
	}
	user, err := s.users.UpdateUser(ctx, token.Owner, func(u *domain.User) error {
		u.EmailVerified, u.UpdatedAt = true, s.clock.Now()
		return nil
	})
	if err != nil {
		return SignedIn{}, ended(err)
	}
	s.note(ctx, domain.ActionEmailVerified, user.ID, "", client)
	return s.signedIn(user, session)
}

// hashSecret returns what is stored of a secret that is sent by mail. The secret has 128 bits of chance, so a fast hash
// is enough.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
