package domain

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// SearchKind is a kind of things that can be found.
type SearchKind string

// The kinds.
const (
	SearchCards    SearchKind = "card"
	SearchNotes    SearchKind = "note"
	SearchContents SearchKind = "content"
)

// Limits of searching.
const (
	// MaxFound is how many things of a kind are found at most.
	MaxFound = 50
	// MaxTerms is by how many different words a thing can be found: the first ones.
	MaxTerms = 4000
	// maxSearch is the length of the longest query in characters, and maxSearchWords how many of its words count.
	maxSearch      = 1000
	maxSearchWords = 16
	// maxTerm is the length of the longest word, in characters; what is behind that does not count.
	maxTerm = 32
	// minPrefix is the number of characters from which on a word also finds longer words that begin with it.
	minPrefix = 4
)

// SearchWord is a word that is looked for.
type SearchWord struct {
	// Text is the word as SearchTerms returns words.
	Text string
	// Prefix says that words that begin with it are meant too.
	Prefix bool
}

// Matches reports whether a term is meant.
func (w SearchWord) Matches(term string) bool {
	return term == w.Text || w.Prefix && strings.HasPrefix(term, w.Text)
}

// SearchQuery is what somebody looks for.
type SearchQuery struct {
	// Words are different words, one at least.
	Words []SearchWord
	// Any says that one of the words is enough; else all must be there.
	Any bool
}

// ParseSearch returns what a query looks for: its words without the most common ones, unless it has no others. CodeInvalid when
// there is no word in it, or too much.
func ParseSearch(query string) (SearchQuery, error) {
	if utf8.RuneCountInString(query) > maxSearch {
		return SearchQuery{}, Invalid("query", "The query is too long: 1,000 characters at most.")
	}
	terms := SearchTerms(query)
	if len(terms) == 0 {
		return SearchQuery{}, Invalid("query", "The query must hold a word or a number.")
	}
	var telling []SearchWord
	for _, term := range terms {
		if !commonWords[term] {
			telling = append(telling, SearchWord{Text: term})
		}
	}
	if len(telling) == 0 {
		for _, term := range terms {
			telling = append(telling, SearchWord{Text: term})
		}
	}
	return SearchQuery{Words: telling[:min(len(telling), maxSearchWords)]}, nil
}

// Wider returns what to look for when nothing was found: first longer words that begin with those of the query, then things that have one
// of them. It is false when there is nothing wider.
func (q SearchQuery) Wider() (SearchQuery, bool) {
	words, prefixes := slices.Clone(q.Words), false
	for i := range words {
		if !words[i].Prefix && mayBePrefix(words[i].Text) {
			words[i].Prefix, prefixes = true, true
		}
	}
	switch {
	case q.Any:
		return SearchQuery{}, false
	case prefixes:
		return SearchQuery{Words: words}, true
	case len(words) > 1:
		return SearchQuery{Words: words, Any: true}, true
	default:
		return SearchQuery{}, false
	}
}

// mayBePrefix reports whether longer words that begin with a term tell about the same. Of a script without spaces a single character
// begins the pairs that are looked for.
func mayBePrefix(term string) bool {
	length := utf8.RuneCountInString(term)
	first, _ := utf8.DecodeRuneInString(term)
	return length >= minPrefix || length == 1 && spaceless(first)
}

// commonWords tell nothing about what somebody looks for, in English and German.
var commonWords = set(`a an and are as at be by for from how in is it of on or that the this to was what when where which who why
	with aber als am an auf aus bei das dass dem den der des die ein eine einem einen einer es für im in ist mit nach und
	von was wer wie wo zu zum zur`)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		all[singular(foldTerm(word))] = true
	}
	return all
}

// SearchTerms returns the words by which texts are found, each once, in order, MaxTerms at most: runs of letters and digits, in
// lower case, without accents and without the s of a plural. Of scripts without spaces between words it returns pairs of characters. Text of the editor
// Slate counts as what it shows.
func SearchTerms(texts ...string) []string {
	terms, seen := []string{}, map[string]bool{}
	for _, text := range texts {
		for term := range termsOf(PlainText(text)) {
			if seen[term] {
				continue
			}
			if len(terms) == MaxTerms {
				return terms
			}
			seen[term] = true
			terms = append(terms, term)
		}
	}
	return terms
}

// termsOf yields the words of a text in order, as often as they occur.
func termsOf(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
		}) {
			for _, term := range split(foldTerm(word)) {
				if !yield(singular(term)) {
					return
				}
			}
		}
	}
}

// foldTerm returns a word without what does not count: case, accents, and forms that mean the same.
func foldTerm(word string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(word)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'ß':
			b.WriteString("ss")
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String())
}

// singular takes the plural from a word as far as English, and much of what other languages borrow, goes: the "S stemmer" (D. Harman,
// How effective is suffixing?, JASIS 42(1), 1991, table 1). It need not give a word, but the same for both forms.
func singular(term string) string {
	stem, plural := strings.CutSuffix(term, "s")
	switch {
	case !plural || len(term) < 4:
		return term
	case strings.HasSuffix(term, "ies") && !strings.HasSuffix(term, "eies") && !strings.HasSuffix(term, "aies"):
		return strings.TrimSuffix(term, "ies") + "y"
	case strings.HasSuffix(term, "aes"), strings.HasSuffix(term, "ees"), strings.HasSuffix(term, "oes"), strings.HasSuffix(term, "us"),
		strings.HasSuffix(term, "ss"):
		return term
	default:
		return stem
	}
}

// split returns the terms of a folded word: the word, or where a script has no spaces, pairs of characters.
func split(word string) []string {
	runes := []rune(word)
	var terms []string
	for len(runes) > 0 {
		n := 1
		for n < len(runes) && spaceless(runes[n]) == spaceless(runes[0]) {
			n++
		}
		if !spaceless(runes[0]) {
			terms = append(terms, string(runes[:min(n, maxTerm)]))
		} else {
			for i := range max(n-1, 1) {
				terms = append(terms, string(runes[i:min(i+2, n)]))
			}
		}
		runes = runes[n:]
	}
	return terms
}

// prolonged is the mark of a long vowel in Japanese. It stands within words, and belongs to no script.
const prolonged = 'ー'

// spaceless reports whether a character belongs to a script that puts no spaces between words.
func spaceless(r rune) bool {
	return r == prolonged || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// RankCards puts cards that were found into order: those that hold the most words of a query first, of these the ones that hold them as they
// are, then the shorter ones, which are more about them, then the newer ones. Of long
// cards the beginning counts.
func RankCards(query SearchQuery, cards []Card) {
	scores := make(map[CardID]float64, len(cards))
	for i := range cards {
		scores[cards[i].ID] = query.score(SearchTerms(beginning(cards[i].Question), beginning(cards[i].Answer)))
	}
	slices.SortStableFunc(cards, func(a, b Card) int {
		return cmp.Or(cmp.Compare(scores[b.ID], scores[a.ID]), b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
}

// rankedText is how much of a side of a card is looked at to rank it, in bytes.
const rankedText = 4 << 10

// beginning returns as much of a text as is looked at.
func beginning(text string) string {
	if len(text) <= rankedText {
		return text
	}
	return strings.ToValidUTF8(text[:rankedText], "")
}

// score returns how well terms fit a query: for each word 1, or 0.9 if only longer ones are there; and a share of 1 for being few.
func (q SearchQuery) score(terms []string) float64 {
	held := make([]float64, len(q.Words))
	for _, term := range terms {
		for i, word := range q.Words {
			if term == word.Text {
				held[i] = 1
			} else if word.Matches(term) {
				held[i] = max(held[i], 0.9)
			}
		}
	}
	score := 0.05 / float64(len(terms)+1)
	for _, part := range held {
		score += part
	}
	return score
}
