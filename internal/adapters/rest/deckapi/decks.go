package deckapi

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/decks"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// deckPath is a request about one deck.
type deckPath struct {
	ID domain.DeckID `path:"id"`
}

type deckBody struct {
	Name        string `json:"name" required:"true" minLength:"1" maxLength:"30" example:"Rivers"`
	Description string `json:"description" maxLength:"200" example:"The rivers of Europe"`
	Color       string `json:"color" maxLength:"32" example:"#FFEC87"`
}

func (b deckBody) text() domain.DeckText {
	return domain.DeckText{Name: b.Name, Description: b.Description, Color: b.Color}
}

type createDeckRequest struct{ Body deckBody }

type rewriteDeckRequest struct {
	ID   domain.DeckID `path:"id"`
	Body deckBody
}

type deckResponse struct {
	ID          domain.DeckID  `json:"id" format:"uuid"`
	Name        string         `json:"name" example:"Rivers"`
	Description string         `json:"description" example:"The rivers of Europe"`
	Color       string         `json:"color" example:"#FFEC87"`
	Cards       []cardResponse `json:"cards"`
	CreatedAt   rest.Time      `json:"created_at"`
}

// deletedResponse is what clients expect after a deck was deleted.
type deletedResponse struct {
	Message string `json:"message"`
}

func newDeckResponse(deck domain.Deck, cards []domain.Card) deckResponse {
	return deckResponse{
		ID: deck.ID, Name: deck.Name, Description: deck.Description, Color: deck.Color,
		Cards: newCardResponses(cards), CreatedAt: rest.Time(deck.CreatedAt),
	}
}

func withCards(deck decks.DeckWithCards, err error) (deckResponse, error) {
	return newDeckResponse(deck.Deck, deck.Cards), err
}

func withoutCards(deck domain.Deck, err error) (deckResponse, error) {
	return newDeckResponse(deck, nil), err
}

func (a *api) list(ctx context.Context, caller domain.Identity, _ rest.Empty) ([]deckResponse, error) {
	list, err := a.decks.List(ctx, caller)
	responses := make([]deckResponse, len(list))
	for i, deck := range list {
		responses[i] = newDeckResponse(deck.Deck, deck.Cards)
	}
	return responses, err
}

func (a *api) published(ctx context.Context, _ domain.Identity, _ rest.Empty) ([]deckResponse, error) {
	list, err := a.decks.Published(ctx)
	responses := make([]deckResponse, len(list))
	for i, deck := range list {
		responses[i] = newDeckResponse(deck, nil)
	}
	return responses, err
}

func (a *api) create(ctx context.Context, caller domain.Identity, r createDeckRequest) (deckResponse, error) {
	return withoutCards(a.decks.Create(ctx, caller, r.Body.text()))
}

func (a *api) get(ctx context.Context, caller domain.Identity, r deckPath) (deckResponse, error) {
	return withCards(a.decks.Get(ctx, caller, r.ID))
}

func (a *api) rewrite(ctx context.Context, caller domain.Identity, r rewriteDeckRequest) (deckResponse, error) {
	return withCards(a.decks.Rewrite(ctx, caller, r.ID, r.Body.text()))
}

func (a *api) delete(ctx context.Context, caller domain.Identity, r deckPath) (deletedResponse, error) {
	return deletedResponse{"Deck deleted"}, a.decks.Delete(ctx, caller, r.ID)
}

func (a *api) publish(ctx context.Context, caller domain.Identity, r deckPath) (deckResponse, error) {
	return withoutCards(a.decks.Publish(ctx, caller, r.ID, true))
}

func (a *api) unpublish(ctx context.Context, caller domain.Identity, r deckPath) (deckResponse, error) {
	return withoutCards(a.decks.Publish(ctx, caller, r.ID, false))
}
