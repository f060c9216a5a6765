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
	// UpdateConfig changes a document and returns it as stored; Name cannot be changed. CodeNotFound when there is none.
	UpdateConfig(ctx context.Context, name string, edit func(*domain.ConfigDocument) error) (domain.ConfigDocument, error)
	// ListConfigs returns documents in order of the bytes of their names, behind after, at most limit.
	ListConfigs(ctx context.Context, after string, limit int) ([]domain.ConfigDocument, error)
}
