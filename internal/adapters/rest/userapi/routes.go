// Package userapi declares the routes of user-service.
package userapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// api holds what the handlers need. To declare the routes nothing of it is used.
type api struct {
	accounts *accounts.Service
	jwks     func() []byte
}

// Routes returns the routes of user-service. jwks returns the public keys of the tokens as a JSON Web Key Set. Where
// only the declarations matter both may be nil.
func Routes(service *accounts.Service, jwks func() []byte) []rest.Endpoint {
	a := &api{service, jwks}
	return slices.Concat(a.signInRoutes(), a.accountRoutes(), a.passwordRoutes(), a.sessionRoutes(), a.tokenRoutes(), a.leavingRoutes(),
		a.keyRoutes(), a.internalRoutes())
}

func (a *api) internalRoutes() []rest.Endpoint {
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/internal/identity", Service: rest.Users, Access: rest.Internal,
			Summary: "Exchange a session token or an API token for an identity token",
		}, a.identify),
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/internal/jwks", Service: rest.Users, Access: rest.Internal,
			Summary: "The public keys of the tokens, for services", Bare: true,
		}, a.keys),
	}
}

type identifyRequest struct {
	Body struct {
		Token string `json:"token" validate:"required"`
	}
}

type identifyResponse struct {
	Token string `json:"token"`
}

func (a *api) identify(ctx context.Context, _ domain.Identity, r identifyRequest) (identifyResponse, error) {
	token, err := a.accounts.Identify(ctx, r.Body.Token)
	return identifyResponse{token}, err
}
