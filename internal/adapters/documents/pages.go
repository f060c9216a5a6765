package documents

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// softBreak is what pdfium puts where a word was divided at the end of a line.
const softBreak = "\u0002"

// layPages makes HTML and plain text of the texts of pages.
func layPages(pages []string) (view, raw string) {
	var shown, plain strings.Builder
	for _, page := range pages {
		for _, paragraph := range paragraphsOf(page) {
			escaped := "<p>" + html.EscapeString(paragraph) + "</p>\n"
			if shown.Len()+len(escaped) > domain.MaxViewText || plain.Len()+len(paragraph)+2 > domain.MaxRawText {
				return clean(shown.String()), plain.String()
			}
			shown.WriteString(escaped)
			plain.WriteString(paragraph + "\n\n")
		}
	}
	return clean(shown.String()), strings.TrimSpace(plain.String())
}

// paragraphsOf joins the lines of a page. A paragraph ends at an empty line, and where a sentence ends in a line that is much shorter than
// the longest one.
func paragraphsOf(page string) []string {
	page = strings.NewReplacer(softBreak+"\r\n", "", softBreak+"\n", "", softBreak, "", "\r\n", "\n").Replace(page)
	lines := strings.Split(page, "\n")
	longest := 0
	for _, line := range lines {
		longest = max(longest, utf8.RuneCountInString(line))
	}
	var paragraphs []string
	var current strings.Builder
	end := func() {
		if text := oneSpaced(current.String()); text != "" {
			paragraphs = append(paragraphs, text)
		}
		current.Reset()
	}
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" {
			end()
			continue
		}
		joined, divided := line, false
		if i+1 < len(lines) && startsLower(lines[i+1]) {
			joined, divided = strings.CutSuffix(line, "-")
		}
		current.WriteString(joined)
		if !divided {
			current.WriteByte(' ')
		}
		if utf8.RuneCountInString(line)*5 < longest*4 && strings.ContainsAny(line[len(line)-1:], ".!?:") {
			end()
		}
	}
	end()
	return paragraphs
}

func startsLower(line string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(line))
	return unicode.IsLower(first)
}

// oneSpaced returns a text without control characters, and with single spaces.
func oneSpaced(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// oneLine returns a text as a title.
func oneLine(text string) string {
	text = oneSpaced(strings.ToValidUTF8(text, "\uFFFD"))
	if runes := []rune(text); len(runes) > domain.MaxTitle {
		return string(runes[:domain.MaxTitle-1]) + "…"
	}
	return text
}
