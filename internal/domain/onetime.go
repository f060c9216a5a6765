package domain

import "time"

// TokenPurpose says what a one-time token is for. A token for one purpose is worth nothing for another.
type TokenPurpose string

// The purposes.
const (
	// PurposeVerifyEmail is the token in a verification mail.
	PurposeVerifyEmail TokenPurpose = "verify_email"
	// PurposeResetPassword is the token in a mail by which somebody chooses a new password.
	PurposeResetPassword TokenPurpose = "reset_password"
)

// How long the links in mails work.
const (
	VerificationLifetime  = 24 * time.Hour
	PasswordResetLifetime = time.Hour
)

// OneTimeToken is a secret sent to a person by mail, stored only as its hash.
type OneTimeToken struct {
	// Hash is the hexadecimal SHA-256 of the secret.
	Hash      string
	Owner     UserID
	Purpose   TokenPurpose
	CreatedAt time.Time
	ExpiresAt time.Time
}
