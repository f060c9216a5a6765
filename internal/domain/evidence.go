package domain

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a part of a text, from Start up to before End, in UTF-16 code units: what a string of JavaScript is counted in. The zero
// Span is no part.
type Span struct{ Start, End int }

// IsZero reports whether the span is no part of any text.
func (s Span) IsZero() bool { return s == Span{} }

// Within returns the span if it is a part of a text of so many UTF-16 code units that is not empty, and else the zero Span.
func (s Span) Within(length int) Span {
	if s.Start < 0 || s.End <= s.Start || s.End > length {
		return Span{}
	}
	return s
}

// UTF16Len returns how many UTF-16 code units a text has.
func UTF16Len(text string) int {
	units := 0
	for _, r := range text {
		units += utf16Units(r)
	}
	return units
}

func utf16Units(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// Slice returns the part of a text that a span is, "" for one that is not within it. A span that begins or ends within a
// character reaches to the whole of it.
func (s Span) Slice(text string) string {
	from, to, units := -1, -1, 0
	for i, r := range text {
		if from < 0 && units+utf16Units(r) > s.Start {
			from = i
		}
		if to < 0 && units >= s.End {
			to = i
		}
		units += utf16Units(r)
	}
	if to < 0 && units >= s.End {
		to = len(text)
	}
	if s.Within(units).IsZero() || from < 0 || to < from {
		return ""
	}
	return text[from:to]
}

// Locate finds where a text holds a quote. White space counts as equal, however much there is and of whatever kind; at the ends of
// the quote it does not count. Of several places it is the first one at or behind the byte after, else the first of all. ok is
// false when the text does not hold the quote, or when nothing but white space is quoted.
func Locate(text, quote string, after int) (place Span, ok bool) {
	quote = strings.TrimSpace(quote)
	if quote == "" {
		return Span{}, false
	}
	after = max(after, 0)
	if after < len(text) && strings.HasPrefix(text[after:], quote) { // a generator that copies says exactly where
		return spanOf(text, after, after+len(quote)), true
	}
	sought, in := collapse(quote).text, collapse(text)
	behind := in.at(after)
	from := strings.Index(in.text[behind:], sought)
	if from >= 0 {
		from += behind
	} else if from = strings.Index(in.text, sought); from < 0 {
		return Span{}, false
	}
	last := from + len(sought) - 1 // no white space, so it is the last byte of the quote in the text, too
	return spanOf(text, in.origin(from), in.origin(last)+1), true
}

// spanOf returns the span of the bytes of a text from start up to before end.
func spanOf(text string, start, end int) Span {
	begin := UTF16Len(text[:start])
	return Span{begin, begin + UTF16Len(text[start:end])}
}

// collapsed is a text in which each stretch of white space is one space.
type collapsed struct {
	text string
	// shifts says from which byte of text on how many bytes were left out before it, in order.
	shifts []shift
}

type shift struct{ from, by int }

func collapse(text string) collapsed {
	var b strings.Builder
	b.Grow(len(text))
	var shifts []shift
	start := 0 // of what is not yet written
	for i := 0; i < len(text); {
		r, width := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsSpace(r) {
			i += width
			continue
		}
		end := i + len(text[i:]) - len(strings.TrimLeftFunc(text[i:], unicode.IsSpace))
		if end-i > 1 || r != ' ' {
			b.WriteString(text[start:i])
			b.WriteByte(' ')
			shifts = append(shifts, shift{from: b.Len(), by: end - b.Len()})
			start = end
		}
		i = end
	}
	b.WriteString(text[start:])
	return collapsed{b.String(), shifts}
}

// origin returns where a byte stood before.
func (c collapsed) origin(at int) int {
	i := sort.Search(len(c.shifts), func(i int) bool { return c.shifts[i].from > at })
	if i == 0 {
		return at
	}
	return at + c.shifts[i-1].by
}

// at returns the first byte that stood at or behind a place before.
func (c collapsed) at(origin int) int {
	return sort.Search(len(c.text), func(at int) bool { return c.origin(at) >= origin })
}

// wordsOf returns what stands between white space.
func wordsOf(text string) []string {
	var words []string
	start := -1
	for i, r := range text {
		switch {
		case unicode.IsSpace(r) && start >= 0:
			words = append(words, text[start:i])
			start = -1
		case !unicode.IsSpace(r) && start < 0:
			start = i
		}
	}
	if start >= 0 {
		words = append(words, text[start:])
	}
	return words
}
