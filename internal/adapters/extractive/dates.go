package extractive

import (
	"regexp"
	"strings"
)

// date is a day, month or year in a sentence: the words from i up to before j, lead ones of them a preposition and its like.
type date struct {
	i, j  int
	lead  int
	day   bool // more exact than a year
	since bool
	span  bool // from one year to another
}

var (
	yearHint  = wording{"year", "Jahr", ""}
	dateHint  = wording{"date", "Datum", ""}
	yearsHint = wording{"years", "Jahre", ""}

	yearText  = regexp.MustCompile(`^(?:1[0-9]{3}|20[0-9]{2})$`)
	yearsText = regexp.MustCompile(`^(?:1[0-9]{3}|20[0-9]{2})[-–](?:(?:1[0-9]{3}|20[0-9]{2})|[0-9]{2})$`)
	dayText   = regexp.MustCompile(`^(?:[12]?[0-9]|3[01])(?:st|nd|rd|th)?$`)
)

var months = union(set(`january february march april may june july august september october november december`),
	set(`januar jänner februar märz april mai juni juli august september oktober november dezember`),
	set(`janvier février mars avril mai juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto
		septiembre octubre noviembre diciembre`))

var dateLeads = set(`in on since by until from im am seit bis um en el`)

// datesOf finds the dates of a sentence.
func datesOf(words []word) []date {
	var dates []date
	for k := 0; k < len(words); k++ {
		t, ok := dateAt(words, k)
		if !ok {
			continue
		}
		from := t.i
		for t.i > 0 && t.lead < 2 && (words[t.i-1].lower == "jahr" || words[t.i-1].lower == "jahre" || words[t.i-1].lower == "year" ||
			words[t.i-1].lower == "the" || dateLeads[words[t.i-1].lower]) && !words[t.i-1].breaks() {
			t.i--
			t.lead++
			if dateLeads[words[t.i].lower] {
				t.since = words[t.i].lower == "since" || words[t.i].lower == "seit"
				break
			}
		}
		if t.lead > 0 && !dateLeads[words[t.i].lower] && words[t.i].lower == "the" {
			t.i, t.lead = from, 0
		}
		dates = append(dates, t)
		k = t.j - 1
	}
	return dates
}

// dateAt finds the date that begins at a word.
func dateAt(words []word, k int) (date, bool) {
	at := func(i int) word {
		if i < len(words) {
			return words[i]
		}
		return word{}
	}
	isYear := func(i int) bool { return yearText.MatchString(at(i).bare) && !strings.ContainsAny(at(i).tail, "%°/") }
	switch w := at(k); {
	case yearsText.MatchString(w.bare):
		return date{i: k, j: k + 1, span: true}, true
	case isYear(k):
		if next := at(k + 1).lower; (next == "to" || next == "and" || next == "until" || next == "bis" || next == "und") && isYear(k+2) && w.tail == "" {
			return date{i: k, j: k + 3, span: true}, true
		}
		return date{i: k, j: k + 1}, true
	case dayText.MatchString(w.bare) && months[at(k+1).lower] && at(k+1).capital() && isYear(k+2):
		return date{i: k, j: k + 3, day: true}, true
	case months[w.lower] && w.capital() && dayText.MatchString(at(k+1).bare) && isYear(k+2):
		return date{i: k, j: k + 3, day: true}, true
	case months[w.lower] && w.capital() && isYear(k+1):
		return date{i: k, j: k + 2, day: true}, true
	}
	return date{}, false
}

// dates asks when something happened. A sentence with many dates says more than one card can.
func (d *document) dates(s sentence) []candidate {
	found := datesOf(s.words)
	if len(found) == 0 || len(found) > 2 || !s.alone || len(s.words) < 4 {
		return nil
	}
	t := found[0]
	if d.inBrackets(s, t) || !d.isTime(s, t) {
		return nil
	}
	answer := s.span(t.i+t.lead, t.j)
	if len(found) == 1 && !t.span {
		if question, ok := d.when(s, t); ok {
			return []candidate{s.card(rankDate, question, answer)}
		}
	}
	if !s.clozed() || len(found) > 1 && !t.span {
		return nil
	}
	hint := yearHint
	switch {
	case t.day:
		hint = dateHint
	case t.span:
		hint = yearsHint
	}
	return []candidate{s.card(rankDate, s.cloze(t.i+t.lead, t.j, hint.in(d.language)), answer)}
}

// isTime reports whether a number that looks like a year is one: after a preposition, or in a language that needs none.
func (d *document) isTime(s sentence, t date) bool {
	if t.day || t.span || t.lead > 0 {
		return true
	}
	next := ""
	if t.j < len(s.words) && !s.words[t.j-1].breaks() {
		next = s.words[t.j].lower
	}
	if units[next] {
		return false
	}
	switch d.language {
	case german: // wurde 1879 in Ulm geboren
		return t.j == len(s.words) || s.words[t.j-1].breaks() || !s.words[t.j].capital() && (t.i == 0 || s.words[t.i-1].lower != "etwa")
	case english:
		return false
	}
	return next == "" || !s.words[t.j].number()
}

func (d *document) inBrackets(s sentence, t date) bool {
	before := s.text[:s.words[t.i].to]
	return strings.Count(before, "(") > strings.Count(before[:s.words[t.i].from], ")")
}

var (
	whenDay   = wording{"When ", "Wann ", ""}
	whenYear  = wording{"In which year ", "In welchem Jahr ", ""}
	whenSince = wording{"Since when ", "Seit wann ", ""}
)

// when makes a question of a statement with one date.
func (d *document) when(s sentence, t date) (string, bool) {
	if t.lead > 0 {
		switch s.words[t.i].lower {
		case "by", "until", "from", "bis", "um":
			return "", false
		}
	}
	ask := whenYear
	switch {
	case t.since:
		ask = whenSince
	case t.day:
		ask = whenDay
	}
	if t.i == 0 {
		return d.whenFirst(s, t, ask)
	}
	question, ok := d.inverted(s, 0, len(s.words), [2]int{t.i, t.j})
	return ask.in(d.language) + question + "?", ok && len(question) <= 160
}

// whenFirst makes a question of a statement that begins with its date. German has the verb next already.
func (d *document) whenFirst(s sentence, t date, ask wording) (string, bool) {
	if t.j >= len(s.words)-2 {
		return "", false
	}
	switch d.language {
	case german:
		if !d.finite(s.words[t.j]) && s.words[t.j].capital() {
			return "", false
		}
		rest, ok := d.rest(s, t.j, len(s.words), [2]int{0, 0})
		return ask.german + rest + "?", ok && !leansWithin(s.words[t.j:min(t.j+3, len(s.words))])
	case english:
		if d.language.leans(s.words[t.j:]) {
			return "", false
		}
		question, ok := d.inverted(s, t.j, len(s.words), [2]int{0, 0})
		return ask.english + question + "?", ok
	}
	return "", false
}

func leansWithin(words []word) bool {
	for _, w := range words {
		if pronouns[w.lower] || w.lower == "dies" || w.lower == "diese" {
			return true
		}
	}
	return false
}
