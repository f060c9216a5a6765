package userapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// keysMaxAge is how long anybody may keep the public keys. A new key is published longer than that before it signs.
const keysMaxAge = 5 * time.Minute

func (a *api) keyRoutes() []rest.Endpoint {
	return []rest.Endpoint{rest.Route(rest.Spec{
		Method: http.MethodGet, Path: "/.well-known/jwks.json", Service: rest.Users, Bare: true, MaxAge: keysMaxAge,
		Summary:     "The public keys of the tokens",
		Description: "A JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037). Tokens are signed with one of them; its `kid` says which.",
	}, a.publicKeys)}
}

// keySetResponse is a JSON Web Key Set.
type keySetResponse struct {
	Keys []keyResponse `json:"keys"`
}

type keyResponse struct {
	KeyType   string `json:"kty" const:"OKP"`
	Curve     string `json:"crv" const:"Ed25519"`
	X         string `json:"x" description:"The key, in base64url."`
	ID        string `json:"kid" description:"The thumbprint of the key (RFC 7638)."`
	Use       string `json:"use" const:"sig"`
	Algorithm string `json:"alg" const:"EdDSA"`
}

func (a *api) publicKeys(context.Context, domain.Identity, rest.Empty) (keySetResponse, error) {
	var set keySetResponse
	if err := json.Unmarshal(a.jwks(), &set); err != nil {
		return keySetResponse{}, fmt.Errorf("reading the key set: %w", err)
	}
	return set, nil
}

func (a *api) keys(context.Context, domain.Identity, rest.Empty) (json.RawMessage, error) {
	return a.jwks(), nil
}
