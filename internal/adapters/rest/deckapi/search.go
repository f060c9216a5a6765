package deckapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (a *api) searchRoutes() []rest.Endpoint {
	search := spec(http.MethodGet, "/cards/search", "Find cards by their words", http.StatusOK)
	search.Description = "The best come first: cards with all words of the query, and where there are none those with longer words that begin " +
		"with them, or with one of them."
	search.CapitalFields = false
	return []rest.Endpoint{rest.Route(search, a.findCards)}
}

type findCardsRequest struct {
	Query string `query:"query" required:"true" validate:"max=1000" description:"What to look for." example:"Rhine North Sea"`
	Limit int    `query:"limit" default:"50" validate:"min=1,max=50" description:"How many cards there are at most."`
}

type foundResponse struct {
	Items []cardResponse `json:"items"`
}

func (a *api) findCards(ctx context.Context, caller domain.Identity, r findCardsRequest) (foundResponse, error) {
	cards, err := a.decks.FindCards(ctx, caller, r.Query, r.Limit)
	return foundResponse{newCardResponses(cards)}, err
}
