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
	return slices.Concat(a.accountRoutes(), a.keyRoutes(), a.internalRoutes())
}

func (a *api) accountRoutes() []rest.Endpoint {
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/user", Service: rest.Users, Status: http.StatusCreated,
			Summary: "Sign up", Description: "Opens an account and signs in.",
			Throttled: true, CapitalFields: true, Session: rest.StartsSession,
			Fails: []domain.Code{domain.CodeEmailTaken},
		}, a.signUp),
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/user/login", Service: rest.Users,
			Summary: "Sign in", Throttled: true, CapitalFields: true, Session: rest.StartsSession,
			Fails: []domain.Code{domain.CodeBadCredentials},
		}, a.signIn),
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/user/logout", Service: rest.Users, Access: rest.Optional,
			Summary: "Sign out", Description: "Ends the session. Succeeds without one, too.", Session: rest.EndsSession,
		}, a.signOut),
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/user", Service: rest.Users, Access: rest.SignedIn,
			Summary: "Show the account",
		}, a.account),
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/user/validate", Service: rest.Users, Access: rest.SignedIn,
			Summary:     "Send the verification mail",
			Description: "Sends a link with a token that proves that the e-mail address belongs to the account.",
			Throttled:   true, Fails: []domain.Code{domain.CodeAlreadyVerified, domain.CodeUnavailable},
		}, a.sendVerification),
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/user/validate", Service: rest.Users, Access: rest.SignedIn,
			Summary: "Verify the e-mail address", Throttled: true, CapitalFields: true, Session: rest.StartsSession,
			Fails: []domain.Code{domain.CodeBadToken},
		}, a.verify),
	}
}

func (a *api) internalRoutes() []rest.Endpoint {
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/internal/identity", Service: rest.Users, Access: rest.Internal,
			Summary: "Exchange a session token for an identity token",
		}, a.identify),
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/internal/jwks", Service: rest.Users, Access: rest.Internal,
			Summary: "The public keys of the tokens, for services", Bare: true,
		}, a.keys),
	}
}

type signUpRequest struct {
	Body struct {
		Name     string `json:"name" required:"true" minLength:"1" maxLength:"100"`
		Email    string `json:"email" required:"true" format:"email" maxLength:"254"`
		Password string `json:"password" required:"true" maxLength:"128" description:"PASSWORD_MIN characters at least, 6 if not set otherwise."`
	}
}

type accountResponse struct {
	ID             domain.UserID `json:"id" format:"uuid"`
	Name           string        `json:"name"`
	Email          string        `json:"email"`
	BetaUser       bool          `json:"betaUser"`
	EmailValidated bool          `json:"emailValidated"`
}

func newAccountResponse(u domain.User) accountResponse {
	return accountResponse{u.ID, u.Name, u.Email, u.Beta, u.EmailVerified}
}

type signedInResponse struct {
	accountResponse
	Token string `json:"token" description:"Session token, for the header Authorization: Bearer."`
}

// SessionToken is what the kit puts into the cookie.
func (r signedInResponse) SessionToken() string { return r.Token }

func newSignedInResponse(s accounts.SignedIn, err error) (signedInResponse, error) {
	if err != nil {
		return signedInResponse{}, err
	}
	return signedInResponse{newAccountResponse(s.User), s.Token}, nil
}

func (a *api) signUp(ctx context.Context, _ domain.Identity, r signUpRequest) (signedInResponse, error) {
	return newSignedInResponse(a.accounts.SignUp(ctx, domain.SignUp{
		Name: r.Body.Name, Email: r.Body.Email, Password: r.Body.Password,
	}))
}

type signInRequest struct {
	Body struct {
		Email    string `json:"email" validate:"required"`
		Password string `json:"password" validate:"required"`
	}
}

func (a *api) signIn(ctx context.Context, _ domain.Identity, r signInRequest) (signedInResponse, error) {
	return newSignedInResponse(a.accounts.SignIn(ctx, r.Body.Email, r.Body.Password))
}

func (a *api) signOut(ctx context.Context, caller domain.Identity, _ rest.Empty) (rest.Empty, error) {
	return rest.Empty{}, a.accounts.SignOut(ctx, caller)
}

func (a *api) account(ctx context.Context, caller domain.Identity, _ rest.Empty) (accountResponse, error) {
	user, err := a.accounts.Account(ctx, caller)
	return newAccountResponse(user), err
}

func (a *api) sendVerification(ctx context.Context, caller domain.Identity, _ rest.Empty) (rest.Empty, error) {
	return rest.Empty{}, a.accounts.SendVerification(ctx, caller)
}

type verifyRequest struct {
	Body struct {
		Token string `json:"token" validate:"required,max=200"`
	}
}

func (a *api) verify(ctx context.Context, caller domain.Identity, r verifyRequest) (signedInResponse, error) {
	return newSignedInResponse(a.accounts.Verify(ctx, caller, r.Body.Token))
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
