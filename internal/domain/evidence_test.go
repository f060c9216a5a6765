package domain

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestSpansCountAsJavaScriptDoes(t *testing.T) {
	// What "...".length says in JavaScript.
	for text, length := range map[string]int{"": 0, "abc": 3, "äöü": 3, "🎉": 2, "👨‍👩‍👧‍👦": 11, "שלום": 4, "𝄞a": 3, "e\u0301": 2, "\n\r": 2} {
		assert.Equal(t, length, UTF16Len(text), text)
	}
}

func TestWithin(t *testing.T) {
	assert.Equal(t, Span{1, 3}, Span{1, 3}.Within(3))
	for outcome, span := range map[string]Span{"beyond the end": {1, 4}, "before the beginning": {-1, 2}, "empty": {2, 2}, "backwards": {2, 1}} {
		t.Run(outcome+" is no part", func(t *testing.T) { assert.True(t, span.Within(3).IsZero()) })
	}
}

func TestSlice(t *testing.T) {
	const text = "a🎉öz"
	for span, want := range map[Span]string{
		{0, 1}: "a", {1, 3}: "🎉", {3, 4}: "ö", {4, 5}: "z", {0, 5}: text, {2, 4}: "🎉ö", {1, 2}: "🎉", {0, 2}: "a🎉",
		{0, 6}: "", {5, 6}: "", {2, 2}: "", {-1, 2}: "", {3, 1}: "",
	} {
		assert.Equal(t, want, span.Slice(text), span)
	}
}

func TestLocate(t *testing.T) {
	for _, c := range []struct {
		outcome, text, quote string
		after                int
		place                string
		start                int
	}{
		{"a quote is found", "one two three", "two", 0, "two", 4},
		{"behind emoji, in UTF-16 code units", "🎉🎉 Größe", "Größe", 0, "Größe", 5},
		{"from right to left", "ספר הוא book", "הוא", 0, "הוא", 4},
		{"however much white space there is", "one \n\t two", "one two", 0, "one \n\t two", 0},
		{"of whatever kind", "one two", " one\u00a0\u2003two\r\n", 0, "one two", 0},
		{"behind much white space", "  \n  one", "one", 0, "one", 5},
		{"the first of several", "ab ab ab", "ab", 0, "ab", 0},
		{"the first at a byte", "ab ab ab", "ab", 3, "ab", 3},
		{"the first behind a byte", "ab ab ab", "ab", 4, "ab", 6},
		{"the first of all if none is behind", "ab ab cd", "ab", 4, "ab", 0},
		{"from before the text on", "ab ab", "ab", -7, "ab", 0},
		{"from behind the text on", "ab ab", "ab", 70, "ab", 0},
		{"from within white space on", "ab \n\n ab", "ab", 4, "ab", 6},
		{"from within a character on", "öö", "ö", 1, "ö", 1},
		{"inside of words", "unfounded claims", "founded cl", 0, "founded cl", 2},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			span, ok := Locate(c.text, c.quote, c.after)
			assert.True(t, ok)
			assert.Equal(t, c.start, span.Start)
			assert.Equal(t, c.place, span.Slice(c.text))
		})
	}
	for outcome, c := range map[string][2]string{
		"what is not there":         {"one two", "three"},
		"nothing":                   {"one two", ""},
		"white space":               {"one two", " \n "},
		"words that are one":        {"onetwo", "one two"},
		"a word that is two":        {"one two", "onetwo"},
		"another case":              {"one two", "One"},
		"more than there is":        {"one", "one two"},
		"something in an empty one": {"", "one"},
	} {
		t.Run(outcome+" is not found", func(t *testing.T) {
			span, ok := Locate(c[0], c[1], 0)
			assert.False(t, ok)
			assert.True(t, span.IsZero())
		})
	}
}

// locateByHand tries each place of a text, one after the other.
func locateByHand(text, quote string, after int) (Span, bool) {
	words, first := strings.Fields(quote), Span{}
	if len(words) == 0 {
		return first, false
	}
	for from := range text {
		at, matches := from, true
		for i, word := range words {
			rest := strings.TrimLeftFunc(text[at:], unicode.IsSpace)
			if i > 0 && len(rest) == len(text[at:]) || i == 0 && len(rest) != len(text[at:]) || !strings.HasPrefix(rest, word) {
				matches = false
				break
			}
			at = len(text) - len(rest) + len(word)
		}
		if !matches {
			continue
		}
		span := Span{UTF16Len(text[:from]), UTF16Len(text[:at])}
		if from >= after {
			return span, true
		}
		if first.IsZero() {
			first = span
		}
	}
	return first, !first.IsZero()
}

func FuzzLocate(f *testing.F) {
	f.Add("one \n two 🎉 one two", "one two", 3)
	f.Add("ab ab\u00a0ab", "b a", 2)
	f.Add("aaa  a a\ta", "a a", 4)
	f.Fuzz(func(t *testing.T, text, quote string, after int) {
		if !utf8.ValidString(text) || !utf8.ValidString(quote) || len(text) > 500 {
			return
		}
		span, ok := Locate(text, quote, after)
		want, found := locateByHand(text, quote, after)
		if span != want || ok != found {
			t.Fatalf("%q in %q from %d: %v %t, should be %v %t", quote, text, after, span, ok, want, found)
		}
		if ok && strings.Join(strings.Fields(span.Slice(text)), " ") != strings.Join(strings.Fields(quote), " ") {
			t.Fatalf("%q is found as %q", quote, span.Slice(text))
		}
	})
}

func BenchmarkLocate(b *testing.B) {
	text := strings.Repeat("Ein Satz über nichts.\nNoch einer, länger als der erste, aber auch nicht lang. ", MaxNoteText/80) + "Das Ende."
	for name, c := range map[string]struct {
		text, quote string
		after       int
	}{
		"where-it-should-be": {text, "Das Ende.", strings.Index(text, "Das Ende.")},
		"at-the-end":         {text, "Das  Ende.", 0},
		"nowhere":            {text, "Das Ende kommt.", 0},
		"almost-everywhere":  {strings.Repeat("a ", MaxNoteText/2), strings.Repeat("a ", MaxNoteText/4) + "b", 0},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Locate(c.text, c.quote, c.after)
			}
		})
	}
}
