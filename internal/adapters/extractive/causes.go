package extractive

import "strings"

var why = wording{"%s. Why?", "%s. Warum?", "%s?"}

// causes finds reasons: "... because ...", "Because ..., ...", "... due to ...", "..., weil ...", "Weil ..., ...".
func (d *document) causes(s sentence) []candidate {
	if !s.alone || len(s.words) < 6 || len(s.words) > 45 {
		return nil
	}
	switch d.language {
	case english:
		return d.englishCauses(s)
	case german:
		return d.germanCauses(s)
	}
	return nil
}

func (d *document) englishCauses(s sentence) []candidate {
	words := s.words
	if words[0].lower == "because" || words[0].lower == "since" && len(words) > 1 && !words[1].number() && words[1].lower != "then" {
		comma := firstBreak(words)
		if words[0].lower == "since" || comma < 2 || comma > len(words)-4 || d.language.leans(words[comma+1:]) {
			return nil
		}
		return d.reason(s, comma+1, len(words), s.span(0, comma+1))
	}
	for k := 3; k < len(words)-2; k++ {
		lower := words[k].lower
		two := lower + " " + words[k+1].lower
		because := lower == "because" && words[k+1].lower != "of"
		if !because && two != "because of" && two != "due to" && two != "owing to" {
			continue
		}
		to, from := k, k
		if words[k-1].lower == "is" || words[k-1].lower == "are" || words[k-1].lower == "was" || words[k-1].lower == "were" { // "The colour is due to"
			subject := words[:k-1]
			if firstBreak(subject) >= 0 || !d.canBeSubject(subject) {
				return nil
			}
			return []candidate{s.card(rankCause, "What "+words[k-1].lower+" "+d.inSentence(s.span(0, k-1))+" due to?", s.span(k+2, len(words)))}
		}
		if comma := lastBreak(words[:k-1]); comma >= 0 {
			return nil
		}
		return d.reason(s, 0, to, s.span(from, len(words)))
	}
	return nil
}

// reason asks why what the words from i up to before j say is so.
func (d *document) reason(s sentence, i, j int, answer string) []candidate {
	answer = untilClause(answer, 4)
	if question, ok := d.inverted(s, i, j, [2]int{j, j}); ok && d.language == english {
		return []candidate{s.card(rankCause, "Why "+trimEnds(question)+"?", answer)}
	}
	statement := trimEnds(s.span(i, j))
	if !d.hasVerb(s.words[i:j]) {
		return nil
	}
	return []candidate{s.card(rankCause, fill(why.in(d.language), upperFirst(statement)), answer)}
}

func (d *document) hasVerb(words []word) bool {
	for _, w := range words {
		if d.finite(w) || pastBase[w.lower] != "" || d.language == english && (strings.HasSuffix(w.lower, "s") || strings.HasSuffix(w.lower, "ed")) {
			return true
		}
	}
	return false
}

func lastBreak(words []word) int {
	for i := len(words) - 1; i >= 0; i-- {
		if words[i].breaks() {
			return i
		}
	}
	return -1
}

func (d *document) germanCauses(s sentence) []candidate {
	words := s.words
	if words[0].lower == "weil" || words[0].lower == "da" {
		comma := firstBreak(words)
		if comma < 2 || comma > len(words)-4 || !d.finite(words[comma+1]) {
			return nil
		}
		reason := s.span(0, comma+1)
		return []candidate{s.card(rankCause, "Warum "+untilClause(s.span(comma+1, len(words)), 3)+"?", reason)}
	}
	for k := 3; k < len(words)-2; k++ {
		if words[k].lower != "weil" && words[k].lower != "da" || !strings.HasSuffix(words[k-1].tail, ",") {
			continue
		}
		if firstBreak(words[:k-1]) >= 0 {
			return nil
		}
		if question, ok := d.invertGerman(s, 0, k, [2]int{k, k}); ok {
			return []candidate{s.card(rankCause, "Warum "+trimEnds(question)+"?", untilClause(s.span(k, len(words)), 3))}
		}
		if s.prefix != "" {
			return nil
		}
		return []candidate{s.card(rankCause, fill(why.in(d.language), trimEnds(s.span(0, k))), untilClause(s.span(k, len(words)), 3))}
	}
	return nil
}
