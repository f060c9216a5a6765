package generationapi

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/content"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func exportSpec() rest.Spec {
	return rest.ExportSpec(rest.Generation, "/export/generation", "Export notes and content")
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

// exportedContent is the line of a content in an export.
type exportedContent struct {
	// Type is "content".
	Type string `json:"type"`
	contentResponse
	UpdatedAt rest.Time `json:"updatedAt"`
	FileSize  int64     `json:"fileSize"`
}

// exportedFile is the line of a part of a file in an export.
type exportedFile struct {
	// Type is "file".
	Type string `json:"type"`
	// ID is that of the content, Offset where in the file the bytes are.
	ID     domain.ContentID `json:"id"`
	Offset int64            `json:"offset"`
	Data   []byte           `json:"data"`
}

func (a *api) export(_ context.Context, caller domain.Identity, _ rest.Empty) (rest.Stream, error) {
	return func(ctx context.Context, write func(any) error) error {
		if err := a.exportNotes(ctx, caller, write); err != nil {
			return err
		}
		return a.content.Export(ctx, caller, func(e *content.Entry) error {
			return write(exportedContent{"content", newContentResponse(e.Content, e.ContentTexts), rest.Time(e.UpdatedAt), e.FileSize})
		}, func(id domain.ContentID, offset int64, data []byte) error {
			return write(exportedFile{"file", id, offset, data})
		})
	}, nil
}

func (a *api) exportNotes(ctx context.Context, caller domain.Identity, write func(any) error) error {
	return a.generation.Export(ctx, caller, func(n *domain.Note) error {
		line := exportedNote{"note", newNoteResponse(*n), n.Deck, n.Generator, rest.Time(n.CreatedAt), rest.Time(n.UpdatedAt), nil}
		if !n.Open() {
			at := rest.Time(n.AddedAt)
			line.AddedAt = &at
		}
		return write(line)
	})
}
