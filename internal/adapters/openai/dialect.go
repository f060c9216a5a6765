package openai

import (
	"errors"
	"net/http"
	"strings"
	"sync"

	api "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/shared"
)

// format is how a server is told what an answer shall look like.
type format int

// The formats, the best first.
const (
	withSchema format = iota
	withJSON
	withWords
)

// dialect is what a server understands of the protocol.
type dialect struct {
	format format
	// oldLimit says that the server knows max_tokens and not max_completion_tokens.
	oldLimit bool
	// ownTemperature says that the model takes no temperature but its own.
	ownTemperature bool
}

// apply puts into a call what depends on the dialect.
func (d dialect) apply(params *api.ChatCompletionNewParams, settings Settings) {
	limit := param.NewOpt(int64(settings.MaxOutputTokens))
	if d.oldLimit {
		params.MaxTokens = limit
	} else {
		params.MaxCompletionTokens = limit
	}
	if settings.Temperature != nil && !d.ownTemperature {
		params.Temperature = param.NewOpt(*settings.Temperature)
	}
	switch d.format {
	case withSchema:
		params.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{
			Name: "cards", Strict: param.NewOpt(true), Schema: cardSchema,
		}}
	case withJSON:
		params.ResponseFormat.OfJSONObject = &shared.ResponseFormatJSONObjectParam{}
	case withWords:
	}
}

// simpler returns a dialect to try after a server refused a request, false when the refusal is about something else or nothing
// is left to try.
func (d dialect) simpler(err error, response *http.Response) (dialect, bool) {
	if response == nil {
		return d, false
	}
	switch response.StatusCode {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusNotImplemented:
	default:
		return d, false
	}
	about := ""
	var answered *api.Error
	if errors.As(err, &answered) {
		about = strings.ToLower(answered.Param + " " + answered.Code + " " + answered.Message)
	}
	switch {
	case strings.Contains(about, "context_length") || strings.Contains(about, "context length") || strings.Contains(about, "content_policy"):
		return d, false
	case strings.Contains(about, "temperature") && !d.ownTemperature:
		d.ownTemperature = true
	case strings.Contains(about, "max_completion_tokens") && !d.oldLimit:
		d.oldLimit = true
	case d.format < withWords: // many servers do not say what they dislike
		d.format++
	default:
		return d, false
	}
	return d, true
}

// dialects remembers what worked, by model.
type dialects struct {
	mu    sync.Mutex
	known map[string]dialect
}

// of returns the dialect for a model; for an answer in words, without a format.
func (d *dialects) of(model string, inWords bool) dialect {
	d.mu.Lock()
	defer d.mu.Unlock()
	known := d.known[model]
	if inWords {
		known.format = withWords
	}
	return known
}

// keep remembers a dialect. An answer in words tells nothing about formats.
func (d *dialects) keep(model string, worked dialect, inWords bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil {
		d.known = map[string]dialect{}
	}
	if inWords {
		worked.format = d.known[model].format
	}
	d.known[model] = worked
}
