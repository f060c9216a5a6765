package gateway

import (
	"context"
	"strings"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

type signedIn struct {
	Token string `json:"token"`
}

func (s signedIn) SessionToken() string { return s.Token }

type named struct {
	Name string `path:"name"`
}

type numbered struct {
	ID string `path:"id"`
}

type numberedCard struct {
	ID     string `path:"id"`
	CardID string `path:"cardID"`
}

// declare gives each route types that fit; nothing here calls a handler.
func declare(specs []rest.Spec) []rest.Endpoint {
	var endpoints []rest.Endpoint
	for _, spec := range specs {
		spec.Summary = "Test"
		var endpoint rest.Endpoint
		switch {
		case spec.Session == rest.StartsSession:
			endpoint = rest.Route(spec, unused[rest.Empty, signedIn])
		case spec.Hidden:
			endpoint = rest.Route(spec, unused[rest.Empty, rest.Stream])
		case spec.Produces == "application/pdf":
			endpoint = rest.Route(spec, unused[numbered, rest.Download])
		case spec.EmptyOutsideBeta:
			endpoint = rest.Route(spec, unused[rest.Empty, []string])
		case strings.HasSuffix(spec.Path, "{name}"):
			endpoint = rest.Route(spec, unused[named, rest.Empty])
		case strings.HasSuffix(spec.Path, "{id}"):
			endpoint = rest.Route(spec, unused[numbered, rest.Empty])
		case strings.HasSuffix(spec.Path, "{cardID}"):
			endpoint = rest.Route(spec, unused[numberedCard, rest.Empty])
		default:
			endpoint = rest.Route(spec, unused[rest.Empty, rest.Empty])
		}
		endpoints = append(endpoints, endpoint)
	}
	return endpoints
}

func unused[Req, Res any](context.Context, domain.Identity, Req) (Res, error) {
	var none Res
	return none, domain.NewError(domain.CodeInternal, "The gateway called a handler.")
}
