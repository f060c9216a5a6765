package gateway

import (
	"context"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// readyTimeout bounds a check of readiness; probes give up after a second or more.
const readyTimeout = 900 * time.Millisecond

const pingPath = "/ping"

// pong is what the gateway answers when somebody asks whether it is there.
type pong struct {
	Message string `json:"message" const:"pong"`
}

// Endpoints declares those of the routes that the gateway answers itself that clients rely on: they are in the document
// when they are among Options.Endpoints.
func Endpoints() []rest.Endpoint {
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: pingPath, Service: rest.Gateway, Summary: "Ask whether the API is there", Bare: true,
		}, func(context.Context, domain.Identity, rest.Empty) (pong, error) { return pong{"pong"}, nil }),
		rest.Route(exportSpec(), func(context.Context, domain.Identity, rest.Empty) (rest.Stream, error) {
			return nil, domain.NewError(domain.CodeInternal, "An export is written by the gateway alone.")
		}),
	}
}

// ownRoutes are the routes that the gateway answers itself.
func (g *Gateway) ownRoutes(document []byte) []*route {
	get := func(path string, own func(*exchange) error) *route {
		return &route{spec: rest.Spec{Method: http.MethodGet, Path: path, Service: rest.Gateway}, own: own}
	}
	text := func(text []byte) func(*exchange) error {
		return func(x *exchange) error { return x.json(http.StatusOK, text) }
	}
	routes := []*route{
		get(pingPath, text([]byte(`{"message":"pong"}`))),
		get("/healthz", text([]byte(`{"status":"ok"}`))),
		get("/readyz", (*exchange).readiness),
		get("/openapi.json", text(document)),
		{spec: exportSpec(), own: (*exchange).export},
	}
	pages := newDocs(docsPath)
	return append(routes, get(docsPath, pages.serve), get(docsPath+"/{file}", pages.serve))
}

func (x *exchange) readiness() error {
	if x.g.ready != nil {
		ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
		defer cancel()
		if err := x.g.ready(ctx); err != nil {
			return domain.WrapError(domain.CodeUnavailable, "The gateway is not ready.", err)
		}
	}
	return x.json(http.StatusOK, []byte(`{"status":"ready"}`))
}
