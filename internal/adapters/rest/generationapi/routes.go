// Package generationapi declares the routes of card-generation-service.
package generationapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/content"
	"github.com/moshrank/spacey-backend/internal/app/generation"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// slow is how long the routes that ask a model may take: clients give up after a minute.
const slow = 58 * time.Second

// maxUpload is the size of the largest PDF, with the form around it.
const maxUpload = 26 << 20

type api struct {
	generation *generation.Service
	content    *content.Service
}

// Routes returns the routes of card-generation-service. Where only the declarations matter the services may be nil.
func Routes(notes *generation.Service, contents *content.Service) []rest.Endpoint {
	a := &api{notes, contents}
	return slices.Concat(a.noteRoutes(), a.contentRoutes(), searchRoutes(), []rest.Endpoint{rest.Route(exportSpec(), a.export)})
}

// spec returns what all routes of card generation have in common.
func spec(method, path, summary string) rest.Spec {
	return rest.Spec{
		Method: method, Path: path, Service: rest.Generation, Access: rest.Beta, Summary: summary,
		Fails: []domain.Code{rest.CodeGenerationUnavailable},
	}
}

// elsewhere is the handler of a route that another program answers.
func elsewhere[Req, Res any](context.Context, domain.Identity, Req) (Res, error) {
	var none Res
	return none, domain.NewError(rest.CodeGenerationUnavailable, "Card generation is not available.")
}

type searchRequest struct {
	Query string `query:"query" required:"true"`
}

type searchResponse struct {
	SearchResults []struct {
		Type string   `json:"type"`
		IDs  []string `json:"ids"`
	} `json:"search_results"`
	Answer string `json:"answer"`
}

func searchRoutes() []rest.Endpoint {
	search := spec(http.MethodGet, "/search", "Search cards, notes and content")
	search.Deadline = slow
	return []rest.Endpoint{rest.Route(search, elsewhere[searchRequest, searchResponse])}
}
