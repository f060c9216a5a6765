package extractive

import "strings"

// defineGerman finds "X ist ein ...", "Unter X versteht man ...", "X bezeichnet ..." and their like.
func (d *document) defineGerman(s sentence) []candidate {
	if found := d.germanFronted(s); found != nil {
		return found
	}
	if found := d.germanVerb(s); found != nil {
		return found
	}
	c, ok := d.clauseOf(s)
	if !ok || len(c.words) < 2 {
		return nil
	}
	name := d.inSentence(c.subject)
	first := c.words[0]
	last := c.words[len(c.words)-1]
	singular := c.verb == "ist" || c.verb == "war"
	definite := first.lower == "der" || first.lower == "die" || first.lower == "das"
	was := "Was "
	if isPerson(c) {
		was = "Wer "
	}
	ask := func(question, answer string) []candidate {
		return []candidate{s.card(rankDefinition, question, answer)}
	}
	switch {
	case participle(last) && firstBreak(c.words) < 0:
		return nil
	case singular && definite && isUnique(c):
		return ask(was+c.verb+" "+untilClause(c.complement, 3)+"?", c.subject)
	case singular && (definite || germanIndefinite[first.lower]) && len(c.words) >= 2:
		return ask(was+c.verb+" "+name+"?", c.complement)
	case singular && germanArticles[c.of[0].lower] && len(c.of) >= 3 && (first.capital() || first.number()) && len(c.words) <= 6:
		return ask(was+c.verb+" "+name+"?", c.complement)
	case !singular && germanPlural(c.words):
		return ask(was+c.verb+" "+name+"?", c.complement)
	}
	return nil
}

var germanIndefinite = set(`ein eine einer eines jede jeder jedes`)

// participle reports whether a German clause ends in the participle of a compound tense: "ist ... gewesen", "sind ... gegangen".
func participle(last word) bool {
	if last.capital() {
		return false
	}
	for _, start := range []string{"ge", "ver", "be", "ent", "er", "zu"} {
		if strings.HasPrefix(last.lower, start) {
			return true
		}
	}
	return strings.HasSuffix(last.lower, "iert")
}

// germanPlural reports whether words begin with a noun phrase: a noun, an adjective and a noun, an article.
func germanPlural(words []word) bool {
	if words[0].lower == "die" || words[0].capital() {
		return true
	}
	return len(words) > 1 && words[1].capital() && strings.HasSuffix(words[0].lower, "e") && !germanFunctionWords[words[0].lower]
}

// germanFronted finds "Unter X versteht man ...", "Als X bezeichnet man ...", "Als X wird ... bezeichnet".
func (d *document) germanFronted(s sentence) []candidate {
	first := s.words[0].lower
	if first != "unter" && first != "als" {
		return nil
	}
	for k := 2; k < len(s.words)-2 && k <= maxSubject; k++ {
		verb := s.words[k].lower
		name, rest := s.span(1, k), s.span(k+2, len(s.words))
		name = strings.Trim(name, `"“”„»«,`)
		man := s.words[k+1].lower == "man"
		switch {
		case first == "unter" && (verb == "versteht" || verb == "verstand") && man:
			return []candidate{s.card(rankDefinition, "Was "+verb+" man unter "+name+"?", rest)}
		case first == "als" && verb == "bezeichnet" && man:
			return []candidate{s.card(rankDefinition, "Was bezeichnet man als "+name+"?", rest)}
		case first == "als" && (verb == "wird" || verb == "werden") && s.words[len(s.words)-1].lower == "bezeichnet":
			return []candidate{s.card(rankDefinition, "Was "+verb+" als "+name+" bezeichnet?", s.span(k+1, len(s.words)-1))}
		}
	}
	return nil
}

// germanVerb finds "X bezeichnet ...", "X nennt man ...", "X besteht aus ...", "X führt zu ...".
func (d *document) germanVerb(s sentence) []candidate {
	for _, form := range []struct {
		verb, next, question string
		rank                 rank
	}{
		{"nennt", "man", "Wie nennt man NAME?", rankDefinition}, {"bezeichnet", "man als", "Wie bezeichnet man NAME?", rankDefinition},
		{"bezeichnet", "", "Was bezeichnet NAME?", rankDefinition}, {"bedeutet", "", "Was bedeutet NAME?", rankDefinition},
		{"heißt", "", "Wie heißt NAME?", rankDefinition}, {"heißen", "", "Wie heißen NAME?", rankDefinition},
		{"besteht", "aus", "Woraus besteht NAME?", rankDefinition}, {"bestehen", "aus", "Woraus bestehen NAME?", rankDefinition},
		{"dient", "", "Wozu dient NAME?", rankDefinition}, {"dienen", "", "Wozu dienen NAME?", rankDefinition},
		{"führt", "zu", "Wozu führt NAME?", rankCause}, {"führen", "zu", "Wozu führen NAME?", rankCause},
		{"führt", "zur", "Wozu führt NAME?", rankCause}, {"führt", "zum", "Wozu führt NAME?", rankCause},
		{"verursacht", "", "Was verursacht NAME?", rankCause}, {"bewirkt", "", "Was bewirkt NAME?", rankCause},
	} {
		c, ok := d.clauseAt(s, func(w word) bool { return w.lower == form.verb && !w.capital() })
		if !ok {
			continue
		}
		next := strings.Fields(form.next)
		matches := len(c.words) > len(next) && c.words[0].lower != "man" || len(next) > 0 && len(c.words) > len(next)
		for i, w := range next {
			matches = matches && c.words[i].lower == w
		}
		first, last := c.words[0].lower, c.words[len(c.words)-1].lower
		if !matches || first == "sich" || first == "nicht" || first == "dass" {
			continue
		}
		if form.verb == "heißt" && (last == "genannt" || !c.words[0].capital() && len(c.words) > 6) {
			continue
		}
		answer := c.complement
		if len(next) > 0 && next[0] == "man" {
			answer = c.complement[c.words[len(next)].from-c.words[0].from:]
		}
		return []candidate{s.card(form.rank, strings.Replace(form.question, "NAME", d.inSentence(c.subject), 1), answer)}
	}
	return d.germanPassiveName(s)
}

// germanPassiveName finds "X wird Y genannt" and "X wird als Y bezeichnet".
func (d *document) germanPassiveName(s sentence) []candidate {
	c, ok := d.clauseAt(s, func(w word) bool { return w.lower == "wird" || w.lower == "werden" })
	if !ok || len(c.words) < 2 {
		return nil
	}
	last := c.words[len(c.words)-1]
	from := 0
	if c.words[0].lower == "auch" || c.words[0].lower == "oft" || c.words[0].lower == "häufig" {
		from = 1
	}
	switch {
	case last.lower == "bezeichnet" && c.words[from].lower == "als" && len(c.words)-from > 2:
		from++
	case last.lower != "genannt" || len(c.words)-from < 2:
		return nil
	}
	base := c.words[0].from
	answer := c.complement[c.words[from].from-base : c.words[len(c.words)-2].to-base]
	return []candidate{s.card(rankDefinition, "Wie "+c.verb+" "+d.inSentence(c.subject)+" genannt?", answer)}
}
