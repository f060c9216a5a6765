package generation

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/app/modeluse"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// LimitsConfig is the name of the configuration document with the limits.
const LimitsConfig = modeluse.LimitsConfig

// generate asks the model, where there is one and the person has not used up their day, and else the extractive generator.
func (s *Service) generate(ctx context.Context, owner domain.UserID, request domain.GenerationRequest) (domain.Generated, error) {
	if s.Model == nil {
		return s.Extractive.Generate(ctx, request)
	}
	granted, limit, err := s.budget.Grant(ctx, owner, utf8.RuneCountInString(request.Text))
	if err != nil {
		return domain.Generated{}, err
	}
	remark := fmt.Sprintf("The language model has read as much as it may today (%d characters); these cards were made without it.", limit)
	if granted {
		generated, err := s.ask(ctx, request)
		if err == nil || ctx.Err() != nil {
			return generated, err
		}
		s.Logger.Warn("the language model could not be used", "code", domain.CodeOf(err), "error", err)
		remark = "The language model cannot be reached now; these cards were made without it."
	}
	generated, err := s.Extractive.Generate(ctx, request)
	generated.Remarks = append([]string{remark}, generated.Remarks...)
	return generated, err
}

func (s *Service) ask(ctx context.Context, request domain.GenerationRequest) (domain.Generated, error) {
	ctx, cancel := context.WithTimeout(ctx, modelTimeout)
	defer cancel()
	return s.Model.Generate(ctx, request)
}
