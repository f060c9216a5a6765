package openai

import (
	"crypto/rand"
	"strconv"
	"strings"

	api "github.com/openai/openai-go/v3"
)

// question is what a model is asked about one part of a text.
type question struct {
	prompts Prompts
	// max is how many cards there may be.
	max  int
	text string
	// mark is on both ends of the text. The text cannot know it, so it cannot end itself early.
	mark string
}

func newQuestion(prompts Prompts, limit int, text string) question {
	return question{prompts, limit, text, rand.Text()}
}

// messages returns the conversation. The text is in a message of its own, which holds nothing else; format says how the schema
// of the answer is told.
func (q question) messages(format format) []api.ChatCompletionMessageParamUnion {
	system := q.prompts.System
	if format != withSchema {
		system += "\n\n" + schemaInWords
	}
	return []api.ChatCompletionMessageParamUnion{
		api.SystemMessage(system),
		api.UserMessage(strings.ReplaceAll(q.prompts.User, "{max}", strconv.Itoa(q.max))),
		api.UserMessage("<text mark=\"" + q.mark + "\">\n" + q.text + "\n</text mark=\"" + q.mark + "\">"),
	}
}

// maxShown is how much of an answer that cannot be used the model is shown again, in bytes.
const maxShown = 16 << 10

// repair returns how the conversation goes on behind an answer that cannot be used.
func repair(answer, fault string) []api.ChatCompletionMessageParamUnion {
	var messages []api.ChatCompletionMessageParamUnion
	if strings.TrimSpace(answer) != "" {
		messages = append(messages, api.AssistantMessage(strings.ToValidUTF8(answer[:min(len(answer), maxShown)], "")))
	}
	return append(messages, api.UserMessage("Your answer cannot be used: "+fault+" Answer the same task again. "+schemaInWords))
}
