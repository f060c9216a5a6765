package domain

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// LeftOut is how many proposals did not become cards, and why.
type LeftOut struct {
	// Empty have no question or no answer; InText ask what another one of the same text asks, InDeck what a card of the deck does.
	Empty, InText, InDeck int
}

// Sift makes cards of proposals, in their order: it looks up where the text says so, marks what is not founded in it or long, and
// leaves out what is empty or asked already, by a card of the deck or of the text.
func Sift(text string, proposals []Proposal, deck []CardText) ([]NoteCard, LeftOut) {
	var out LeftOut
	inDeck, inText := map[string]bool{}, map[string]bool{}
	for _, card := range deck {
		inDeck[askedKey(card.Question)] = true
	}
	cards := []NoteCard{}
	for _, p := range proposals {
		question, answer := strings.TrimSpace(p.Question), strings.TrimSpace(p.Answer)
		key := askedKey(question)
		switch {
		case key == "" || answer == "":
			out.Empty++
		case inText[key]:
			out.InText++
		case inDeck[key]:
			out.InDeck++
		default:
			inText[key] = true
			cards = append(cards, newNoteCard(text, question, answer, p))
		}
	}
	return cards, out
}

func newNoteCard(text, question, answer string, p Proposal) NoteCard {
	source, found := Locate(text, p.Quote, p.After)
	return NoteCard{
		Question: question, Answer: answer, Source: source, Unfounded: !found, Long: utf8.RuneCountInString(answer) > LongAnswer,
	}
}

// askedKey returns the form under which two questions ask the same: letters and digits, in lower case, with single spaces, of the
// plain text. What has neither is compared as it is.
func askedKey(question string) string {
	plain := PlainText(question)
	var b strings.Builder
	for _, word := range strings.FieldsFunc(strings.ToLower(plain), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	}) {
		b.WriteString(word)
		b.WriteByte(' ')
	}
	if b.Len() == 0 {
		return strings.TrimSpace(plain)
	}
	return b.String()
}

// PlainText returns the plain text of what is on a card: the texts of the leaves of a document of the editor Slate, each block in a
// line of its own, and anything else as it is.
func PlainText(text string) string {
	var blocks []json.RawMessage
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "[") || nestedDeeply(trimmed) || json.Unmarshal([]byte(trimmed), &blocks) != nil {
		return text
	}
	lines := make([]string, 0, len(blocks))
	for _, block := range blocks {
		line, isSlate := leavesOf(block)
		if !isSlate {
			return text
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// maxSlateDepth is how deep the brackets of a document may be nested: what people write has some ten. Each level is read once more with each
// level around it.
const maxSlateDepth = 40

// nestedDeeply reports whether the brackets in a text, those within quotes left out, are nested more deeply than a document's.
func nestedDeeply(text string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxSlateDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// leavesOf returns the texts below a node of Slate, one after the other; false for what is no such node.
func leavesOf(node json.RawMessage) (string, bool) {
	var n struct {
		Text     *string           `json:"text"`
		Children []json.RawMessage `json:"children"`
	}
	if json.Unmarshal(node, &n) != nil || n.Text == nil && n.Children == nil {
		return "", false
	}
	if n.Text != nil {
		return *n.Text, true
	}
	var b strings.Builder
	for _, child := range n.Children {
		text, ok := leavesOf(child)
		if !ok {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), true
}
