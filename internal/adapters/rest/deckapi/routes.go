// Package deckapi declares the routes of deck-management-service.
package deckapi

import (
	"net/http"
	"slices"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/decks"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// maxBatchBody is the size of a request that adds many cards: their text, and JSON around it.
	maxBatchBody = 9 << 20
	// maxDeckBody is the size of a request that changes a deck: clients send it whole, with all its cards, of which
	// nothing is read.
	maxDeckBody = 32 << 20
)

type api struct{ decks *decks.Service }

// Routes returns the routes of deck-management-service. Where only the declarations matter the service may be nil.
func Routes(service *decks.Service) []rest.Endpoint {
	a := &api{service}
	return slices.Concat(a.deckRoutes(), a.cardRoutes(), a.searchRoutes(), []rest.Endpoint{rest.Route(exportSpec(), a.export)})
}

// spec returns what all routes of decks and cards have in common.
func spec(method, path, summary string, status int) rest.Spec {
	scope := domain.ScopeDecksWrite
	if method == http.MethodGet {
		scope = domain.ScopeDecksRead
	}
	return rest.Spec{
		Method: method, Path: path, Service: rest.Decks, Access: rest.Verified, Scope: scope, Summary: summary, Status: status,
		CapitalFields: true,
	}
}

func (a *api) deckRoutes() []rest.Endpoint {
	const one = "/decks/{id}"
	rewrite := spec(http.MethodPut, one, "Change the text of a deck", http.StatusOK)
	rewrite.MaxBody = maxDeckBody
	publish := spec(http.MethodPost, one+"/publish", "Make a deck public", http.StatusOK)
	publish.Idempotent = true
	return []rest.Endpoint{
		rest.Route(spec(http.MethodGet, "/decks", "List all decks with all cards", http.StatusOK), a.list),
		rest.Route(spec(http.MethodPost, "/decks", "Add a deck", http.StatusCreated), a.create),
		rest.Route(spec(http.MethodGet, "/decks/public", "List published decks", http.StatusOK), a.published),
		rest.Route(spec(http.MethodGet, one, "Show a deck with its cards", http.StatusOK), a.get),
		rest.Route(rewrite, a.rewrite),
		rest.Route(spec(http.MethodDelete, one, "Delete a deck and its cards", http.StatusOK), a.delete),
		rest.Route(publish, a.publish),
		rest.Route(spec(http.MethodDelete, one+"/publish", "Make a deck private again", http.StatusOK), a.unpublish),
	}
}

func (a *api) cardRoutes() []rest.Endpoint {
	batch := spec(http.MethodPost, "/decks/{id}/cards", "Add up to 1,000 cards, all or none", http.StatusCreated)
	batch.Idempotent = true
	batch.MaxBody = maxBatchBody
	batch.Fails = []domain.Code{domain.CodeTooLarge}
	const one = "/decks/{id}/cards/{cardID}"
	change := spec(http.MethodPut, one, "Change a card", http.StatusOK)
	change.Description = "Another deckID moves the card, with its memory."
	return []rest.Endpoint{
		rest.Route(spec(http.MethodPost, "/decks/{id}/card", "Add a card", http.StatusCreated), a.addCard),
		rest.Route(batch, a.addCards),
		rest.Route(change, a.rewriteCard),
		rest.Route(spec(http.MethodDelete, one, "Delete a card", http.StatusOK), a.deleteCard),
	}
}
