package userapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (a *api) accountRoutes() []rest.Endpoint {
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/user", Service: rest.Users, Access: rest.SignedIn,
			Summary: "Show the account",
		}, a.account),
		rest.Route(rest.Spec{
			Method: http.MethodPatch, Path: "/user", Service: rest.Users, Access: rest.SignedIn, WantsClient: true, Repeatable: true,
			Summary: "Change the account", Description: "The name; what is left out stays.",
		}, a.change),
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/user/validate", Service: rest.Users, Access: rest.SignedIn,
			Summary:     "Send the verification mail",
			Description: "Sends a link with a token that proves that the e-mail address belongs to the account.",
			Throttled:   true, Fails: []domain.Code{domain.CodeAlreadyVerified, domain.CodeTooManyAttempts, domain.CodeUnavailable},
		}, a.sendVerification),
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/user/validate", Service: rest.Users, Access: rest.SignedIn, WantsClient: true,
			Summary: "Verify the e-mail address", Throttled: true, CapitalFields: true, Session: rest.StartsSession,
			Fails: []domain.Code{domain.CodeBadToken},
		}, a.verify),
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

func (a *api) account(ctx context.Context, caller domain.Identity, _ rest.Empty) (accountResponse, error) {
	user, err := a.accounts.Account(ctx, caller)
	return newAccountResponse(user), err
}

type changeRequest struct {
	Body struct {
		Name *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
	}
}

func (a *api) change(ctx context.Context, caller domain.Identity, r changeRequest) (accountResponse, error) {
	if r.Body.Name == nil {
		return a.account(ctx, caller, rest.Empty{})
	}
	user, err := a.accounts.ChangeName(ctx, caller, *r.Body.Name, rest.ClientOf(ctx))
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
	return newSignedInResponse(a.accounts.Verify(ctx, caller, r.Body.Token, rest.ClientOf(ctx)))
}
