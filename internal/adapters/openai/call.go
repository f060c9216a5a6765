package openai

import (
	"context"
	"net/http"

	api "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxRetries is how often the client library tries again after 429 and 5xx, and connections that were not made.
const maxRetries = 2

// cards asks for the cards of one part. An answer that cannot be used is asked for once more, with what is wrong with it.
func (g *Generator) cards(ctx context.Context, settings Settings, q question) ([]domain.Proposal, *failure) {
	var behind []api.ChatCompletionMessageParamUnion
	for attempt := 1; ; attempt++ {
		answer, cut, failed := g.answer(ctx, settings, q, behind)
		if failed != nil {
			return nil, failed
		}
		cards, fault := read(answer)
		if cut {
			fault = "it was cut off because it was too long. Make fewer cards, and keep quotes short."
		}
		if fault == "" {
			return cards, nil
		}
		if attempt == 2 {
			return nil, &failure{reason: "the answer of the language model could not be read", detail: fault, answered: true}
		}
		behind = repair(answer, fault)
	}
}

// answer makes one call about cards.
func (g *Generator) answer(
	ctx context.Context, settings Settings, q question, behind []api.ChatCompletionMessageParamUnion,
) (answer string, cut bool, failure *failure) {
	return g.complete(ctx, settings, false, func(format format) []api.ChatCompletionMessageParamUnion {
		return append(q.messages(format), behind...)
	})
}

// complete makes one call, again in a simpler dialect while the server refuses that one. inWords says that the answer has no format.
// cut says that the answer was too long.
func (g *Generator) complete(
	ctx context.Context, settings Settings, inWords bool, messages func(format) []api.ChatCompletionMessageParamUnion,
) (answer string, cut bool, failure *failure) {
	ctx, cancel := context.WithTimeout(ctx, settings.deadline())
	defer cancel()
	for dialect := g.dialects.of(settings.Model, inWords); ; {
		params := api.ChatCompletionNewParams{Model: settings.Model, Messages: messages(dialect.format)}
		dialect.apply(&params, settings)
		var response *http.Response
		completion, err := g.completions.New(ctx, params, option.WithResponseInto(&response), option.WithMaxRetryDelay(settings.deadline()))
		if err != nil {
			simpler, ok := dialect.simpler(err, response)
			if !ok {
				return "", false, failed(ctx, err, response)
			}
			dialect = simpler
			continue
		}
		g.dialects.keep(settings.Model, dialect, inWords)
		return contentOf(completion)
	}
}

func contentOf(completion *api.ChatCompletion) (answer string, cut bool, failure *failure) {
	if completion == nil || len(completion.Choices) == 0 {
		return "", false, errNoAnswer
	}
	choice := completion.Choices[0]
	if choice.Message.Refusal != "" || choice.FinishReason == "content_filter" {
		return "", false, errDeclined
	}
	return choice.Message.Content, choice.FinishReason == "length", nil
}
