package extractive

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
)

var (
	questionMark = regexp.MustCompile(`^(?i:(?:\**(?:q|question|frage|f|pregunta|domanda|vraag|fråga|ש|שאלה|س|سؤال)\**\s*\d*\s*[:.)]\**))\s+`)
	answerMark   = regexp.MustCompile(`^(?i:(?:\**(?:a|answer|antwort|r|réponse|respuesta|risposta|antwoord|svar|ת|תשובה|ج|جواب)\**\s*\d*\s*[:.)]\**))\s+`)
	inlineAnswer = regexp.MustCompile(`\s(?:A|Answer|Antwort|Réponse|Respuesta|Risposta)\s*:\s+`)
)

var interrogatives = set(`what who whom whose which when where why how was wer wen wem wessen welche welcher welches wann wo woher wohin warum weshalb wie
	wieso wozu woraus wodurch womit in can is are do does did qué quién cuándo dónde por cómo qui que quand où pourquoi comment quel quelle`)

// pairs finds questions that stand in the block with their answers. ok is true when the block is made of them.
func (d *document) pairs(i int) (found []candidate, ok bool) {
	b := &d.blocks[i]
	first := b.lines[0]
	if i > 0 && answerMark.MatchString(first.raw) {
		before := d.blocks[i-1]
		if questionMark.MatchString(before.lines[len(before.lines)-1].raw) {
			return nil, true
		}
	}
	lines := b.lines
	if questionMark.MatchString(lines[len(lines)-1].raw) && i+1 < len(d.blocks) && answerMark.MatchString(d.blocks[i+1].lines[0].raw) {
		lines = append(lines[:len(lines):len(lines)], d.blocks[i+1].lines...)
	}
	for at := 0; at < len(lines); at++ {
		if questionMark.MatchString(lines[at].raw) {
			card, used := markedPair(lines[at:])
			if used > 0 {
				found = append(found, card)
				at += used - 1
			}
		}
	}
	if len(found) > 0 {
		return found, true
	}
	if b.kind == list {
		return itemPairs(b)
	}
	if card, ok := d.askedByHeading(i); ok {
		return []candidate{card}, true
	}
	return askedByLine(b)
}

// markedPair makes a card of lines that begin with a marked question, and says how many of them it took.
func markedPair(lines []line) (c candidate, used int) {
	question := questionMark.ReplaceAllString(lines[0].raw, "")
	if place := inlineAnswer.FindStringIndex(question); place != nil {
		return pair(question[:place[0]], question[place[1]:], lines[0].start, lines[0].end), 1
	}
	used = 1
	for used < len(lines) && !answerMark.MatchString(lines[used].raw) && !questionMark.MatchString(lines[used].raw) {
		question += " " + lines[used].raw
		used++
	}
	if used == len(lines) || !answerMark.MatchString(lines[used].raw) {
		return candidate{}, 0
	}
	answer := answerMark.ReplaceAllString(lines[used].raw, "")
	used++
	for used < len(lines) && !questionMark.MatchString(lines[used].raw) {
		answer += " " + lines[used].raw
		used++
	}
	return pair(question, answer, lines[0].start, lines[used-1].end), used
}

func pair(question, answer string, start, end int) candidate {
	question, _ = unmark(question)
	answer, _ = unmark(answer)
	return candidate{rankPair, question, withoutFullStop(answer), start, end}
}

// withoutFullStop takes the full stop from an answer that is one sentence at most.
func withoutFullStop(answer string) string {
	short := strings.TrimSuffix(answer, ".")
	if strings.Contains(short, ". ") || strings.HasSuffix(short, ".") {
		return answer
	}
	return short
}

// asks reports whether a text is a question and nothing else.
func asks(text string) bool {
	words := wordsOf(text)
	return len(words) >= 3 && strings.HasSuffix(text, "?") && interrogatives[words[0].lower] && strings.Count(text, "?") == 1
}

// itemPairs finds items like "What is the SI unit of force? The newton."
func itemPairs(b *block) (found []candidate, ok bool) {
	for _, item := range itemsOf(b) {
		question, answer, cut := strings.Cut(item.raw, "? ")
		if !cut || !asks(question+"?") || strings.Contains(answer, "?") {
			continue
		}
		found = append(found, pair(question+"?", strings.TrimLeft(answer, "-–—→=> "), item.start, item.end))
	}
	return found, len(found)*2 > len(b.lines)
}

// askedByHeading makes a card of a heading that asks and the sentence below it.
func (d *document) askedByHeading(i int) (candidate, bool) {
	b := d.blocks[i]
	if !asks(b.heading) || b.kind != paragraph || i > 0 && d.blocks[i-1].heading == b.heading {
		return candidate{}, false
	}
	start, end := b.lines[0].start, b.lines[len(b.lines)-1].end
	if utf8.RuneCountInString(d.text[start:end]) > domain.LongAnswer {
		bounds := sentencesOf(d.text[start:end])
		end = start + len(strings.TrimSpace(d.text[start:start+bounds[0][1]]))
	}
	return pair(b.heading, d.text[start:end], start, end), utf8.RuneCountInString(d.text[start:end]) <= 2*domain.LongAnswer
}

// askedByLine makes a card of a paragraph whose first line asks and whose others answer.
func askedByLine(b *block) ([]candidate, bool) {
	if b.kind != paragraph || len(b.lines) < 2 || !asks(b.lines[0].raw) {
		return nil, false
	}
	var answer []string
	for _, l := range b.lines[1:] {
		if strings.Contains(l.raw, "?") {
			return nil, false
		}
		answer = append(answer, l.raw)
	}
	text := strings.Join(answer, " ")
	if utf8.RuneCountInString(text) > 2*domain.LongAnswer || strings.ContainsAny(text[:1], "\"“„»-") {
		return nil, false
	}
	return []candidate{pair(b.lines[0].raw, text, b.lines[0].start, b.lines[len(b.lines)-1].end)}, true
}
