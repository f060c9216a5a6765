package openai_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/openai"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/modelserver"
)

func TestServersThatKnowLess(t *testing.T) {
	warm := 0.5
	for name, c := range map[string]struct {
		behave  modelserver.Behaviour
		formats []string
		told    bool // the schema in words
	}{
		"a server without schemas gets json_object":         {modelserver.WithoutSchema, []string{"json_schema", "json_object"}, true},
		"a server without formats gets the schema in words": {modelserver.WithoutFormats, []string{"json_schema", "json_object", ""}, true},
		"an old server gets max_tokens and no temperature":  {modelserver.Old, []string{"json_schema", "json_schema", "json_schema"}, false},
	} {
		t.Run(name+", and is not asked in vain a second time", func(t *testing.T) {
			server := modelserver.Start(t, c.behave)
			g := generator(t, server, func(s *openai.Settings) { s.Temperature = &warm })
			for range 2 {
				made, err := g.Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
				require.NoError(t, err)
				assert.Len(t, made.Proposals, 2)
			}
			var formats []string
			for _, asked := range server.Requests() {
				formats = append(formats, asked.Format)
			}
			last := c.formats[len(c.formats)-1]
			assert.Equal(t, append(c.formats, last), formats)
			asked := server.Requests()[len(formats)-1]
			if c.told {
				assert.Contains(t, asked.Messages[0].Content, `"additionalProperties":false`)
			} else {
				assert.Equal(t, openai.DefaultSettings().MaxOutputTokens, *asked.MaxTokens)
			}
		})
	}
	t.Run("another model may know more", func(t *testing.T) {
		server, model := modelserver.Start(t, modelserver.WithoutSchema), "small"
		g, err := openai.New(openai.Options{BaseURL: server.URL, Settings: func(context.Context) (openai.Settings, error) {
			settings := openai.DefaultSettings()
			settings.Model = model
			return settings, nil
		}})
		require.NoError(t, err)
		_, err = g.Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		require.NoError(t, err)
		server.Answer(modelserver.Good)
		model = "large"
		_, err = g.Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		require.NoError(t, err)
		assert.Equal(t, "json_schema", server.Requests()[2].Format)
	})
	t.Run("a server that refuses everything is given up", func(t *testing.T) {
		server := modelserver.Start(t, modelserver.Rejecting)
		g := generator(t, server, nil)
		_, err := g.Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		assert.Equal(t, "No cards could be made: the service of the language model refused the request.", message(err))
		assert.Len(t, server.Requests(), 3)
		server.Answer(modelserver.Good)
		_, err = g.Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		require.NoError(t, err)
		assert.Equal(t, "json_schema", server.Requests()[3].Format, "what did not work is not remembered")
	})
	t.Run("a text that is too long for the model is no reason to ask in another format", func(t *testing.T) {
		server := modelserver.Start(t, modelserver.TooLong)
		_, err := generator(t, server, nil).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.Len(t, server.Requests(), 1)
	})
}
