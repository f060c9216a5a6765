package extractive

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// kind is what a block of a text is.
type kind int

const (
	paragraph kind = iota
	list
	code
	verse
)

// line is a line of a text without the mark of a list or quotation before it.
type line struct {
	start, end int // bytes of the text: what stands on it
	raw        string
	ordered    bool // an item of a numbered list
	item       bool
	continues  bool // the item of the line before
}

// block is a part of a text that belongs together: a paragraph, a list.
type block struct {
	kind  kind
	lines []line
	// title and heading are the headings that it stands under: the text's, and the nearest. intro is the line before a list
	// that ends with a colon.
	title, heading, intro string
	introStart            int
}

// document is a text taken apart.
type document struct {
	text     string
	language language
	blocks   []block
	words    []word
	// small holds the words that somewhere in the text are written in lower case.
	small map[string]bool
}

var (
	itemMark     = regexp.MustCompile(`^[ \t]*(?:[-*+•‣◦·–]|\(?(\d{1,3}|[a-zA-Z])[.)])[ \t]+`)
	quoteMark    = regexp.MustCompile(`^[ \t]*(?:>[ \t]?)+`)
	headingMark  = regexp.MustCompile(`^ {0,3}#{1,6}[ \t]+`)
	fence        = regexp.MustCompile("^ {0,3}(?:```|~~~)")
	underline    = regexp.MustCompile(`^ {0,3}(?:={3,}|-{3,})[ \t]*$`)
	headingStart = regexp.MustCompile(`^(?:§+\s*\d+\w*\.?|(?:Chapter|Kapitel|Section|Abschnitt|Art\.|Article|Artikel|Lecture|Unit|Lektion)\s+` +
		`[\dIVX]+[:.]?|\d+(?:\.\d+)*\.?|[IVX]+\.)\s+`)
)

// parse takes a text apart.
func parse(text string) *document {
	d := &document{text: text, words: wordsOf(text), small: map[string]bool{}}
	for _, w := range d.words {
		if !w.capital() {
			d.small[w.lower] = true
		}
	}
	d.language = languageOf(d.words)
	d.blocks = (&reader{lines: linesOf(text)}).blocksOf()
	return d
}

// linesOf splits a text into lines without the white space at their ends.
func linesOf(text string) []line {
	var lines []line
	for start := 0; start < len(text); {
		end := start + strings.IndexByte(text[start:], '\n')
		next := end + 1
		if end < start {
			end, next = len(text), len(text)
		}
		lines = append(lines, line{start: start, end: end, raw: strings.TrimRight(text[start:end], " \t\r")})
		start = next
	}
	return lines
}

// reader makes blocks of lines.
type reader struct {
	lines  []line
	blocks []block
	// open is the block that is being read.
	open           block
	title, heading string
	intro          string
	introStart     int
	fenced         bool
}

func (r *reader) blocksOf() []block {
	for i, l := range r.lines {
		switch {
		case fence.MatchString(l.raw):
			r.close()
			r.fenced = !r.fenced
		case r.fenced:
			continue
		case strings.TrimSpace(l.raw) == "":
			r.close()
		case headingMark.MatchString(l.raw):
			r.close()
			r.head(strings.TrimRight(headingMark.ReplaceAllString(l.raw, ""), "# "))
		case underline.MatchString(l.raw):
			if len(r.open.lines) == 1 && r.open.kind == paragraph {
				r.head(r.open.lines[0].raw)
				r.open = block{}
			}
			r.close()
		default:
			r.read(l, i)
		}
	}
	r.close()
	return r.blocks
}

// read adds a line to the block that is open, or opens another one.
func (r *reader) read(l line, i int) {
	content := quoteMark.ReplaceAllString(l.raw, "")
	if mark := itemMark.FindStringSubmatch(content); mark != nil && len(content) > len(mark[0]) {
		if r.open.kind != list {
			r.label()
			r.open = block{kind: list, intro: r.intro, introStart: r.introStart}
		}
		r.intro = ""
		r.add(l, strings.TrimPrefix(content, mark[0]), true, mark[1] != "" && strings.Trim(mark[1], "0123456789") == "")
		return
	}
	indented := strings.HasPrefix(content, "  ") || strings.HasPrefix(content, "\t")
	if r.open.kind == list && len(r.open.lines) > 0 {
		if indented {
			r.add(l, strings.TrimSpace(content), false, false)
			return
		}
		r.close()
	}
	if len(r.open.lines) == 0 && (strings.HasPrefix(l.raw, "    ") || strings.HasPrefix(l.raw, "\t")) && !r.proseFollows(i) {
		r.open.kind = code
	}
	r.add(l, strings.TrimSpace(content), false, false)
	if len(r.open.lines) == 1 && r.open.kind == paragraph && r.headsAt(i) {
		r.head(r.open.lines[0].raw)
		r.open = block{}
	}
}

// proseFollows reports whether an indented line is prose: it reads like a sentence.
func (r *reader) proseFollows(i int) bool {
	return !looksLikeCode(r.lines[i].raw) && len(strings.Fields(r.lines[i].raw)) > 3
}

func (r *reader) add(l line, content string, item, ordered bool) {
	content = strings.TrimSpace(content)
	l.start += strings.LastIndex(l.raw, content)
	l.end = l.start + len(content)
	l.raw, l.item, l.ordered, l.continues = content, item, ordered, r.open.kind == list && !item
	r.open.lines = append(r.open.lines, l)
}

// headsAt reports whether a line is a heading without marks: short, without an end, before something longer.
func (r *reader) headsAt(i int) bool {
	text := strings.TrimSpace(r.lines[i].raw)
	if !headingLike(text) || i+1 >= len(r.lines) {
		return false
	}
	next := strings.TrimSpace(r.lines[i+1].raw)
	if next != "" {
		return utf8.RuneCountInString(next) > 60 && utf8.RuneCountInString(text) <= 50 && !itemMark.MatchString(next)
	}
	return true
}

func headingLike(text string) bool {
	length := utf8.RuneCountInString(text)
	words := wordsOf(text)
	if length < 2 || length > 70 || len(words) > 9 || strings.ContainsAny(text[len(text)-1:], ".,;:!?)") && !strings.HasSuffix(text, ")") {
		return false
	}
	if strings.ContainsAny(text, ":=|\t") || strings.Contains(text, " - ") || strings.Contains(text, " – ") || strings.Contains(text, " — ") {
		return false
	}
	return words[0].capital() || words[0].number() || strings.HasPrefix(text, "§")
}

// label makes the end of the paragraph before a list its introduction, if it ends with a colon, or else its heading if it is a short line.
func (r *reader) label() {
	lines := r.open.lines
	r.intro = ""
	if len(lines) == 0 {
		r.recall()
		return
	}
	last := lines[len(lines)-1]
	switch {
	case strings.HasSuffix(last.raw, ":"):
		r.intro, r.introStart = last.raw, last.start
		r.open.lines = lines[:len(lines)-1]
		if len(lines) > 1 && !endsSentence(lines[len(lines)-2].raw) { // the introduction is more than a line
			r.intro, r.introStart = lines[len(lines)-2].raw+" "+last.raw, lines[len(lines)-2].start
			r.open.lines = lines[:len(lines)-2]
		}
	case len(lines) == 1 && headingLike(last.raw):
		r.head(last.raw)
		r.open = block{}
	}
	r.close()
}

// recall makes the paragraph before a list its introduction over an empty line, too.
func (r *reader) recall() {
	if len(r.blocks) == 0 {
		return
	}
	before := &r.blocks[len(r.blocks)-1]
	last := before.lines[len(before.lines)-1]
	if before.kind == paragraph && strings.HasSuffix(last.raw, ":") && before.heading == r.heading {
		r.intro, r.introStart = last.raw, last.start
	}
}

func endsSentence(text string) bool { return strings.ContainsAny(text[len(text)-1:], ".!?") }

func (r *reader) head(text string) {
	text, _ = unmark(text)
	short := headingStart.ReplaceAllString(text, "")
	if short != "" {
		text = short
	}
	if !strings.HasSuffix(text, "?") {
		text = trimEnds(text)
	}
	if r.title == "" && len(r.blocks) == 0 && r.heading == "" {
		r.title = text
	}
	r.heading = text
}

// close ends the block that is open.
func (r *reader) close() {
	b := r.open
	r.open = block{}
	if len(b.lines) == 0 {
		return
	}
	b.title, b.heading = r.title, r.heading
	switch {
	case b.kind != code && mostlyCode(b.lines):
		b.kind = code
	case b.kind == paragraph && isVerse(b.lines):
		b.kind = verse
	}
	r.blocks = append(r.blocks, b)
}

// isVerse reports whether lines are those of a poem or song: several short ones, most of which end in no sentence.
func isVerse(lines []line) bool {
	if len(lines) < 3 {
		return false
	}
	capitals := 0
	for _, l := range lines {
		if utf8.RuneCountInString(l.raw) > 60 {
			return false
		}
		if first := wordsOf(l.raw); len(first) > 0 && first[0].capital() {
			capitals++
		}
	}
	return capitals*4 >= len(lines)*3
}

var codeSigns = regexp.MustCompile(`[{};]\s*$|:=|==|!=|=>|->|&&|\|\||\(\)|</?[a-z]+>|^\s*(?:import|package` +
	`|func|def|class|return|#include|const|let|var|public|private|SELECT` +
	`|if \(|for \(|else|//|/\*|\*/|#!|@\w+)\b|\w\(.*\)[;:{]?\s*$|^\s*\w+\s*=\s*\S|^\s*(?://|#\s*\w+\()`)

func looksLikeCode(text string) bool { return codeSigns.MatchString(text) }

func mostlyCode(lines []line) bool {
	signs := 0
	for _, l := range lines {
		if looksLikeCode(l.raw) {
			signs++
		}
	}
	return signs*2 >= len(lines) && signs > 0
}
