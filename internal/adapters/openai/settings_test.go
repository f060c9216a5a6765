package openai_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/openai"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestSettings(t *testing.T) {
	t.Run("the default ones are right", func(t *testing.T) {
		assert.NoError(t, openai.DefaultSettings().Check())
	})
	t.Run("a document changes what it names and nothing else", func(t *testing.T) {
		settings := openai.DefaultSettings()
		require.NoError(t, json.Unmarshal([]byte(`{"model":"llama","temperature":0,"many":{"user":"Go."}}`), &settings))
		want := openai.DefaultSettings()
		zero := 0.0
		want.Model, want.Temperature, want.Many.User = "llama", &zero, "Go."
		assert.Equal(t, want, settings)
		assert.NoError(t, settings.Check())
	})
	t.Run("every fault is told at once", func(t *testing.T) {
		hot := 2.1
		err := openai.Settings{Temperature: &hot, One: openai.Prompts{System: strings.Repeat("x", 20_001), User: "x"}}.Check()
		var e *domain.Error
		require.True(t, errors.As(err, &e))
		assert.Equal(t, domain.CodeInvalid, e.Code)
		var fields []string
		for _, fault := range e.Fields {
			fields = append(fields, fault.Field)
		}
		assert.Equal(t, []string{"model", "maxInputTokens", "maxParts", "maxOutputTokens", "temperature", "deadlineSeconds",
			"many.system", "many.user", "one.system"}, fields)
	})
}
