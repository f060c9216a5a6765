package extractive

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// gap stands for what a card asks for in a sentence.
const gap = "[...]"

// sentence is a sentence of a text, without marks.
type sentence struct {
	start, end int // bytes of the text
	text       string
	words      []word
	stressed   []string
	// prefix names what the pronoun stands for that the sentence begins with: "Photosynthesis: ".
	prefix string
	// alone is false when the sentence says nothing without what was said before.
	alone bool
}

func (s sentence) span(from, to int) string {
	if from >= to || from < 0 || to > len(s.words) {
		return ""
	}
	return s.text[s.words[from].from:s.words[to-1].to]
}

// card makes a card of the sentence.
func (s sentence) card(r rank, question, answer string) candidate {
	if s.prefix == "" {
		question = upperFirst(question)
	}
	return candidate{r, s.prefix + question, cutAnswer(trimAnswer(answer)), s.start, s.end}
}

// trimAnswer takes loose punctuation from an answer, but not a bracket or quotation mark that belongs to it.
func trimAnswer(answer string) string {
	answer = trimEnds(answer)
	for _, marks := range []string{`""`, "“”", "„“", "()", "«»", "»«"} {
		opening, closing := splitMarks(marks)
		if strings.Count(answer, opening)+strings.Count(answer, closing) == 1 {
			answer = trimEnds(strings.Replace(strings.Replace(answer, opening, "", 1), closing, "", 1))
		}
	}
	return answer
}

func splitMarks(marks string) (opening, closing string) {
	_, width := utf8.DecodeRuneInString(marks)
	if marks[:width] == marks[width:] {
		return marks[:width], "\x00"
	}
	return marks[:width], marks[width:]
}

// cutAnswer shortens an answer that is hard to remember as one, at the end of a clause.
func cutAnswer(answer string) string {
	if before, _, found := strings.Cut(answer, "; "); found && utf8.RuneCountInString(before) > 20 {
		answer = before
	}
	for utf8.RuneCountInString(answer) > domain.LongAnswer {
		cut := max(strings.LastIndex(answer, ", "), strings.LastIndex(answer, " – "), strings.LastIndex(answer, " — "), strings.LastIndex(answer, ": "))
		if cut < 0 || utf8.RuneCountInString(answer[:cut]) < 25 {
			break
		}
		answer = answer[:cut]
	}
	return trimEnds(answer)
}

var continuedQuote = regexp.MustCompile(`\n[ \t]*(?:>[ \t]?)+`)

func (d *document) paragraphSentences(b *block) []sentence {
	return d.sentencesBetween(b.lines[0].start, b.lines[len(b.lines)-1].end, b)
}

// sentencesBetween returns the sentences of a part of the text, each with what it needs to be understood.
func (d *document) sentencesBetween(start, end int, b *block) []sentence {
	var sentences []sentence
	antecedent := ""
	for _, bounds := range sentencesOf(d.text[start:end]) {
		raw := d.text[start+bounds[0] : start+bounds[1]]
		s := sentence{start: start + bounds[0] + len(raw) - len(strings.TrimLeft(raw, " \t\r\n"))}
		raw = strings.TrimSpace(raw)
		s.end = s.start + len(raw)
		s.text, s.stressed = unmark(continuedQuote.ReplaceAllString(raw, " "))
		s.text = d.withoutConnective(s.text)
		s.words = wordsOf(s.text)
		if len(s.words) == 0 {
			continue
		}
		d.resolve(&s, antecedent, b)
		if subject := d.subjectOf(s); subject != "" {
			antecedent = subject
		} else if s.prefix == "" { // whatever it was about, a pronoun behind it may mean that
			antecedent = unknown
		}
		sentences = append(sentences, s)
	}
	return sentences
}

// withoutConnective takes "However, " from the beginning of an English sentence.
func (d *document) withoutConnective(text string) string {
	first, rest, found := strings.Cut(text, ", ")
	if d.language == english && found && englishConnective[strings.ToLower(first)] {
		return upperFirst(rest)
	}
	return text
}

// leans reports whether a sentence begins with a word that stands for something said before.
func (l language) leans(words []word) bool {
	first := words[0].lower
	switch l {
	case english:
		if first == "the" && len(words) > 1 {
			return vagueSubjects[words[1].lower] && (len(words) < 3 || words[2].lower != "of") || pointing[words[1].lower]
		}
		return englishLeaning[first] || firstPerson[first]
	case german:
		if germanArticles[first] && len(words) > 1 {
			return first == "das" && germanFinite[words[1].lower] || vagueSubjects[words[1].lower] && !words[1].breaks() && len(words) > 2 &&
				germanFinite[words[2].lower]
		}
		return germanLeaning[first] || firstPerson[first]
	}
	return false
}

// resolve puts in front what the sentence leans on, if a heading or the sentence before says it.
func (d *document) resolve(s *sentence, antecedent string, b *block) {
	s.alone = true
	for i, w := range s.words {
		if pointing[w.lower] || firstPerson[w.lower] && w.bare != "US" && (w.bare != "I" || i == 0 || !s.words[i-1].capital()) {
			s.alone = false
			return
		}
	}
	if !d.language.leans(s.words) {
		s.alone = !d.leansInside(s.words)
		return
	}
	topic := antecedent
	if topic == "" {
		topic = b.topic()
	}
	s.alone = pronouns[s.words[0].lower] && topic != "" && topic != unknown && !strings.HasSuffix(topic, "?") && agrees(s.words[0].lower, topic)
	if s.alone {
		s.prefix = topic + ": "
	}
}

// unknown stands for what a sentence was about that is not understood.
const unknown = "?"

// agrees reports whether a German pronoun may stand for a phrase, by the article of that.
func agrees(pronoun, phrase string) bool {
	article, _, _ := strings.Cut(strings.ToLower(phrase), " ")
	switch article {
	case "der":
		return pronoun != "sie" && pronoun != "es" && !strings.HasPrefix(pronoun, "ihr")
	case "die", "eine":
		return pronoun == "sie" || strings.HasPrefix(pronoun, "ihr")
	case "das":
		return pronoun != "sie" && pronoun != "er" && !strings.HasPrefix(pronoun, "ihr")
	}
	return true
}

// leansInside reports whether a pronoun stands behind the beginning of a sentence before anything that it could mean.
func (d *document) leansInside(words []word) bool {
	for k, w := range words {
		if pronouns[w.lower] && k > 0 {
			return true
		}
		named := w.capital() && k > 0 && w.lower != "jahr"
		switch d.language {
		case english:
			named = !englishFunctionWords[w.lower] && !englishConnective[w.lower]
		case german:
			named = named || k == 0 && !germanFunctionWords[w.lower]
		}
		if named && !w.number() && !months[w.lower] {
			return false
		}
	}
	return false
}

// subjectOf returns what a sentence defines, for pronouns behind it to stand for.
func (d *document) subjectOf(s sentence) string {
	if !s.alone || s.prefix != "" {
		return ""
	}
	c, ok := d.clauseAt(s, func(w word) bool { return d.finite(w) || d.language == english && pastBase[w.lower] != "" })
	if !ok || len(c.subject) > 60 {
		return ""
	}
	return upperFirst(c.subject)
}

// inSentence returns a phrase that a sentence begins with as it is written inside of one.
func (d *document) inSentence(phrase string) string {
	words := wordsOf(phrase)
	if len(words) == 0 || words[0].acronym() || len(words[0].bare) < 1 || words[0].from != strings.Index(phrase, words[0].bare) {
		return phrase
	}
	first := words[0].lower
	switch d.language {
	case english:
		if englishFunctionWords[first] && first != "i" || d.small[first] || ordinary(words) {
			return lowerFirst(phrase)
		}
	case german:
		if germanFunctionWords[first] || d.small[first] && len(words) > 1 && words[1].capital() {
			return lowerFirst(phrase)
		}
	}
	return phrase
}

// ordinary reports whether an English phrase with one capital letter begins with no name: an adjective is before its noun, or the ending
// is that of an abstract noun.
func ordinary(words []word) bool {
	if strings.ContainsAny(words[0].bare, "'’0123456789") {
		return false
	}
	if len(words) > 1 {
		next := words[1]
		return !next.capital() && !nameParticles[next.lower] && !englishFunctionWords[next.lower] && lettered(next.bare)
	}
	for _, ending := range []string{"tion", "sion", "ment", "ness", "ity", "ance", "ence", "ism", "sis", "logy", "emia", "ics", "ure", "ries", "eins", "cells"} {
		if strings.HasSuffix(words[0].lower, ending) {
			return true
		}
	}
	return false
}

// cloze returns the sentence with a gap for the words from i up to before j, and a hint.
func (s sentence) cloze(i, j int, hint string) string {
	last := s.words[j-1]
	to := last.to - len(last.tail)
	from := s.words[i].from + strings.Index(s.text[s.words[i].from:s.words[i].to], s.words[i].bare)
	if s.words[i].number() { // −273.15
		from = len(strings.TrimRight(s.text[:from], "−-+±"))
	}
	question := s.text[:from] + gap + s.text[max(to, from):]
	if hint != "" {
		question += " (" + hint + ")"
	}
	return question
}

// clozed reports whether a gap may be made in the sentence: it is a statement, neither a fragment nor too long.
func (s sentence) clozed() bool {
	length := utf8.RuneCountInString(s.text)
	return s.alone && length <= maxClozed && len(s.words) >= 4 && strings.ContainsAny(s.text[len(s.text)-1:], ".!)\"") || s.alone && length <= maxClozed &&
		len(s.words) >= 4 && (strings.HasSuffix(s.text, "”") || strings.HasSuffix(s.text, "۔") || strings.HasSuffix(s.text, "。"))
}

// tooLong reports whether the answer cannot be remembered as one.
func tooLong(c candidate) bool { return utf8.RuneCountInString(c.answer) > domain.LongAnswer }

// sentenceCards makes cards of sentences: of each, three facts at most, and a gap only if nothing can be asked.
func (d *document) sentenceCards(sentences []sentence) []candidate {
	const most = 3
	var found []candidate
	for _, s := range sentences {
		if strings.HasSuffix(s.text, "?") || utf8.RuneCountInString(s.text) > 600 {
			continue
		}
		var of []candidate
		for _, finder := range finders {
			for _, c := range finder(d, s) {
				if c.sound() && len(of) < most && !overlaps(of, c) && (c.rank < rankStressed || len(of) == 0) && !tooLong(c) {
					of = append(of, c)
				}
			}
		}
		found = append(found, of...)
	}
	return found
}

// finders look for facts in a sentence, the best kinds first.
var finders = []func(*document, sentence) []candidate{
	(*document).definitions, (*document).lives, (*document).expansions, (*document).people, (*document).causes, (*document).dates,
	(*document).emphasised, (*document).numbers,
}

// overlaps reports whether a card asks for something that another one asks for or says.
func overlaps(cards []candidate, c candidate) bool {
	answer := plain(c.answer)
	for _, other := range cards {
		is := plain(other.answer)
		if holds(is, answer) && c.rank > rankExpansion || holds(answer, is) || c.rank >= rankStressed && other.rank >= rankStressed {
			return true
		}
	}
	return false
}
