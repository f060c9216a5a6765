package extractive

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a part of a sentence between white space.
type word struct {
	from, to int // bytes of the sentence
	bare     string
	lower    string // bare in lower case
	tail     string // the punctuation behind it
}

// wordsOf splits a sentence at white space.
func wordsOf(text string) []word {
	var words []word
	at := 0
	for _, field := range strings.Fields(text) {
		from := at + strings.Index(text[at:], field)
		at = from + len(field)
		bare := strings.TrimFunc(field, notLetterOrDigit)
		tail := field
		if bare != "" {
			tail = field[strings.LastIndex(field, bare)+len(bare):]
		}
		words = append(words, word{from, at, bare, strings.ToLower(bare), tail})
	}
	return words
}

func notLetterOrDigit(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '%' && r != '°'
}

// capital reports whether the word begins with an upper case letter.
func (w word) capital() bool {
	r, _ := utf8.DecodeRuneInString(w.bare)
	return unicode.IsUpper(r)
}

// acronym reports whether the word has an upper case letter behind its first one: DNA, pH, McDonald.
func (w word) acronym() bool {
	for i, r := range w.bare {
		if i > 0 && unicode.IsUpper(r) {
			return true
		}
	}
	return false
}

// number reports whether the word is written in digits: 3, 1,000, 2.5, 45%.
func (w word) number() bool {
	digits := false
	for _, r := range w.bare {
		switch {
		case unicode.IsDigit(r):
			digits = true
		case !strings.ContainsRune(".,%°-–−’'/×^", r):
			return false
		}
	}
	return digits
}

// breaks reports whether a clause ends behind the word. A full stop inside of a sentence is one of an abbreviation.
func (w word) breaks() bool {
	return strings.ContainsAny(w.tail, ",;:!?–—") || w.bare == "" && w.tail == "-"
}

// set makes a set of the words of a list.
func set(list string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(list) {
		words[w] = true
	}
	return words
}

// upperFirst returns a text with its first letter in upper case.
func upperFirst(text string) string {
	r, width := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError {
		return text
	}
	return string(unicode.ToUpper(r)) + text[width:]
}

// lowerFirst returns a text with its first letter in lower case.
func lowerFirst(text string) string {
	r, width := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError {
		return text
	}
	return string(unicode.ToLower(r)) + text[width:]
}

// trimEnds takes white space and loose punctuation from the ends of a phrase.
func trimEnds(phrase string) string {
	phrase = strings.TrimSpace(phrase)
	for {
		trimmed := strings.TrimSpace(strings.TrimLeft(strings.TrimRight(phrase, ".,;:!?–—- "), ",;:–—- "))
		if trimmed == phrase {
			return phrase
		}
		phrase = trimmed
	}
}

// plain returns what is compared of a text: its letters and digits in lower case, with single spaces between words.
func plain(text string) string {
	fields := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && !unicode.IsSymbol(r)
	})
	return strings.Join(fields, " ")
}
