package generation

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// LimitsConfig is the name of the configuration document with the limits.
const LimitsConfig = "generation-limits"

// defaultCharacters is how many characters a day a person may have a language model read: some fifty pages.
const defaultCharacters = 100_000

const secondsPerDay = 24 * 60 * 60

// limits is the document.
type limits struct {
	// CharactersPerDay is how many characters a person may have a model read in a day of UTC; 0 is none.
	CharactersPerDay *int `json:"charactersPerDay"`
}

// generate asks the model, where there is one and the person has not used up their day, and else the extractive generator.
func (s *Service) generate(ctx context.Context, owner domain.UserID, request domain.GenerationRequest) (domain.Generated, error) {
	if s.Model == nil {
		return s.Extractive.Generate(ctx, request)
	}
	granted, limit, err := s.count(ctx, owner, utf8.RuneCountInString(request.Text))
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

// count counts what the model is to read against the person's day.
func (s *Service) count(ctx context.Context, owner domain.UserID, characters int) (granted bool, limit int, err error) {
	limit = defaultCharacters
	document, err := s.Configs.Config(ctx, LimitsConfig)
	switch domain.CodeOf(err) {
	case "":
		var l limits
		if err := json.Unmarshal(document.Value, &l); err != nil {
			s.Logger.Error("the configuration document cannot be read, the default counts", "document", LimitsConfig, "error", err)
		} else if l.CharactersPerDay != nil {
			limit = *l.CharactersPerDay
		}
	case domain.CodeNotFound:
	default:
		return false, 0, err
	}
	granted, err = s.usage.CountUsage(ctx, owner, domain.Day(s.Clock.Now().Unix()/secondsPerDay), characters, limit)
	return granted, limit, err
}
