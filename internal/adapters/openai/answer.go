package openai

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// cardSchema is what an answer looks like. Every property is required and none else allowed: strict mode asks for that.
var cardSchema = json.RawMessage(`{"type":"object","properties":{"cards":{"type":"array","items":{"type":"object","properties":{` +
	`"question":{"type":"string"},"answer":{"type":"string"},"quote":{"type":"string"}},` +
	`"required":["question","answer","quote"],"additionalProperties":false}}},"required":["cards"],"additionalProperties":false}`)

// schemaInWords is for servers that take no schema, and for models that did not keep to it.
var schemaInWords = "Answer with one JSON object and nothing else, no Markdown, by this JSON schema: " + string(cardSchema)

// read returns the cards of an answer. fault says in a sentence for the model why the answer cannot be used, "" when it can.
// No card is left out: one that is incomplete makes the whole answer useless.
func read(answer string) (cards []domain.Proposal, fault string) {
	var object struct {
		Cards *[]struct {
			Question, Answer, Quote *string
		}
	}
	switch err := json.Unmarshal([]byte(bare(answer)), &object); {
	case err != nil:
		return nil, "it is not a JSON object of that form (" + whyNot(err) + ")."
	case object.Cards == nil:
		return nil, `the list "cards" is missing.`
	}
	for i, card := range *object.Cards {
		for _, side := range []struct {
			name string
			text *string
			may  bool // be empty
		}{{"question", card.Question, false}, {"answer", card.Answer, false}, {"quote", card.Quote, true}} {
			if side.text == nil || !side.may && strings.TrimSpace(*side.text) == "" {
				return nil, fmt.Sprintf("cards[%d] has no %s.", i, side.name)
			}
			if len(*side.text) > domain.MaxCardText || strings.ContainsRune(*side.text, 0) {
				return nil, fmt.Sprintf("the %s of cards[%d] is too long, or holds the character U+0000.", side.name, i)
			}
		}
		cards = append(cards, domain.Proposal{Question: *card.Question, Answer: *card.Answer, Quote: *card.Quote})
	}
	return cards, ""
}

// bare returns the JSON object in an answer: small models put thoughts before it, and Markdown around it.
func bare(answer string) string {
	answer = withoutThoughts(answer)
	start, end := strings.IndexByte(answer, '{'), strings.LastIndexByte(answer, '}')
	if start < 0 || end < start {
		return answer
	}
	return answer[start : end+1]
}

// withoutThoughts returns what a model says behind what it thinks aloud.
func withoutThoughts(answer string) string {
	if at := strings.LastIndex(answer, "</think>"); at >= 0 {
		answer = answer[at+len("</think>"):]
	}
	return answer
}

// whyNot describes an error of the JSON parser without a word of the answer.
func whyNot(err error) string {
	switch e := err.(type) { //nolint:errorlint // the parser does not wrap
	case *json.SyntaxError:
		return fmt.Sprintf("a syntax error at byte %d", e.Offset)
	case *json.UnmarshalTypeError:
		return fmt.Sprintf("a value of the wrong type at byte %d", e.Offset)
	}
	return "a syntax error"
}
