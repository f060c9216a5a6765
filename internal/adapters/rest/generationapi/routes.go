// Package generationapi declares the routes of card-generation-service.
package generationapi

import (
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/content"
	"github.com/moshrank/spacey-backend/internal/app/generation"
	"github.com/moshrank/spacey-backend/internal/app/searching"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// slow is how long the routes that ask a model may take: clients give up after a minute.
const slow = 58 * time.Second

// maxUpload is the size of the largest PDF, with the form around it.
const maxUpload = 26 << 20

type api struct {
	generation *generation.Service
	content    *content.Service
	search     *searching.Service
}

// Routes returns the routes of card-generation-service. Where only the declarations matter the services may be nil.
func Routes(notes *generation.Service, contents *content.Service, search *searching.Service) []rest.Endpoint {
	a := &api{notes, contents, search}
	return slices.Concat(a.noteRoutes(), a.contentRoutes(), []rest.Endpoint{a.searchRoute()}, []rest.Endpoint{rest.Route(exportSpec(), a.export)})
}

// spec returns what all routes of card generation have in common.
func spec(method, path, summary string) rest.Spec {
	return rest.Spec{
		Method: method, Path: path, Service: rest.Generation, Access: rest.Beta, Summary: summary,
		Fails: []domain.Code{rest.CodeGenerationUnavailable},
	}
}
