// Package openai makes cards and summaries with a language model, and answers questions, over any endpoint that speaks OpenAI's chat
// completions.
//
// A long text is cut into parts, and each part is one call. What a model says is not trusted: answers are bounded and checked
// against a schema, asked for once more when they break it, and what could not be done is said in the remarks.
package openai

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"

	api "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.CardGenerator = (*Generator)(nil)

// Options say which endpoint is asked.
type Options struct {
	// BaseURL is what comes before "/chat/completions", for example "https://api.openai.com/v1".
	BaseURL string
	// Key is shown to the endpoint, "" when it wants none.
	Key string
	// Settings is called before each text; nil stands for DefaultSettings.
	Settings func(context.Context) (Settings, error)
}

// Generator makes cards and more with a language model. Many calls may use it at once.
type Generator struct {
	completions api.ChatCompletionService
	settings    func(context.Context) (Settings, error)
	dialects    dialects
}

// New returns a generator, or CodeInvalid when the base URL is none that can be used.
func New(options Options) (*Generator, error) {
	base, err := url.Parse(options.BaseURL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, domain.Invalid("baseURL", "The address of the language model must begin with http:// or https://.")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, domain.Invalid("baseURL", "The address of the language model must hold no password and no query.")
	}
	settings := options.Settings
	if settings == nil {
		settings = func(context.Context) (Settings, error) { return DefaultSettings(), nil }
	}
	// The service, and not the client around it, which would read more keys, headers and addresses from the environment.
	of := []option.RequestOption{
		option.WithBaseURL(options.BaseURL), option.WithHTTPClient(newHTTPClient()), option.WithMaxRetries(maxRetries),
	}
	if options.Key != "" {
		of = append(of, option.WithAPIKey(options.Key))
	}
	return &Generator{completions: api.NewChatCompletionService(of...), settings: settings}, nil
}

// maxAtOnce is how many parts of a text are asked about at once.
const maxAtOnce = 4

// Generate returns the cards of a text, in its order. When no part of the text gives cards because calls fail, that is
// CodeUnavailable; when some do, the remarks say which parts are missing, and why.
func (g *Generator) Generate(ctx context.Context, request domain.GenerationRequest) (domain.Generated, error) {
	settings, err := g.current(ctx)
	if err != nil {
		return domain.Generated{}, err
	}
	parts := partsOf(request.Text, settings.MaxInputTokens)
	if most := partsAllowed(settings, request); len(parts) > most {
		return domain.Generated{}, domain.NewError(domain.CodeTooLarge, fmt.Sprintf(
			"The text is too long for the language model: it has %d parts of about %d tokens, and may have %d.", len(parts), settings.MaxInputTokens, most))
	}
	if len(parts) == 0 || request.Max < 1 {
		return domain.Generated{By: settings.Model}, nil
	}
	cards, failures := g.all(ctx, settings, request, parts)
	if errors.Is(ctx.Err(), context.Canceled) {
		return domain.Generated{}, fmt.Errorf("asking a language model: %w", ctx.Err())
	}
	return collected(settings.Model, request, parts, cards, failures)
}

// current returns the settings, or CodeUnavailable when they cannot be used.
func (g *Generator) current(ctx context.Context) (Settings, error) {
	settings, err := g.settings(ctx)
	if err == nil {
		err = settings.Check()
	}
	if err != nil {
		return Settings{}, domain.WrapError(domain.CodeUnavailable, "The language model is not set up.",
			fmt.Errorf("reading the settings of the language model: %w", err))
	}
	return settings, nil
}

func partsAllowed(settings Settings, request domain.GenerationRequest) int {
	if request.Single {
		return 1
	}
	return settings.MaxParts
}

// all asks about all parts, some at once. Each part has either cards or a failure.
func (g *Generator) all(ctx context.Context, settings Settings, request domain.GenerationRequest, parts []part) ([][]domain.Proposal, []*failure) {
	cards, failures := make([][]domain.Proposal, len(parts)), make([]*failure, len(parts))
	var hope hope
	var running sync.WaitGroup
	next := make(chan int)
	for range min(maxAtOnce, len(parts)) {
		running.Go(func() {
			for i := range next {
				if failures[i] = hope.lost(ctx); failures[i] == nil {
					cards[i], failures[i] = g.cards(ctx, settings, questionOf(settings, request, parts, i))
					hope.learn(failures[i])
				}
			}
		})
	}
	for i := range parts {
		next <- i
	}
	close(next)
	running.Wait()
	return cards, failures
}

// questionOf returns what is asked about a part: it may have as many of the cards as it has of the text.
func questionOf(settings Settings, request domain.GenerationRequest, parts []part, i int) question {
	if request.Single {
		return newQuestion(settings.One, 1, parts[i].text)
	}
	share := request.Max * len(parts[i].text) / len(request.Text)
	if len(parts) == 1 {
		share = request.Max
	}
	return newQuestion(settings.Many, max(share, 1), parts[i].text)
}

// collected puts together what came of the parts.
func collected(
	model string, request domain.GenerationRequest, parts []part, cards [][]domain.Proposal, failures []*failure,
) (domain.Generated, error) {
	made, good := domain.Generated{By: model}, false
	for i := range parts {
		good = good || failures[i] == nil
		for _, card := range cards[i] {
			card.After = parts[i].at
			made.Proposals = append(made.Proposals, card)
		}
	}
	if !good {
		return domain.Generated{}, unavailable(failures)
	}
	if text := remark(failures); text != "" {
		made.Remarks = append(made.Remarks, text)
	}
	most := request.Max
	if request.Single {
		most = 1
	}
	if over := len(made.Proposals) - most; over > 0 {
		made.Proposals = made.Proposals[:most]
		made.Remarks = append(made.Remarks, fmt.Sprintf("The language model made %d more than the %d that were asked for: the last ones are left out.", over, most))
	}
	return made, nil
}
