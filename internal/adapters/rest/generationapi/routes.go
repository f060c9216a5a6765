// Package generationapi declares the routes of card-generation-service.
package generationapi

import (
	"context"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/generation"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// slow is how long the routes that ask a model may take: clients give up after a minute.
const slow = 58 * time.Second

// maxUpload is the size of the largest PDF, with the form around it.
const maxUpload = 26 << 20

type api struct{ generation *generation.Service }

// Routes returns the routes of card-generation-service. Where only the declarations matter the service may be nil.
func Routes(service *generation.Service) []rest.Endpoint {
	a := &api{service}
	return append(append(a.noteRoutes(), rest.Route(exportSpec(), a.export)), contentRoutes()...)
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

func contentRoutes() []rest.Endpoint {
	list := spec(http.MethodGet, "/content", "List the content")
	list.EmptyOutsideBeta = true
	add := spec(http.MethodPost, "/content", "Add a web address, or a PDF as multipart form field `file`")
	add.MaxBody, add.Deadline, add.Upload = maxUpload, slow, "file"
	search := spec(http.MethodGet, "/search", "Search cards, notes and content")
	search.Deadline = slow
	file := spec(http.MethodGet, "/content/file/{id}", "Download the PDF of a content")
	file.Produces = "application/pdf"
	return []rest.Endpoint{
		rest.Route(list, elsewhere[rest.Empty, []contentResponse]),
		rest.Route(add, elsewhere[addContentRequest, contentResponse]),
		rest.Route(spec(http.MethodPatch, "/content/{id}", "Mark a content as read or unread"), elsewhere[changeContentRequest, rest.Empty]),
		rest.Route(spec(http.MethodPut, "/content/{id}/annotation", "Replace the annotations of a content"), elsewhere[annotateRequest, rest.Empty]),
		rest.Route(spec(http.MethodDelete, "/content/{id}", "Delete a content"), elsewhere[contentPath, rest.Empty]),
		rest.Route(file, elsewhere[contentPath, rest.Empty]),
		rest.Route(search, elsewhere[searchRequest, searchResponse]),
	}
}
