package learning

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Compare lets every algorithm predict the answers of the caller's own log. It reads the events of all cards that are
// there; cards that were deleted are not read. Memory is for one part of the cards at a time.
func (s *Service) Compare(ctx context.Context, caller domain.Identity) (*domain.Comparison, error) {
	comparison := domain.NewComparison()
	err := s.auditor.EachHistory(ctx, caller.User, func(events []domain.Event) error {
		comparison.Add(events)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return comparison, nil
}
