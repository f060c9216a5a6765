package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALanguageModel(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, want := range map[string]struct {
		environ []string
		url     string
	}{
		"with a key alone it is OpenAI's":        {[]string{"OPENAI_API_KEY=k"}, "https://api.openai.com/v1"},
		"with an address it needs no key":        {[]string{"OPENAI_BASE_URL=http://localhost:11434/v1"}, "http://localhost:11434/v1"},
		"with both it is the one at the address": {[]string{"OPENAI_API_KEY=k", "OPENAI_BASE_URL=https://x.example/v1"}, "https://x.example/v1"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Load(want.environ, Needs{DefaultStorage: StorageSQLite})
			require.NoError(t, err)
			assert.True(t, c.Model())
			assert.Equal(t, want.url, c.OpenAIBaseURL)
		})
	}
}

func TestFaultsOfCardGeneration(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, fault := range []string{
		"CARD_GENERATION_DIALECT=python", "MAX_TEXT_LENGTH=0", "MAX_TEXT_LENGTH=100001", "OPENAI_BASE_URL=localhost",
		"OPENAI_BASE_URL=https://user:secret@x.example/v1", "CONTENT_DOI_RESOLVER=doi.org", "CONTENT_DOI_RESOLVER=https://user:secret@doi.org",
		"CONTENT_ALLOW_HOSTS=https://wiki.example.org", "CONTENT_ALLOW_HOSTS=wiki.example.org,*.example.org",
	} {
		t.Run(fault, func(t *testing.T) {
			_, err := Load([]string{fault}, Needs{DefaultStorage: StorageSQLite})
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}
