package userapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (a *api) passwordRoutes() []rest.Endpoint {
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/user/password", Service: rest.Users, Access: rest.SignedIn, WantsClient: true,
			Summary: "Change the password", Throttled: true, Idempotent: true,
			Description: "Ends all other sessions and tells the person by mail. API tokens stay. When the answer was lost in a crash of the " +
				"service, the same request again may say that the current password is wrong: then it was changed.",
			Fails: []domain.Code{domain.CodeTooManyAttempts, domain.CodeConflict},
		}, a.changePassword),
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/user/password/forgot", Service: rest.Users, WantsClient: true,
			Summary: "Have a link mailed to choose a new password", Throttled: true, Idempotent: true, Repeatable: true,
			Description: "The answer is the same whether or not the address has an account. The link works once, for an hour.",
			Fails:       []domain.Code{domain.CodeBusy},
		}, a.forgotPassword),
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/user/password/reset", Service: rest.Users, WantsClient: true,
			Summary: "Choose a new password by a mailed link", Throttled: true, Idempotent: true,
			Description: "Ends all sessions and API tokens of the account, and tells the person by mail. It does not sign in. When the answer " +
				"was lost in a crash of the service, the same request again may say that the link is used: then the password was changed.",
			Fails: []domain.Code{domain.CodeBadToken},
		}, a.resetPassword),
	}
}

type changePasswordRequest struct {
	Body struct {
		Current string `json:"current" validate:"required" maxLength:"128"`
		New     string `json:"new" required:"true" maxLength:"128" description:"PASSWORD_MIN characters at least, and none of the most common passwords."`
	}
}

func (a *api) changePassword(ctx context.Context, caller domain.Identity, r changePasswordRequest) (rest.Empty, error) {
	return rest.Empty{}, a.accounts.ChangePassword(ctx, caller, r.Body.Current, r.Body.New, rest.ClientOf(ctx))
}

type forgotPasswordRequest struct {
	Body struct {
		Email string `json:"email" validate:"required,max=254"`
	}
}

func (a *api) forgotPassword(ctx context.Context, _ domain.Identity, r forgotPasswordRequest) (rest.Empty, error) {
	return rest.Empty{}, a.accounts.ForgotPassword(ctx, r.Body.Email, rest.ClientOf(ctx))
}

type resetPasswordRequest struct {
	Body struct {
		Token    string `json:"token" validate:"required,max=200" description:"From the link of the mail."`
		Password string `json:"password" required:"true" maxLength:"128" description:"PASSWORD_MIN characters at least, and none of the most common passwords."`
	}
}

func (a *api) resetPassword(ctx context.Context, _ domain.Identity, r resetPasswordRequest) (rest.Empty, error) {
	return rest.Empty{}, a.accounts.ResetPassword(ctx, r.Body.Token, r.Body.Password, rest.ClientOf(ctx))
}
