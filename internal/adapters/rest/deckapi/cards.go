package deckapi

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// cardBody is a card as clients send it. They send an id and the deck too; both follow from the path.
type cardBody struct {
	Question string `json:"question" required:"true" minLength:"1" maxLength:"65536" example:"Where does the Rhine end?"`
	Answer   string `json:"answer" required:"true" minLength:"1" maxLength:"65536" example:"In the North Sea."`
}

func (b cardBody) text() domain.CardText {
	return domain.CardText{Question: b.Question, Answer: b.Answer}
}

type addCardRequest struct {
	ID   domain.DeckID `path:"id"`
	Body cardBody
}

type addCardsRequest struct {
	ID   domain.DeckID `path:"id"`
	Body []cardBody
}

// cardPath is a request about one card.
type cardPath struct {
	ID     domain.DeckID `path:"id"`
	CardID domain.CardID `path:"cardID"`
}

type rewriteCardRequest struct {
	ID     domain.DeckID `path:"id"`
	CardID domain.CardID `path:"cardID"`
	Body   struct {
		cardBody
		DeckID domain.DeckID `json:"deckID" validate:"omitempty,uuid" description:"The deck to move the card to; empty leaves it where it is."`
	}
}

type cardResponse struct {
	ID       domain.CardID `json:"id" format:"uuid"`
	Question string        `json:"question" example:"Where does the Rhine end?"`
	Answer   string        `json:"answer" example:"In the North Sea."`
	DeckID   domain.DeckID `json:"deckID" format:"uuid"`
}

func newCardResponse(card domain.Card) cardResponse {
	return cardResponse{card.ID, card.Question, card.Answer, card.Deck}
}

func newCardResponses(cards []domain.Card) []cardResponse {
	responses := make([]cardResponse, len(cards))
	for i, card := range cards {
		responses[i] = newCardResponse(card)
	}
	return responses
}

func (a *api) addCard(ctx context.Context, caller domain.Identity, r addCardRequest) (cardResponse, error) {
	card, err := a.decks.AddCard(ctx, caller, r.ID, r.Body.text())
	return newCardResponse(card), err
}

func (a *api) addCards(ctx context.Context, caller domain.Identity, r addCardsRequest) ([]cardResponse, error) {
	texts := make([]domain.CardText, len(r.Body))
	for i, body := range r.Body {
		texts[i] = body.text()
	}
	cards, err := a.decks.AddCards(ctx, caller, r.ID, texts, rest.IdempotencyKey(ctx))
	return newCardResponses(cards), err
}

func (a *api) rewriteCard(ctx context.Context, caller domain.Identity, r rewriteCardRequest) (cardResponse, error) {
	target, _ := domain.ParseID(string(r.Body.DeckID)) // the kit has checked it
	card, err := a.decks.RewriteCard(ctx, caller, r.ID, r.CardID, r.Body.text(), domain.DeckID(target))
	return newCardResponse(card), err
}

func (a *api) deleteCard(ctx context.Context, caller domain.Identity, r cardPath) (string, error) {
	return "Deleted Card", a.decks.DeleteCard(ctx, caller, r.ID, r.CardID)
}
