package deckapi

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/decks"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func exportSpec() rest.Spec {
	return rest.ExportSpec(rest.Decks, "/export/decks", "Export decks and cards")
}

// exportedDeck is the line of a deck in an export.
type exportedDeck struct {
	// Type is "deck".
	Type        string        `json:"type"`
	ID          domain.DeckID `json:"id"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Color       string        `json:"color"`
	CreatedAt   rest.Time     `json:"createdAt"`
	UpdatedAt   rest.Time     `json:"updatedAt"`
	// PublishedAt is left out of a private deck.
	PublishedAt *rest.Time `json:"publishedAt,omitempty"`
}

// exportedCard is the line of a card in an export.
type exportedCard struct {
	// Type is "card".
	Type string `json:"type"`
	cardResponse
	CreatedAt rest.Time `json:"createdAt"`
	UpdatedAt rest.Time `json:"updatedAt"`
}

func (a *api) export(_ context.Context, caller domain.Identity, _ rest.Empty) (rest.Stream, error) {
	return func(ctx context.Context, write func(any) error) error {
		return a.decks.Export(ctx, caller, func(item decks.ExportedItem) error { return write(newExported(item)) })
	}, nil
}

func newExported(item decks.ExportedItem) any {
	if d := item.Deck; d != nil {
		deck := exportedDeck{"deck", d.ID, d.Name, d.Description, d.Color, rest.Time(d.CreatedAt), rest.Time(d.UpdatedAt), nil}
		if !d.PublishedAt.IsZero() {
			at := rest.Time(d.PublishedAt)
			deck.PublishedAt = &at
		}
		return deck
	}
	c := *item.Card
	return exportedCard{"card", newCardResponse(c), rest.Time(c.CreatedAt), rest.Time(c.UpdatedAt)}
}
