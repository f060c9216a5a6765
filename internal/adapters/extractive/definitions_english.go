package extractive

import "strings"

// defineEnglish finds "X is a ...", "X are ...", "X refers to ..." and their like.
func (d *document) defineEnglish(s sentence) []candidate {
	if found := d.englishVerb(s); found != nil {
		return found
	}
	c, ok := d.clauseOf(s)
	if !ok || len(c.words) == 0 || c.words[0].lower == "not" || c.words[0].lower == "no" {
		return nil
	}
	name := d.inSentence(c.subject)
	ask := func(question, answer string) []candidate {
		return []candidate{s.card(rankDefinition, question, answer)}
	}
	if found := d.englishParticiple(s, c, name); found != nil {
		return found
	}
	first := c.words[0]
	singular := c.verb == "is" || c.verb == "was"
	switch {
	case singular && isUnique(c) && first.lower == "the":
		who := "What "
		if isPerson(c) {
			who = "Who "
		}
		return []candidate{s.card(rankDefinition, who+c.verb+" "+untilClause(c.complement, 3)+"?", c.subject)}
	case singular && (englishArticles[first.lower] || first.lower == "any" || first.lower == "one" && len(c.words) > 2 && c.words[1].lower == "of"):
		if len(c.words) < 3 {
			return nil
		}
		if isPerson(c) {
			return ask("Who "+c.verb+" "+name+"?", c.complement)
		}
		return ask("What "+c.verb+" "+name+"?", c.complement)
	case singular && strings.HasPrefix(s.text, "The ") && strings.Contains(c.subject, " of ") && (first.capital() || first.number()) && len(c.words) <= 8:
		return ask("What "+c.verb+" "+name+"?", c.complement)
	case !singular && pluralComplement(c.words):
		return ask("What "+c.verb+" "+name+"?", c.complement)
	}
	return nil
}

var notPlural = set(`is was as this its his has always perhaps across less various previous numerous famous dangerous obvious curious poisonous venomous
	conscious serious continuous towards besides thus plus minus`)
var irregularPlurals = set(`people men women children bacteria data fungi criteria phenomena mice feet teeth fish species nuclei larvae algae`)

// pluralComplement reports whether the words begin with a noun phrase in the plural: "proteins that", "biological catalysts".
func pluralComplement(words []word) bool {
	if len(words) < 2 {
		return false
	}
	first := words[0].lower
	if strings.HasSuffix(first, "ed") || strings.HasSuffix(first, "ing") || strings.HasSuffix(first, "ly") || englishFunctionWords[first] && first != "the" ||
		first == "often" || first == "usually" || first == "called" || first == "known" || first == "made" {
		return false
	}
	if firstBreak(words[:min(len(words), 5)]) == 0 { // an enumeration: "solid, liquid and gas"
		return len(words) <= 12
	}
	for _, w := range words[:min(len(words), 4)] {
		if englishFunctionWords[w.lower] && w.lower != "the" {
			return false
		}
		if irregularPlurals[w.lower] || strings.HasSuffix(w.lower, "s") && !notPlural[w.lower] && !strings.HasSuffix(w.lower, "ss") &&
			!strings.HasSuffix(w.lower, "ous") && len(w.lower) > 3 {
			return true
		}
	}
	return false
}

// englishParticiple finds "X is called ...", "X is defined as ...", "X is made up of ...".
func (d *document) englishParticiple(s sentence, c clause, name string) []candidate {
	words := c.words
	if words[0].lower == "also" || words[0].lower == "often" || words[0].lower == "usually" || words[0].lower == "sometimes" {
		words = words[1:]
	}
	lower := make([]string, 0, 4)
	for _, w := range words[:min(4, len(words))] {
		lower = append(lower, w.lower)
	}
	lead := strings.Join(lower, " ") + " "
	for _, form := range []struct{ participle, question string }{
		{"called ", "What VERB NAME called?"}, {"known as ", "What VERB NAME known as?"}, {"termed ", "What VERB NAME called?"},
		{"referred to as ", "What VERB NAME called?"}, {"defined as ", "How VERB NAME defined?"}, {"made up of ", "What VERB NAME made up of?"},
		{"composed of ", "What VERB NAME composed of?"}, {"made of ", "What VERB NAME made of?"}, {"caused by ", "What VERB NAME caused by?"},
		{"measured in ", "In what VERB NAME measured?"}, {"used to ", "What VERB NAME used for?"}, {"used for ", "What VERB NAME used for?"},
	} {
		if !strings.HasPrefix(lead, form.participle) {
			continue
		}
		used := len(strings.Fields(form.participle))
		if form.participle == "used to " {
			used--
		}
		if used >= len(words) {
			return nil
		}
		offset := words[used].from - c.words[0].from
		question := strings.NewReplacer("VERB", c.verb, "NAME", name).Replace(form.question)
		return []candidate{s.card(rankDefinition, question, c.complement[offset:])}
	}
	return nil
}

// englishVerb finds "X refers to ...", "X consists of ...", "X leads to ...".
func (d *document) englishVerb(s sentence) []candidate {
	for _, form := range []struct {
		verb, base, particle string
		rank                 rank
	}{
		{"refers", "refer to", "to", rankDefinition}, {"refer", "refer to", "to", rankDefinition}, {"denotes", "denote", "", rankDefinition},
		{"means", "mean", "", rankDefinition}, {"consists", "consist of", "of", rankDefinition}, {"consist", "consist of", "of", rankDefinition},
		{"leads", "lead to", "to", rankCause}, {"lead", "lead to", "to", rankCause}, {"results", "result in", "in", rankCause},
		{"causes", "cause", "", rankCause}, {"produces", "produce", "", rankCause}, {"contains", "contain", "", rankCause},
		{"stands", "stand for", "for", rankDefinition},
	} {
		c, ok := d.clauseAt(s, func(w word) bool { return w.lower == form.verb && !w.capital() })
		if !ok || len(c.of) == 1 && englishArticles[c.of[0].lower] || c.words[0].lower == "that" {
			continue
		}
		answer := c.complement
		if form.particle != "" {
			if c.words[0].lower != form.particle || len(c.words) < 2 {
				continue
			}
			answer = c.complement[c.words[1].from-c.words[0].from:]
		} else if c.words[0].lower == "of" || englishAuxiliary[c.words[0].lower] {
			continue
		}
		do := "does"
		if !strings.HasSuffix(form.verb, "s") {
			do = "do"
		}
		name := d.inSentence(c.subject)
		if form.base == "mean" || form.base == "stand for" || form.base == "denote" {
			name = "“" + name + "”"
		}
		return []candidate{s.card(form.rank, "What "+do+" "+name+" "+form.base+"?", answer)}
	}
	return nil
}
