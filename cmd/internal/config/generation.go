package config

import (
	"net/url"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// defaultModelURL is where a language model is asked when there is only a key.
const defaultModelURL = "https://api.openai.com/v1"

// checkGeneration says what is wrong with the settings of card generation.
func (c *Config) checkGeneration(fault func(wrong bool, format string, args ...any)) {
	fault(c.GenerationDialect != GenerationOwn && c.GenerationDialect != GenerationForeign,
		"CARD_GENERATION_DIALECT must be spacey or foreign, it is %q", c.GenerationDialect)
	fault(c.MaxTextLength < 1 || c.MaxTextLength > domain.MaxNoteText,
		"MAX_TEXT_LENGTH must be between 1 and %d, it is %d", domain.MaxNoteText, c.MaxTextLength)
	if c.OpenAIBaseURL == "" {
		return
	}
	u, err := url.Parse(c.OpenAIBaseURL)
	fault(err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil,
		"OPENAI_BASE_URL must be like https://models.example.org/v1, without a user or a password")
}
