package ports

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Configs stores configuration documents.
type Configs interface {
	// InsertConfig adds a document. CodeConflict when there is one of this name.
	InsertConfig(ctx context.Context, document domain.ConfigDocument) error
	// Config returns a document, or CodeNotFound.
	Config(ctx context.Context, name string) (domain.ConfigDocument, error)
}
