package extractive

import (
	"strings"
	"unicode/utf8"
)

// clause is a sentence of the form subject, verb, complement.
type clause struct {
	subject    string
	of         []word // the words of the subject
	verb       string
	complement string
	words      []word // the words of the complement
}

// clauseOf takes a sentence apart at its verb, if what stands before it can be a subject. Parentheses are left out before it.
func (d *document) clauseOf(s sentence) (clause, bool) {
	return d.clauseAt(s, func(w word) bool {
		return d.language == english && englishBe[w.lower] || d.language == german && germanBe[w.lower]
	})
}

var germanBe = set(`ist sind war waren`)

const maxSubject = 9

func (d *document) clauseAt(s sentence, verb func(word) bool) (clause, bool) {
	text := withoutParentheses(s.text)
	words := wordsOf(text)
	for k := 1; k < len(words)-1 && k <= 25; k++ {
		if !verb(words[k]) {
			if d.finite(words[k]) && !strings.ContainsAny(words[k-1].tail, ",–—") && !inApposition(words[:k]) {
				return clause{}, false
			}
			continue
		}
		of := words[:k]
		if comma := firstBreak(of); comma >= 0 {
			if comma == k-1 || !of[k-1].breaks() { // the apposition must end, too
				return clause{}, false
			}
			of = of[:comma+1]
		}
		c := clause{of: of, verb: words[k].lower, words: words[k+1:]}
		if len(of) > maxSubject || !d.canBeSubject(of) {
			return clause{}, false
		}
		c.subject = strings.Trim(trimEnds(text[of[0].from:of[len(of)-1].to]), `"“”„»«`)
		c.complement = strings.TrimSpace(text[words[k+1].from:])
		return c, c.subject != ""
	}
	return clause{}, false
}

func inApposition(words []word) bool { return firstBreak(words) >= 0 }

func firstBreak(words []word) int {
	for i, w := range words {
		if w.breaks() {
			return i
		}
	}
	return -1
}

func (d *document) finite(w word) bool {
	return d.language == english && englishFinite[w.lower] && !w.capital() || d.language == german && germanFinite[w.lower] && !w.capital()
}

// canBeSubject reports whether words are a noun phrase that means something by itself.
func (d *document) canBeSubject(words []word) bool {
	first, last := words[0].lower, words[len(words)-1]
	if d.language.leans(words) || last.bare == "" {
		return false
	}
	if len(words) <= 2 && vagueSubjects[last.lower] {
		return false
	}
	switch d.language {
	case english:
		if englishFunctionWords[first] && !englishArticles[first] || englishFunctionWords[last.lower] && !last.capital() {
			return false
		}
		for _, w := range words {
			if englishRelative[w.lower] || pastBase[w.lower] != "" && !w.capital() {
				return false
			}
		}
	case german:
		article := germanArticles[first]
		if germanSubjectStop[first] || germanFunctionWords[first] && !article || !last.capital() && !last.number() && last.lower != first {
			return false
		}
		for i, w := range words {
			if w.lower == "dass" || w.lower == "sich" || i > 0 && i < len(words)-1 && w.lower == "zu" {
				return false
			}
		}
	}
	return true
}

// definitions finds what a sentence says that something is.
func (d *document) definitions(s sentence) []candidate {
	if s.prefix != "" || !s.alone {
		return nil
	}
	var found []candidate
	switch d.language {
	case english:
		found = d.defineEnglish(s)
	case german:
		found = d.defineGerman(s)
	}
	sound := found[:0]
	for _, c := range found {
		if utf8.RuneCountInString(c.answer) >= 2 {
			sound = append(sound, c)
		}
	}
	return sound
}

// isPerson reports whether a capitalised subject is said to be somebody.
func isPerson(c clause) bool {
	for _, w := range c.of {
		if !w.capital() && !nameParticles[w.lower] {
			return false
		}
	}
	for i, w := range c.words {
		if professions[w.lower] {
			return true
		}
		if i > 8 {
			break
		}
	}
	return false
}

// isUnique reports whether a complement describes one thing only, by a superlative or a word like capital.
func isUnique(c clause) bool {
	if len(c.words) < 3 || len(c.of) > 4 || germanArticles[c.of[0].lower] || englishArticles[c.of[0].lower] || !c.of[len(c.of)-1].capital() {
		return false
	}
	for i, w := range c.words[1:] {
		if i < 3 && (unique[w.lower] && !strings.HasSuffix(w.tail, ",")) {
			return true
		}
	}
	return false
}

// untilClause returns a phrase up to the end of its first clause that has at least so many words.
func untilClause(phrase string, words int) string {
	for i, w := range wordsOf(phrase) {
		if i+1 >= words && w.breaks() {
			return trimEnds(phrase[:w.to])
		}
	}
	return trimEnds(phrase)
}
