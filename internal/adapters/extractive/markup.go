package extractive

import (
	"regexp"
	"strings"
)

var (
	links      = regexp.MustCompile(`!?\[([^\[\]]*)\]\([^()\s]*(?:\s+"[^"]*")?\)`)
	references = regexp.MustCompile(`\[(?:\d{1,3}|[a-z])\]`)
	strong     = regexp.MustCompile(`\*\*([^*\s](?:[^*]*[^*\s])?)\*\*|__([^_\s](?:[^_]*[^_\s])?)__`)
	emphasis   = regexp.MustCompile(`\*([^*\s](?:[^*]*[^*\s])?)\*`)
	underlined = regexp.MustCompile(`(^|[\s(])_([^_\s](?:[^_]*[^_\s])?)_($|[\s).,;:!?])`)
	codeSpan   = regexp.MustCompile("`([^`]+)`")
)

// unmark takes the marks of Markdown and the numbers of footnotes out of a text and makes white space single spaces. It returns
// the phrases that stood out as bold or italic, too.
func unmark(raw string) (text string, stressed []string) {
	text = raw
	if strings.ContainsAny(raw, "[*_`") {
		text = references.ReplaceAllString(links.ReplaceAllString(text, "$1"), "")
		for _, found := range strong.FindAllStringSubmatch(text, -1) {
			stressed = append(stressed, strings.Join(strings.Fields(found[1]+found[2]), " "))
		}
		text = strong.ReplaceAllString(text, "$1$2")
		for _, found := range emphasis.FindAllStringSubmatch(text, -1) {
			stressed = append(stressed, strings.Join(strings.Fields(found[1]), " "))
		}
		text = emphasis.ReplaceAllString(text, "$1")
		text = underlined.ReplaceAllString(text, "$1$2$3")
		text = codeSpan.ReplaceAllString(text, "$1")
	}
	return strings.Join(strings.Fields(text), " "), stressed
}

// withoutParentheses leaves out what stands in parentheses, with the space before it.
func withoutParentheses(text string) string {
	if !strings.ContainsAny(text, "(") {
		return text
	}
	var b strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	if depth > 0 {
		return text
	}
	tidy := strings.Join(strings.Fields(b.String()), " ")
	return strings.NewReplacer(" ,", ",", " .", ".", " ;", ";").Replace(tidy)
}
