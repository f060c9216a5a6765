package extractive

import "strings"

// people asks who did something: "Alexander Fleming discovered ...", "... was invented by James Watt".
func (d *document) people(s sentence) []candidate {
	if !s.alone || s.prefix != "" || len(s.words) < 4 || len(s.words) > 40 {
		return nil
	}
	from := 0
	if dates := datesOf(s.words); len(dates) > 0 && dates[0].i == 0 && d.language == english {
		from = dates[0].j
	}
	switch d.language {
	case english:
		if c, ok := d.madeBy(s); ok {
			return []candidate{c}
		}
		return d.whoDid(s, from, "Who ", deeds)
	case german:
		if c, ok := d.gemachtVon(s); ok {
			return []candidate{c}
		}
		return d.whoDid(s, 0, "Wer ", germanDeeds)
	}
	return nil
}

// whoDid asks for the name before a verb that says what somebody did.
func (d *document) whoDid(s sentence, from int, who string, verbs map[string]bool) []candidate {
	for k := from + 1; k < len(s.words)-1 && k <= from+6; k++ {
		if !verbs[s.words[k].lower] {
			continue
		}
		if !d.isName(s.words[from:k]) {
			return nil
		}
		rest, ok := d.rest(s, k+1, len(s.words), [2]int{0, 0})
		if !ok || len(strings.Fields(rest)) < 2 {
			return nil
		}
		return []candidate{s.card(rankPerson, who+s.words[k].lower+" "+rest+"?", s.span(from, k))}
	}
	return nil
}

// isName reports whether words are the name of a person, as far as can be seen: capitals, and none of them an ordinary word.
func (d *document) isName(words []word) bool {
	capitals := 0
	for i, w := range words {
		if w.breaks() && !strings.HasSuffix(w.tail, ".") {
			return false
		}
		if w.capital() {
			capitals++
		}
		if i == 0 && (!w.capital() || d.language.functionWord(w.lower) || d.language.leans(words)) || !w.capital() && !nameParticles[w.lower] {
			return false
		}
		if d.small[w.lower] && !nameParticles[w.lower] {
			return false
		}
	}
	return capitals >= 2 || len(words) == 1 && (d.language == german || !strings.HasSuffix(words[0].lower, "s")) // no plural
}

// nameFrom returns the end of the name that begins at a word, that index for none.
func (d *document) nameFrom(words []word, from int) int {
	end := from
	for k := from; k < len(words) && (words[k].capital() || k > from && nameParticles[words[k].lower] && words[k].lower != "und"); k++ {
		if words[k].capital() {
			end = k + 1
		}
		if words[k].tail != "" && words[k].tail != "." || words[k].tail == "." && len(words[k].bare) > 3 {
			break
		}
	}
	if end == from || d.language.functionWord(words[from].lower) && end == from+1 {
		return from
	}
	return end
}

// madeBy asks for the person of a passive: "Penicillin was discovered by Alexander Fleming".
func (d *document) madeBy(s sentence) (candidate, bool) {
	words := s.words
	for k := 3; k < len(words)-1; k++ {
		if words[k].lower != "by" || !strings.HasSuffix(words[k-1].lower, "ed") && words[k-1].lower != "written" && words[k-1].lower != "built" {
			continue
		}
		aux := words[k-2].lower
		if aux != "was" && aux != "were" || firstBreak(words[:k]) >= 0 || !d.canBeSubject(words[:k-2]) {
			return candidate{}, false
		}
		end := d.nameFrom(words, k+1)
		if end < k+2 || end > k+6 || end-k-1 == 1 && len(words[k+1].bare) < 4 {
			return candidate{}, false
		}
		verb := words[k-1].lower
		if verb == "written" {
			verb = "wrote"
		}
		if !deeds[verb] {
			return candidate{}, false
		}
		return s.card(rankPerson, "Who "+verb+" "+d.inSentence(s.span(0, k-2))+"?", s.span(k+1, end)), true
	}
	return candidate{}, false
}

// gemachtVon asks for the person of a German passive: "Penicillin wurde von Alexander Fleming entdeckt".
func (d *document) gemachtVon(s sentence) (candidate, bool) {
	words := s.words
	last := len(words) - 1
	for k := 2; k < last; k++ {
		if words[k].lower != "von" || words[k+1].lower == "der" || words[k+1].number() {
			continue
		}
		end := d.nameFrom(words, k+1)
		if end < k+2 || !participle(words[last]) || firstBreak(words[:last]) >= 0 || d.language.functionWord(words[k+1].lower) || germanArticles[words[k+1].lower] {
			continue
		}
		question, ok := d.invertGerman(s, 0, len(words), [2]int{k, end})
		if !ok || !strings.HasPrefix(question, "wurde") {
			return candidate{}, false
		}
		return s.card(rankPerson, "Von wem "+trimEnds(question)+"?", s.span(k+1, end)), true
	}
	return candidate{}, false
}
