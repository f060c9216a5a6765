// Package configapi declares the routes of config-service.
package configapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/configs"
	"github.com/moshrank/spacey-backend/internal/domain"
)

type api struct{ configs *configs.Service }

// Routes returns the routes of config-service. Where only the declarations matter the service may be nil.
func Routes(service *configs.Service) []rest.Endpoint {
	a := &api{service}
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/config/frontend", Service: rest.Configs,
			Summary: "Configuration of front ends", Description: "The colours that a deck may have, among others.",
			Fails: []domain.Code{domain.CodeNotFound},
		}, a.frontend),
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/config/{name}", Service: rest.Configs,
			Summary: "A public document of configuration", Description: "Those that an operator has made public; its value as it is stored.",
			Fails: []domain.Code{domain.CodeNotFound},
		}, a.document),
	}
}

// frontendResponse is the document as it is stored: operators may put into it what they like. The fields say what
// clients look for in it.
type frontendResponse struct {
	Colors []string `json:"colors,omitempty"`

	stored json.RawMessage
}

// MarshalJSON writes what is stored.
func (r frontendResponse) MarshalJSON() ([]byte, error) { return r.stored.MarshalJSON() }

func (a *api) frontend(ctx context.Context, _ domain.Identity, _ rest.Empty) (frontendResponse, error) {
	document, err := a.configs.Public(ctx, domain.FrontendConfig)
	return frontendResponse{stored: document.Value}, err
}

type documentPath struct {
	Name string `path:"name"`
}

func (a *api) document(ctx context.Context, _ domain.Identity, r documentPath) (json.RawMessage, error) {
	document, err := a.configs.Public(ctx, r.Name)
	return document.Value, err
}
