package extractive

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Lists that are learned as one have so many items at most.
const maxItems = 7

var (
	whichPoints = wording{"%s: which %n points?", "%s: welche %n Punkte?", "%s (%n)?"}
	whichSteps  = wording{"%s: which %n, in order?", "%s: welche %n der Reihe nach?", "%s (1–%n)?"}
	whichEnd    = wording{"%s what? (%n)", "%s was? (%n)", "%s? (%n)"}
	whichOnes   = wording{"%s. Which %n?", "%s. Welche %n?", "%s (%n)?"}
	nextStep    = wording{"%s: what comes after “%s”?", "%s: Was kommt nach „%s“?", "%s: %s → ?"}
	missing     = wording{"%s: which is missing? %s", "%s: Was fehlt? %s", "%s: %s"}
)

// item is a point of a list with the lines that go on with it.
type item struct {
	start, end int
	raw, text  string
	stressed   []string
	ordered    bool
}

// itemsOf returns the points of a list.
func itemsOf(b *block) []item {
	var items []item
	for _, l := range b.lines {
		if l.continues && len(items) > 0 {
			last := &items[len(items)-1]
			last.raw, last.end = last.raw+" "+l.raw, l.end
			continue
		}
		items = append(items, item{start: l.start, end: l.end, raw: l.raw, ordered: l.ordered})
	}
	for i := range items {
		items[i].text, items[i].stressed = unmark(items[i].raw)
	}
	return items
}

// listCards makes one card of a short list, cards for each place of a long one, and looks into items that are sentences.
func (d *document) listCards(b *block) []candidate {
	items := itemsOf(b)
	lines := make([]line, len(items))
	long := 0
	for i, it := range items {
		lines[i] = line{start: it.start, end: it.end, raw: it.raw}
		if len(wordsOf(it.text)) > 8 {
			long++
		}
	}
	if terms := d.termsOf(lines); len(terms)*3 >= len(items)*2 && !repeats(terms) {
		var found []candidate
		for _, t := range terms {
			if c, ok := d.termCard(t, b, len(terms)); ok {
				found = append(found, c)
			}
		}
		return found
	}
	if long*2 > len(items) {
		var found []candidate
		for _, it := range items {
			found = append(found, d.sentenceCards(d.sentencesBetween(it.start, it.end, b))...)
		}
		return found
	}
	return d.enumeration(items, b)
}

// enumeration asks for the items of a list.
func (d *document) enumeration(items []item, b *block) []candidate {
	subject := d.listSubject(b)
	if subject.text == "" || len(items) < 2 {
		return nil
	}
	texts, size := make([]string, len(items)), 0
	for i, it := range items {
		texts[i] = trimEnds(strings.TrimPrefix(strings.TrimPrefix(it.text, "[ ] "), "[x] "))
		size += utf8.RuneCountInString(texts[i]) + 2
		if !lettered(texts[i]) || strings.HasSuffix(it.text, "?") {
			return nil
		}
	}
	if size <= domain.LongAnswer+2 && len(items) <= maxItems {
		start := items[0].start
		if subject.start >= 0 {
			start = subject.start
		}
		question := strings.ReplaceAll(fill(subject.wording(items[0].ordered).in(d.language), subject.text), "%n", strconv.Itoa(len(items)))
		return []candidate{{rankList, question, strings.Join(texts, "; "), start, items[len(items)-1].end}}
	}
	if subject.sentence {
		subject.text = trimEnds(subject.text)
	}
	if items[0].ordered {
		return d.steps(items, texts, subject.text)
	}
	return d.gaps(items, texts, subject.text)
}

// steps asks what follows each step.
func (d *document) steps(items []item, texts []string, subject string) []candidate {
	var found []candidate
	for i := 1; i < len(items); i++ {
		if utf8.RuneCountInString(texts[i]) > domain.LongAnswer || utf8.RuneCountInString(texts[i-1]) > 120 {
			continue
		}
		question := fill(nextStep.in(d.language), subject, texts[i-1])
		found = append(found, candidate{rankList, question, texts[i], items[i-1].start, items[i].end})
	}
	return found
}

// gaps asks for each item between its neighbours, if they are short and not too many.
func (d *document) gaps(items []item, texts []string, subject string) []candidate {
	const neighbours, most = 2, 12
	if len(items) > most {
		return nil
	}
	var found []candidate
	for i := range items {
		from, to := max(i-neighbours, 0), min(i+neighbours+1, len(items))
		if utf8.RuneCountInString(texts[i]) > 60 {
			return nil
		}
		shown := append([]string{}, texts[from:to]...)
		shown[i-from] = gap
		question := fill(missing.in(d.language), subject, strings.Join(shown, ", "))
		found = append(found, candidate{rankList, question, texts[i], items[from].start, items[to-1].end})
	}
	return found
}

// subject is what a list lists.
type subject struct {
	text     string
	sentence bool // a whole sentence: "The kidneys have three tasks"
	open     bool // a sentence without an end: "The right does not apply to"
	asked    bool // a question already
	start    int  // byte of the text, -1 for a heading
}

func (s subject) wording(ordered bool) wording {
	switch {
	case s.asked:
		return wording{"%s", "%s", "%s"}
	case s.open:
		return whichEnd
	case s.sentence:
		return whichOnes
	case ordered:
		return whichSteps
	}
	return whichPoints
}

// listSubject finds what a list is about: the line that introduces it, or its heading.
func (d *document) listSubject(b *block) subject {
	topic := b.topic()
	if b.intro == "" {
		return subject{text: topic, start: -1}
	}
	intro, _ := unmark(b.intro)
	bounds := sentencesOf(intro)
	intro = trimEnds(intro[bounds[len(bounds)-1][0]:])
	words := wordsOf(intro)
	if len(words) == 0 {
		return subject{text: topic, start: -1}
	}
	if question, ok := d.askedByIntro(words, intro); ok {
		return subject{text: question, asked: true, start: b.introStart}
	}
	leans := d.language.leans(words)
	finite := d.finiteIn(words)
	switch {
	case leans && topic == "":
		return subject{}
	case leans:
		return subject{text: topic, start: -1}
	case finite:
		open := d.language.functionWord(words[len(words)-1].lower)
		return subject{text: intro, sentence: true, open: open, start: b.introStart}
	case topic != "" && !holds(plain(intro), plain(topic)) && len(words) <= 4:
		return subject{text: topic + " – " + intro, start: b.introStart}
	}
	return subject{text: intro, start: b.introStart}
}

// askedByIntro makes a question of "The three states of matter are" and "Water consists of".
func (d *document) askedByIntro(words []word, intro string) (string, bool) {
	last := words[len(words)-1].lower
	if d.language.leans(words) || len(words) < 3 {
		return "", false
	}
	body := strings.TrimSpace(intro[:words[len(words)-1].from])
	switch {
	case d.language == english && (last == "are" || last == "were"):
		return "What " + last + " " + d.inSentence(body) + "?", true
	case d.language == german && (last == "sind" || last == "waren"):
		return "Was " + last + " " + d.inSentence(body) + "?", true
	}
	return "", false
}

func (d *document) finiteIn(words []word) bool {
	for _, w := range words[1:] {
		if d.language == english && englishFinite[w.lower] || d.language == german && germanFinite[w.lower] {
			return true
		}
	}
	return false
}
