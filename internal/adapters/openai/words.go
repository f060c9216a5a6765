package openai

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	api "github.com/openai/openai-go/v3"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var (
	_ ports.Summarizer = (*Generator)(nil)
	_ ports.Answerer   = (*Generator)(nil)
)

// Lengths in characters: how much of a text is summarized and of passages is asked about, if the settings do not allow less; and how
// long what the model says may be.
const (
	maxMaterial = 20_000
	maxSummary  = 600
	maxReply    = 1500
)

// Summarize returns a few sentences about the beginning of a text, of 600 characters at most; "" for a blank text. CodeUnavailable when
// the model does not give them.
func (g *Generator) Summarize(ctx context.Context, text string) (string, error) {
	settings, err := g.current(ctx)
	if err != nil {
		return "", err
	}
	parts := partsOf(firstCharacters(text, maxMaterial), settings.MaxInputTokens)
	if len(parts) == 0 {
		return "", nil
	}
	summary, err := g.inWords(ctx, settings, "No summary could be made", summaryOf(parts[0].text), maxSummary)
	return strings.Join(strings.Fields(summary), " "), err
}

// Answer answers a question from passages, in 1,500 characters at most. CodeUnavailable when the model does not.
func (g *Generator) Answer(ctx context.Context, question string, passages []domain.Passage) (string, error) {
	settings, err := g.current(ctx)
	if err != nil {
		return "", err
	}
	numbered := numberedPassages(passages, settings.MaxInputTokens)
	return g.inWords(ctx, settings, "No answer could be given", replyTo(firstCharacters(question, maxMaterial), numbered), maxReply)
}

// numberedPassages writes passages one a line, each behind its number, as many as may be asked about.
func numberedPassages(passages []domain.Passage, tokens int) string {
	var lines []string
	tenths, left := 10*tokens, maxMaterial
	for i, passage := range passages {
		line := "[" + strconv.Itoa(i+1) + "] " + strings.Join(strings.Fields(passage.Text), " ")
		tenths -= weight(line)
		left -= utf8.RuneCountInString(line)
		if i > 0 && (tenths < 0 || left < 0) {
			break
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// inWords asks for an answer in plain words, and once more when nothing of it can be used. what begins the sentence that says why there
// is none.
func (g *Generator) inWords(
	ctx context.Context, settings Settings, what string, messages []api.ChatCompletionMessageParamUnion, length int,
) (string, error) {
	for attempt := 1; ; attempt++ {
		said, cut, failed := g.complete(ctx, settings, true, func(format) []api.ChatCompletionMessageParamUnion { return messages })
		if errors.Is(ctx.Err(), context.Canceled) {
			return "", fmt.Errorf("asking a language model: %w", ctx.Err())
		}
		if failed == nil {
			if words := wordsIn(said, cut, length); words != "" {
				return words, nil
			}
			failed = errNoAnswer
		}
		if failed != errNoAnswer || attempt == 2 {
			return "", domain.WrapError(domain.CodeUnavailable, what+": "+failed.reason+".", fmt.Errorf("asking a language model: %w", failed))
		}
		messages = append(messages, api.UserMessage("Your answer was empty or too long. Do the same task again, in fewer words."))
	}
}

// wordsIn returns what an answer says, of so many characters at most, "" when that is nothing. cut says that its end is missing.
func wordsIn(answer string, cut bool, length int) string {
	answer = withoutThoughts(answer)
	if at := strings.Index(answer, "<think>"); at >= 0 { // it never stopped thinking
		answer = answer[:at]
	}
	answer = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(answer, "\uFFFD"), "\x00", ""))
	if !cut && utf8.RuneCountInString(answer) <= length {
		return answer
	}
	kept := 0
	for _, sentence := range sentences(answer) {
		end := kept + len(sentence)
		if cut && end == len(answer) || utf8.RuneCountInString(strings.TrimSpace(answer[:end])) > length {
			break
		}
		kept = end
	}
	if kept > 0 || cut {
		return strings.TrimSpace(answer[:kept])
	}
	return strings.TrimSpace(firstCharacters(answer, length-1)) + "…"
}

// firstCharacters cuts a text to a number of characters.
func firstCharacters(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for at := range text {
		if n == 0 {
			return text[:at]
		}
		n--
	}
	return text
}
