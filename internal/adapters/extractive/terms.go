package extractive

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// term is a line that gives a term and what it means.
type term struct {
	key, value string
	separator  string
	column     string // the name of the column that the value stands in
	line       line
}

var (
	separators  = regexp.MustCompile(`\s*:\s+|\s+(?:[-–—=→]|->|=>|::)\s+|\s*\t\s*`)
	meaning     = wording{"What is meant by “%s”?", "Was ist mit „%s“ gemeint?", "%s = ?"}
	translation = wording{"What does “%s” mean?", "Was bedeutet „%s“?", "%s = ?"}
	property    = wording{"%s – %s?", "%s – %s?", "%s – %s?"}
)

// Keys that name no term.
var notTerms = set(`note notes warning example examples hint tip remark source sources see attention important caution summary conclusion ps nb re fwd from to
	cc subject date http https photo image figure fig table hinweis achtung beispiel beispiele anmerkung quelle quellen siehe wichtig merke tipp zusammenfassung
	fazit bild abb abbildung tabelle von an betreff datum q a f question answer frage antwort todo fixme homework hausaufgabe`)

// Keys that name a property of something that stands elsewhere.
var properties = set(`capital population currency area author year born died founded founder language languages date name title genre height weight length
	symbol formula type class family order location country hauptstadt einwohner währung fläche autor jahr geboren gestorben gründung gründer sprache
	sprachen titel größe gewicht länge formel art klasse familie ordnung ort land serves time yield zeit portionen prep cook total zubereitung dauer`)

// Headings that name no subject but a kind of list.
var glossaries = set(`vocabulary glossary definitions terms words key vokabeln wortschatz glossar begriffe definitionen wörter grundbegriffe fachbegriffe unit
	lektion important wichtige vocabulaire vocabulario terminology lesson`)

// termLines makes cards of a paragraph whose lines give terms and their meaning. ok is false when it is none.
func (d *document) termLines(b *block) (found []candidate, ok bool) {
	terms := d.termsOf(b.lines)
	lines := len(b.lines)
	if lines > 2 && isRule(b.lines[1].raw) {
		lines -= 2
	}
	if len(terms) == 0 || len(terms)*3 < lines*2 {
		return nil, false
	}
	if len(b.lines) == 1 && d.lone(terms[0]) {
		return nil, false
	}
	if repeats(terms) { // people speak
		return nil, true
	}
	for _, t := range terms {
		if c, ok := d.termCard(t, b, len(terms)); ok {
			found = append(found, c)
		}
	}
	return found, true
}

// lone reports whether a line that stands alone does not define a term, though it looks like it.
func (d *document) lone(t term) bool {
	words := wordsOf(t.value)
	return t.separator != ":" && t.separator != "=" || strings.HasSuffix(t.value, "?") || len(words) < 2
}

// repeats reports whether a key stands before several of the lines.
func repeats(terms []term) bool {
	seen := map[string]bool{}
	for _, t := range terms {
		key := plain(t.key)
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

func (d *document) termsOf(lines []line) []term {
	var terms []term
	column := ""
	for i, l := range lines {
		t, ok := d.termOf(l)
		if !ok {
			continue
		}
		if i+1 < len(lines) && isRule(lines[i+1].raw) { // the names of the columns
			column = t.value
			continue
		}
		t.column = column
		terms = append(terms, t)
	}
	return terms
}

// isRule reports whether a line is the one below the names of a table's columns.
func isRule(raw string) bool { return strings.HasPrefix(raw, "|") && strings.Trim(raw, "|-: ") == "" }

// termOf takes a line like "Osmosis: the movement of water" apart.
func (d *document) termOf(l line) (term, bool) {
	raw := l.raw
	if strings.HasPrefix(raw, "|") { // a row of a table
		cells := strings.Split(strings.Trim(raw, "| "), "|")
		if len(cells) != 2 || strings.Trim(raw, "|-: ") == "" {
			return term{}, false
		}
		raw = strings.TrimSpace(cells[0]) + "\t" + strings.TrimSpace(cells[1])
	}
	text, _ := unmark(strings.ReplaceAll(raw, "\t", " \x00 "))
	text = strings.ReplaceAll(text, " \x00 ", "\t")
	place := separators.FindStringIndex(text)
	if place == nil || place[0] == 0 || place[1] == len(text) {
		return term{}, false
	}
	t := term{key: text[:place[0]], value: trimValue(text[place[1]:]), separator: strings.TrimSpace(text[place[0]:place[1]]), line: l}
	words := wordsOf(t.key)
	switch {
	case len(words) == 0 || len(words) > 6 || utf8.RuneCountInString(t.key) > 60 || t.value == "" || !lettered(t.key) || !lettered(t.value):
		return term{}, false
	case strings.ContainsAny(t.key, ".!?;[]{}<>\"“”„/\\") || words[0].number() && len(words) == 1:
		return term{}, false
	case len(words) == 1 && notTerms[words[0].lower], d.language.sentenceLike(words):
		return term{}, false
	case t.separator == "-" && strings.Contains(t.key, ","):
		return term{}, false
	}
	return t, true
}

func trimValue(value string) string {
	return strings.TrimSpace(withoutFullStop(strings.TrimSpace(value)))
}

// sentenceLike reports whether the words hold a verb that a term would not.
func (l language) sentenceLike(words []word) bool {
	verbs := 0
	for _, w := range words {
		if l == english && englishFinite[w.lower] || l == german && germanFinite[w.lower] || firstPerson[w.lower] {
			verbs++
		}
	}
	return verbs > 0 && len(words) > 1
}

// termCard words a card for a term. A short value below the name of a subject is a property of it.
func (d *document) termCard(t term, b *block, of int) (candidate, bool) {
	keyWords, valueWords := wordsOf(t.key), wordsOf(t.value)
	topic := b.topic()
	glossary := topic == "" || isGlossary(topic)
	isProperty := len(keyWords) > 0 && properties[keyWords[len(keyWords)-1].lower]
	c := candidate{rank: rankTerm, answer: t.value, start: t.line.start, end: t.line.end}
	defines := len(valueWords) >= 5 || t.separator == ":" && d.language.article(valueWords)
	switch {
	case t.column != "":
		c.question = fill(property.in(d.language), t.key, t.column)
	case isProperty && glossary:
		return c, false
	case !glossary && (isProperty || !defines && t.separator == ":"):
		c.question = fill(property.in(d.language), topic, t.key)
	case defines && d.language != otherLanguage && t.separator != "=":
		c.question = fill(meaning.in(d.language), t.key)
	case t.separator == ":" && of < 2:
		return c, false
	default:
		c.question = fill(translation.in(d.language), t.key)
	}
	return c, true
}

func isGlossary(topic string) bool {
	for _, w := range wordsOf(topic) {
		if glossaries[w.lower] {
			return true
		}
	}
	return false
}

// article reports whether words begin with an article.
func (l language) article(words []word) bool {
	if len(words) < 2 {
		return false
	}
	return l == english && englishArticles[words[0].lower] || l == german && germanArticles[words[0].lower]
}

// fill puts texts in the places of a wording.
func fill(wording string, texts ...string) string {
	for _, text := range texts {
		wording = strings.Replace(wording, "%s", text, 1)
	}
	return wording
}

// topic names what a block is about: its nearest heading, behind the one of the whole text.
func (b *block) topic() string {
	switch {
	case b.title == "" || b.title == b.heading:
		return b.heading
	case b.heading == "":
		return b.title
	case holds(plain(b.heading), plain(b.title)) || utf8.RuneCountInString(b.title+b.heading) > 70:
		return b.heading
	}
	return b.title + " – " + b.heading
}
