package config

import (
	"net/url"
	"strings"

	"github.com/moshrank/spacey-backend/internal/adapters/web"
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
	fault(c.OpenAIBaseURL != "" && !isWebAddress(c.OpenAIBaseURL),
		"OPENAI_BASE_URL must be like https://models.example.org/v1, without a user or a password")
	fault(!isWebAddress(c.ContentDOIResolver), "CONTENT_DOI_RESOLVER must be like https://doi.org, without a user or a password")
	if _, err := web.ParseAllowHosts(strings.Join(c.ContentAllowHosts, ",")); err != nil {
		fault(true, "CONTENT_ALLOW_HOSTS: %v", err)
	}
}

// isWebAddress reports whether a text is an address of http or https without a user.
func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}
