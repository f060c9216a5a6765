package openai

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	uax29 "github.com/clipperhouse/uax29/v2/sentences"
)

// part is a piece of a text that one call is about.
type part struct {
	text string
	// at is the byte of the whole text that it begins at.
	at int
}

// cuts are the ways to cut a text, the best first. Each returns pieces that make up the text again.
var cuts = []func(string) []string{paragraphs, sentences, lines, words, characters}

// partsOf cuts a text into parts of at most limit estimated tokens. It cuts between paragraphs, within a paragraph that is too
// long between sentences, and anywhere else only where one sentence alone is too long. Blank parts are left out.
func partsOf(text string, limit int) []part {
	var parts []part
	most := 10 * limit
	at, start, used := 0, 0, 0
	end := func() {
		if strings.TrimSpace(text[start:at]) != "" {
			parts = append(parts, part{text[start:at], start})
		}
		start, used = at, 0
	}
	for _, piece := range pieces(text, most, cuts) {
		n := weight(piece)
		if used > 0 && used+n > most {
			end()
		}
		at += len(piece)
		used += n
	}
	end()
	return parts
}

// pieces cuts a text in the first way, and what weighs more than most after that in the ways behind it.
func pieces(text string, most int, ways []func(string) []string) []string {
	if weight(text) <= most || len(ways) == 0 {
		return []string{text}
	}
	var all []string
	for _, piece := range ways[0](text) {
		all = append(all, pieces(piece, most, ways[1:])...)
	}
	return all
}

var blankLine = regexp.MustCompile(`\r?\n[ \t]*\r?\n\s*`)

// paragraphs cuts at blank lines, but not behind a heading: what follows would not be understood without it.
func paragraphs(text string) []string {
	var all []string
	start := 0
	for _, at := range blankLine.FindAllStringIndex(text, -1) {
		if heading(text[start:at[0]]) {
			continue
		}
		all = append(all, text[start:at[1]])
		start = at[1]
	}
	return append(all, text[start:])
}

// maxHeading is the length of the longest heading, in bytes.
const maxHeading = 100

// heading reports whether a paragraph is one short line that does not end like a sentence.
func heading(paragraph string) bool {
	paragraph = strings.TrimSpace(paragraph)
	return len(paragraph) <= maxHeading && !strings.Contains(paragraph, "\n") && strings.TrimRight(paragraph, ".!?…。！？\"”»)") == paragraph
}

// lineEnds makes line ends spaces of the same length: one within a paragraph ends no sentence.
var lineEnds = strings.NewReplacer("\n", " ", "\r", " ", "\v", " ", "\f", " ", "\u0085", "  ", "\u2028", "   ", "\u2029", "   ")

// sentences cuts by Unicode's annex 29, but not behind what may be an abbreviation, an initial or an ordinal.
func sentences(text string) []string {
	var all []string
	found := uax29.FromString(lineEnds.Replace(text))
	start, at := 0, 0
	for found.Next() {
		at += len(found.Value())
		if abbreviated(text[start:at]) {
			continue
		}
		all = append(all, text[start:at])
		start = at
	}
	if start < len(text) {
		all = append(all, text[start:])
	}
	return all
}

// shortWord is the length of the longest word, in bytes, whose full stop is not trusted to end a sentence.
const shortWord = 3

// abbreviated reports whether a sentence ends with a full stop that may belong to its last word. It says so too often: a cut
// can be made elsewhere.
func abbreviated(sentence string) bool {
	body, stopped := strings.CutSuffix(strings.TrimRightFunc(sentence, unicode.IsSpace), ".")
	if !stopped {
		return false
	}
	word := body[strings.LastIndexFunc(body, func(r rune) bool { return unicode.IsSpace(r) || r == '(' })+1:]
	return len(word) <= shortWord || strings.Contains(word, ".")
}

func lines(text string) []string { return strings.SplitAfter(text, "\n") }

func words(text string) []string { return strings.SplitAfter(text, " ") }

func characters(text string) []string {
	all := make([]string, 0, len(text))
	for len(text) > 0 {
		_, width := utf8.DecodeRuneInString(text)
		all = append(all, text[:width])
		text = text[width:]
	}
	return all
}
