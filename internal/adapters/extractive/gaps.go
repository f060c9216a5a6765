package extractive

import (
	"strings"
	"unicode/utf8"
)

// emphasised makes a gap for what a sentence has in bold or italics.
func (d *document) emphasised(s sentence) []candidate {
	if !s.clozed() {
		return nil
	}
	for _, phrase := range s.stressed {
		words := wordsOf(phrase)
		if len(words) == 0 || len(words) > 4 || d.language.functionWord(words[0].lower) && len(words) == 1 {
			continue
		}
		if firstPlace := strings.Index(s.text, phrase); firstPlace >= 0 && strings.Count(s.text, phrase) == 1 {
			question := s.text[:firstPlace] + gap + s.text[firstPlace+len(phrase):]
			return []candidate{s.card(rankStressed, question, phrase)}
		}
	}
	return nil
}

// fallback makes one card of a text in which nothing was found: a gap for the most specific word of the sentence that is most of a
// statement. The word is the longest one that stands there once and is no function word; rare words are long.
func (d *document) fallback() []candidate {
	best, score := candidate{}, 0
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.kind == code {
			continue
		}
		for _, s := range d.paragraphSentences(b) {
			c, of := d.specific(s)
			if of > score && c.sound() {
				best, score = c, of
			}
		}
	}
	if score == 0 {
		return nil
	}
	return []candidate{best}
}

// specific makes a gap for the most specific word of a sentence, and says how good the card is.
func (d *document) specific(s sentence) (candidate, int) {
	if len(s.words) < 3 || utf8.RuneCountInString(s.text) > maxQuestion-len(gap) {
		return candidate{}, 0
	}
	place, longest := -1, 0
	for k, w := range s.words {
		length := utf8.RuneCountInString(w.bare)
		if w.capital() && k > 0 {
			length += 3
		}
		if !d.language.functionWord(w.lower) && lettered(w.bare) && length > longest && !strings.Contains(w.bare, "/") {
			place, longest = k, length
		}
	}
	if place < 0 {
		return candidate{}, 0
	}
	score := 10 + min(len(s.words), 20) + longest
	if s.alone {
		score += 30
	}
	return s.card(rankFallback, s.cloze(place, place+1, ""), s.words[place].bare), score
}
