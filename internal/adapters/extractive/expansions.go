package extractive

import (
	"regexp"
	"strings"
	"unicode"
)

var standsFor = wording{"What does “%s” stand for?", "Wofür steht „%s“?", "%s = ?"}

var inParentheses = regexp.MustCompile(`\(([^()]{2,80})\)`)

// expansions finds abbreviations behind what they are short for: "World Health Organization (WHO)".
func (d *document) expansions(s sentence) []candidate {
	var found []candidate
	for _, place := range inParentheses.FindAllStringSubmatchIndex(s.text, 2) {
		inside := s.text[place[2]:place[3]]
		short, _, _ := strings.Cut(inside, ",")
		short, _, _ = strings.Cut(short, ";")
		short = strings.TrimSpace(short)
		for _, lead := range []string{"abbreviated ", "abbreviated as ", "short ", "kurz ", "abgekürzt ", "kurz: "} {
			short = strings.TrimPrefix(short, lead)
		}
		if !isAbbreviation(short) {
			continue
		}
		long := longForm(s.text[:place[0]], short)
		if long == "" {
			continue
		}
		c := s.card(rankExpansion, fill(standsFor.in(d.language), short), d.inSentence(long))
		c.question = strings.TrimPrefix(c.question, s.prefix)
		found = append(found, c)
	}
	return found
}

// isAbbreviation reports whether a text is one word of mostly upper case letters.
func isAbbreviation(text string) bool {
	upper, letters := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsUpper(r):
			upper++
			letters++
		case unicode.IsLetter(r):
			letters++
		case !unicode.IsDigit(r) && r != '-' && r != '.':
			return false
		}
	}
	return upper >= 2 && upper*2 >= letters && letters <= 10
}

// longForm returns the end of a text that an abbreviation is short for: its letters stand there in order, the first one at the
// beginning of a word (Schwartz and Hearst, 2003). "" when there is none.
func longForm(before, short string) string {
	before = strings.TrimRight(before, " ")
	letters := []rune(strings.ToLower(short))
	text := []rune(before)
	from := max(len(text)-100, 0)
	at := len(text) - 1
	for i := len(letters) - 1; i >= 0; i-- {
		if !unicode.IsLetter(letters[i]) && !unicode.IsDigit(letters[i]) {
			continue
		}
		for at >= from && (unicode.ToLower(text[at]) != letters[i] || i == 0 && at > 0 && (unicode.IsLetter(text[at-1]) || unicode.IsDigit(text[at-1]))) {
			at--
		}
		if at < from {
			return ""
		}
		at--
	}
	long := strings.TrimSpace(string(text[at+1:]))
	words := len(strings.Fields(long))
	if words > len(letters)+3 || len(long) <= len(short)+2 || strings.ContainsAny(long, ",;:.()") || holds(plain(long), plain(short)) {
		return ""
	}
	return long
}
