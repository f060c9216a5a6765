package domain

import "time"

// TokenPurpose says what a one-time token is for. A token for one purpose is worth nothing for another.
type TokenPurpose string

// PurposeVerifyEmail is the token in a verification mail.
const PurposeVerifyEmail TokenPurpose = "verify_email"

// VerificationLifetime is how long the link in a verification mail works.
const VerificationLifetime = 24 * time.Hour

// OneTimeToken is a secret sent to a person by mail, stored only as its hash.
type OneTimeToken struct {
	// Hash is the hexadecimal SHA-256 of the secret.
	Hash      string
	Owner     UserID
	Purpose   TokenPurpose
	CreatedAt time.Time
	ExpiresAt time.Time
}
