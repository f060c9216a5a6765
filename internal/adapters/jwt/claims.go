package jwt

import (
	gojwt "github.com/golang-jwt/jwt/v5"
)

const (
	algorithm = "EdDSA"
	issuer    = "spacey"
	audience  = "spacey"

	purposeSession  = "session"
	purposeIdentity = "identity"
)

// claims is the body of both kinds of token; the purpose keeps them apart.
type claims struct {
	gojwt.RegisteredClaims
	Purpose       string `json:"purpose"`
	Session       string `json:"sid,omitempty"`
	EmailVerified bool   `json:"email_verified,omitempty"`
	Beta          bool   `json:"beta,omitempty"`
}
