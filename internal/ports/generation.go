package ports

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// CardGenerator makes cards from a text.
type CardGenerator interface {
	// Generate returns cards in the order of the text. None is no error: a text may hold nothing to ask. CodeUnavailable when
	// it cannot be done now, CodeTooLarge when the text is too long for it.
	Generate(ctx context.Context, request domain.GenerationRequest) (domain.Generated, error)
}
