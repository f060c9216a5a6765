package generationapi

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func exportSpec() rest.Spec {
	return rest.ExportSpec(rest.Generation, "/export/generation", "Export notes")
}

// exportedNote is the line of a note in an export.
type exportedNote struct {
	// Type is "note".
	Type string `json:"type"`
	noteResponse
	DeckID    domain.DeckID `json:"deckID"`
	Generator string        `json:"generator"`
	CreatedAt rest.Time     `json:"createdAt"`
	UpdatedAt rest.Time     `json:"updatedAt"`
	// AddedAt is left out while the cards wait.
	AddedAt *rest.Time `json:"addedAt,omitempty"`
}

func (a *api) export(_ context.Context, caller domain.Identity, _ rest.Empty) (rest.Stream, error) {
	return func(ctx context.Context, write func(any) error) error {
		return a.generation.Export(ctx, caller, func(n *domain.Note) error {
			line := exportedNote{"note", newNoteResponse(*n), n.Deck, n.Generator, rest.Time(n.CreatedAt), rest.Time(n.UpdatedAt), nil}
			if !n.Open() {
				at := rest.Time(n.AddedAt)
				line.AddedAt = &at
			}
			return write(line)
		})
	}, nil
}
