package rest

import (
	"strings"

	"github.com/swaggest/openapi-go/openapi31"
)

// The names of the ways to show who one is, in the document.
const (
	cookieAuth = "cookieAuth"
	bearerAuth = "bearerAuth"
	tokenAuth  = "apiToken"
)

const (
	parameterPrefix      = "#/components/parameters/"
	idempotencyParameter = "IdempotencyKey"
)

// addSecurity adds the ways to show who one is, and the header of requests that may be made again.
func (d *document) addSecurity() {
	d.spec.SetAPIKeySecurity(cookieAuth, SessionCookie, "cookie", "The session token, as sign-in sets it.")
	d.spec.SetHTTPBearerTokenSecurity(bearerAuth, "JWT", "The session token, as sign-in answers it.")
	d.spec.SetHTTPBearerTokenSecurity(tokenAuth, "", "An API token, for programs: see `POST /user/tokens`. It reaches as far as its scopes; "+
		"each operation names the one it needs.")
	key := openapi31.Parameter{Name: IdempotencyKeyHeader, In: openapi31.ParameterInHeader, Schema: map[string]any{
		"type": "string", "minLength": minIdempotencyKey, "maxLength": maxIdempotencyKey, "pattern": "^[!-~]+$",
		"examples": []any{"9b2f0c1e-5d57-4c0e-8f0a-6a1f0d1c2b3a"},
	}}
	key.WithDescription("Chosen by the client, and different for each thing to be done. For 24 hours the same request with the same key is " +
		"answered as it was the first time, and not done again; a request that failed may be made again with its key.")
	d.spec.ComponentsEns().WithParametersItem(idempotencyParameter, openapi31.ParameterOrReference{Parameter: &key})
}

// securityOf returns the ways to show who one is that a route takes, each enough by itself; nil for none.
func securityOf(s Spec) []map[string][]string {
	if s.Access == Anyone {
		return nil
	}
	ways := []map[string][]string{{cookieAuth: {}}, {bearerAuth: {}}}
	switch {
	case s.Access == Optional:
		return append(ways, map[string][]string{})
	case s.Scope != "":
		return append(ways, map[string][]string{tokenAuth: {string(s.Scope)}})
	default:
		return ways
	}
}

// describe returns the description of a route, with what its Spec says of callers.
func describe(s Spec) string {
	var parts []string
	if s.Description != "" {
		parts = append(parts, s.Description)
	}
	switch {
	case s.Scope != "":
		parts = append(parts, "An API token needs the scope `"+string(s.Scope)+"`.")
	case s.Access >= SignedIn:
		parts = append(parts, "API tokens are not accepted.")
	}
	return strings.Join(parts, "\n\n")
}
