package userapi

import (
	"context"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (a *api) tokenRoutes() []rest.Endpoint {
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/user/tokens", Service: rest.Users, Access: rest.Verified,
			Summary: "List the API tokens", Description: "Oldest first, without their secrets.",
		}, a.tokens),
		rest.Route(rest.Spec{
			Method: http.MethodPost, Path: "/user/tokens", Service: rest.Users, Access: rest.Verified, WantsClient: true,
			Status: http.StatusCreated, Summary: "Make an API token", Throttled: true, Idempotent: true,
			Description: "For programs: it allows what its scopes say, by the header `Authorization: Bearer`. The text is shown here and " +
				"never again.",
			Fails: []domain.Code{domain.CodeConflict},
		}, a.createToken),
		rest.Route(rest.Spec{
			Method: http.MethodDelete, Path: "/user/tokens/{id}", Service: rest.Users, Access: rest.Verified, WantsClient: true,
			Summary: "End an API token", Description: "It takes effect everywhere within 30 seconds.",
		}, a.deleteToken),
	}
}

type tokensResponse struct {
	Items      []tokenResponse `json:"items"`
	NextCursor string          `json:"nextCursor" description:"Empty at the end."`
}

type tokenResponse struct {
	ID        domain.APITokenID `json:"id" format:"uuid"`
	Name      string            `json:"name"`
	Scopes    []scope           `json:"scopes"`
	CreatedAt rest.Time         `json:"createdAt"`
	ExpiresAt *rest.Time        `json:"expiresAt,omitempty" description:"Left out when it never expires."`
}

// scope is a domain.Scope, of which the document lists all.
type scope domain.Scope

// Enum returns all scopes, for the document.
func (scope) Enum() []any {
	var all []any
	for _, s := range domain.Scopes() {
		all = append(all, s)
	}
	return all
}

func newTokenResponse(t domain.APIToken) tokenResponse {
	response := tokenResponse{ID: t.ID, Name: t.Name, CreatedAt: rest.Time(t.CreatedAt)}
	for _, s := range t.Scopes {
		response.Scopes = append(response.Scopes, scope(s))
	}
	if !t.ExpiresAt.IsZero() {
		expires := rest.Time(t.ExpiresAt)
		response.ExpiresAt = &expires
	}
	return response
}

func (a *api) tokens(ctx context.Context, caller domain.Identity, r pageRequest) (tokensResponse, error) {
	page, err := r.page()
	if err != nil {
		return tokensResponse{}, err
	}
	tokens, next, err := a.accounts.Tokens(ctx, caller, page)
	if err != nil {
		return tokensResponse{}, err
	}
	response := tokensResponse{NextCursor: cursorText(next)}
	for _, token := range tokens {
		response.Items = append(response.Items, newTokenResponse(token))
	}
	return response, nil
}

type createTokenRequest struct {
	Body struct {
		Name      string     `json:"name" required:"true" minLength:"1" maxLength:"100" example:"Anki importer"`
		Scopes    []scope    `json:"scopes" required:"true" minItems:"1" maxItems:"8" example:"[\"decks:read\"]"`
		ExpiresAt *time.Time `json:"expiresAt,omitempty" description:"When it shall end; left out: never."`
	}
}

type createTokenResponse struct {
	tokenResponse
	Token string `json:"token" description:"The text that a program shows."`
}

// tokenName is the first part of the name that the id of a token is made of, where its client has given a key.
const tokenName = "POST /user/tokens"

func (a *api) createToken(ctx context.Context, caller domain.Identity, r createTokenRequest) (createTokenResponse, error) {
	request := domain.NewAPIToken{Name: r.Body.Name}
	for _, s := range r.Body.Scopes {
		request.Scopes = append(request.Scopes, domain.Scope(s))
	}
	if r.Body.ExpiresAt != nil {
		request.ExpiresAt = r.Body.ExpiresAt.UTC().Truncate(time.Millisecond)
	}
	var id domain.APITokenID
	if key := rest.IdempotencyKey(ctx); key != "" {
		id = domain.APITokenID(domain.NameID(tokenName, string(caller.User), key))
	}
	token, err := a.accounts.CreateToken(ctx, caller, request, id, rest.ClientOf(ctx))
	if err != nil {
		return createTokenResponse{}, err
	}
	return createTokenResponse{newTokenResponse(token.APIToken), token.Text}, nil
}

type tokenPath struct {
	ID domain.APITokenID `path:"id" format:"uuid"`
}

func (a *api) deleteToken(ctx context.Context, caller domain.Identity, r tokenPath) (rest.Empty, error) {
	return rest.Empty{}, a.accounts.DeleteToken(ctx, caller, r.ID, rest.ClientOf(ctx))
}
