package domain

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Passage is a part of a text that answers a query, or seems to.
type Passage struct {
	Kind SearchKind
	// ID names what the passage is from.
	ID string
	// Text is a part of the text as it stands there.
	Text  string
	score float64
}

// SearchText is a text that was found.
type SearchText struct {
	Kind SearchKind
	ID   string
	// Title is what the text is about, "" when it does not say. Its words count, but it is not quoted.
	Title, Text string
}

// maxPassage is the length of the longest passage, in characters.
const maxPassage = 300

// BestPassages returns the passages of texts that hold the most words of a query, the best first, at most limit, and of one text two at
// most. Of texts that come first they win when they hold as many.
func BestPassages(query SearchQuery, texts []SearchText, limit int) []Passage {
	var best []Passage
	for _, text := range texts {
		found := passagesOf(query, text)
		slices.SortStableFunc(found, better)
		best = append(best, found[:min(len(found), 2)]...)
	}
	slices.SortStableFunc(best, better)
	return best[:min(len(best), limit)]
}

func better(a, b Passage) int {
	switch {
	case a.score > b.score:
		return -1
	case a.score < b.score:
		return 1
	}
	return 0
}

// passagesOf returns the sentences of a text that hold a word of the query.
func passagesOf(query SearchQuery, of SearchText) []Passage {
	var found []Passage
	inTitle := matches(query, of.Title) / 4
	for _, sentence := range sentencesOf(PlainText(of.Text)) {
		n := matches(query, sentence)
		if n == 0 {
			continue
		}
		// Of two that hold as many words the shorter one is more about them.
		score := n + inTitle - float64(min(utf8.RuneCountInString(sentence), maxPassage))/(4*maxPassage)
		found = append(found, Passage{of.Kind, of.ID, Clip(sentence, maxPassage), score})
	}
	return found
}

// matches returns how many words of the query a text holds.
func matches(query SearchQuery, text string) float64 {
	held := make([]bool, len(query.Words))
	n := 0.0
	for term := range termsOf(text) {
		for i, word := range query.Words {
			if !held[i] && word.Matches(term) {
				held[i] = true
				n++
			}
		}
	}
	return n
}

// sentencesOf splits a text where lines and sentences end, roughly: a wrong split costs a passage that is too short.
func sentencesOf(text string) []string {
	var sentences []string
	for line := range strings.Lines(text) {
		start := 0
		for i, r := range line {
			end := i + utf8.RuneLen(r)
			if strings.ContainsRune(".!?。！？", r) && (end >= len(line) || strings.ContainsAny(line[end:end+1], " \t\n") || r > utf8.RuneSelf) &&
				utf8.RuneCountInString(line[start:end]) > 12 {
				sentences = append(sentences, line[start:end])
				start = end
			}
		}
		sentences = append(sentences, line[start:])
	}
	kept := sentences[:0]
	for _, sentence := range sentences {
		if sentence = strings.Join(strings.Fields(sentence), " "); sentence != "" {
			kept = append(kept, sentence)
		}
	}
	return kept
}

// Clip cuts a text to a number of characters, at a space where there is one near, and says by an ellipsis that it did.
func Clip(text string, length int) string {
	if utf8.RuneCountInString(text) <= length {
		return text
	}
	cut := string([]rune(text)[:length-1])
	if at := strings.LastIndexByte(cut, ' '); at > len(cut)/2 {
		cut = cut[:at]
	}
	return cut + "…"
}
