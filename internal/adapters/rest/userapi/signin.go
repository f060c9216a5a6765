package userapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (a *api) signInRoutes() []rest.Endpoint {
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/user", Service: rest.Users, Status: http.StatusCreated, WantsClient: true,
			Summary: "Sign up", Description: "Opens an account and signs in.",
			Throttled: true, CapitalFields: true, Session: rest.StartsSession,
			Fails: []domain.Code{domain.CodeEmailTaken},
		}, a.signUp),
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/user/login", Service: rest.Users, WantsClient: true,
			Summary: "Sign in", Throttled: true, CapitalFields: true, Session: rest.StartsSession,
			Description: "After some failures the next try has to wait a while, which doubles with each further one. Choosing a new " +
				"password by mail is always possible.",
			Fails: []domain.Code{domain.CodeBadCredentials, domain.CodeTooManyAttempts},
		}, a.signIn),
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/user/logout", Service: rest.Users, Access: rest.Optional, WantsClient: true,
			Summary: "Sign out", Description: "Ends the session. Succeeds without one, too.", Session: rest.EndsSession,
		}, a.signOut),
	}
}

type signUpRequest struct {
	Body struct {
		Name     string `json:"name" required:"true" minLength:"1" maxLength:"100"`
		Email    string `json:"email" required:"true" format:"email" maxLength:"254"`
		Password string `json:"password" required:"true" maxLength:"128" description:"PASSWORD_MIN characters at least, 6 by default, and not a common one."`
	}
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
	}, rest.ClientOf(ctx)))
}

type signInRequest struct {
	Body struct {
		Email    string `json:"email" validate:"required"`
		Password string `json:"password" validate:"required"`
	}
}

func (a *api) signIn(ctx context.Context, _ domain.Identity, r signInRequest) (signedInResponse, error) {
	return newSignedInResponse(a.accounts.SignIn(ctx, r.Body.Email, r.Body.Password, rest.ClientOf(ctx)))
}

func (a *api) signOut(ctx context.Context, caller domain.Identity, _ rest.Empty) (rest.Empty, error) {
	return rest.Empty{}, a.accounts.SignOut(ctx, caller, rest.ClientOf(ctx))
}
