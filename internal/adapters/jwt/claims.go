package jwt

import (
	gojwt "github.com/golang-jwt/jwt/v5"

	"github.com/moshrank/spacey-backend/internal/domain"
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
	// Token and Scopes are set in the identity of an API token.
	Token  string         `json:"tid,omitempty"`
	Scopes []domain.Scope `json:"scopes,omitempty"`
}

// scopesWithoutToken reports whether there are scopes that nothing limits to: an identity without an API token may do all.
func scopesWithoutToken(token domain.APITokenID, scopes []domain.Scope) bool {
	return token == "" && len(scopes) > 0
}
