package extractive

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Summarizer = (*Generator)(nil)

const (
	// maxSummarized is how much of a text is looked at, in characters: what a long text is about is said early.
	maxSummarized = 100_000
	// maxSummary is the length of the longest summary, in characters, and maxSummarySentences how many sentences it has at most.
	maxSummary          = 500
	maxSummarySentences = 3
	// shortStatement is the length of a sentence, in characters, below which it seldom says much.
	shortStatement = 40
)

// Summarize returns up to three sentences of a text, as they stand there and in its order: those with the most of the words that
// the text uses again and again. Of a text without sentences it returns lines. The same text always has the same summary. The only
// error is CodeUnavailable, when ctx has ended.
func (*Generator) Summarize(ctx context.Context, text string) (string, error) {
	statements, err := statementsOf(ctx, firstCharacters(text, maxSummarized))
	if err != nil {
		return "", domain.WrapError(domain.CodeUnavailable, "The summary could not be made in time.", fmt.Errorf("summarize a text: %w", err))
	}
	chosen := telling(statements)
	if len(chosen) == 0 {
		return shortened(statements), nil
	}
	sentences := make([]string, len(chosen))
	for i, at := range chosen {
		sentences[i] = statements[at].text
	}
	return strings.Join(sentences, " "), nil
}

// firstCharacters cuts a text to a number of characters.
func firstCharacters(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for at := range text {
		if n == 0 {
			return text[:at]
		}
		n--
	}
	return text
}

// statement is a sentence, or a line, that may be in a summary.
type statement struct {
	text   string
	length int
	// terms are its words that are not in every text.
	terms []string
	// worth is how well it stands in a summary, whatever its words are.
	worth float64
}

// statementsOf returns the sentences of the paragraphs of a text; if it has none, its lines that are not code.
func statementsOf(ctx context.Context, text string) ([]statement, error) {
	d := parse(references.ReplaceAllString(text, ""))
	var sentences, lines []statement
	for i := range d.blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b := &d.blocks[i]
		switch b.kind {
		case paragraph:
			raw := d.text[b.lines[0].start:b.lines[len(b.lines)-1].end]
			for _, bounds := range sentencesOf(raw) {
				sentences = d.state(sentences, raw[bounds[0]:bounds[1]], bounds[0] == 0)
			}
		case list, verse:
			for _, l := range b.lines {
				lines = d.state(lines, l.raw, false)
			}
		case code:
		}
	}
	if len(sentences) == 0 {
		return lines, nil
	}
	return sentences, nil
}

// state adds a statement to others, if it says anything.
func (d *document) state(others []statement, raw string, first bool) []statement {
	text := strings.Join(strings.Fields(continuedQuote.ReplaceAllString(raw, " ")), " ")
	words := wordsOf(text)
	if !lettered(text) || len(words) == 0 {
		return others
	}
	s := statement{text: text, length: utf8.RuneCountInString(text)}
	for _, term := range domain.SearchTerms(text) {
		if !everywhere[term] {
			s.terms = append(s.terms, term)
		}
	}
	s.worth = 1 + 1/float64(1+len(others)) // what comes first says what it is about
	if first {
		s.worth *= 1.2
	}
	if s.length < shortStatement {
		s.worth *= 0.5
	}
	if !ended(text) {
		s.worth *= 0.3 // a caption, an entry of a menu
	}
	if strings.HasSuffix(text, "?") || d.language.leans(words) {
		s.worth *= 0.5
	}
	return append(others, s)
}

// ended reports whether a text ends as sentences do.
func ended(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, "\"'”’»«)]」』"))
	return strings.ContainsRune(".!?…。！？．؟۔।", last)
}

// everywhere are the terms that tell nothing about a text.
var everywhere = func() map[string]bool {
	terms := map[string]bool{}
	for _, words := range []map[string]bool{englishFunctionWords, germanFunctionWords} {
		for word := range words {
			for _, term := range domain.SearchTerms(word) {
				terms[term] = true
			}
		}
	}
	return terms
}()

// telling returns which statements say the most together, in their order. What one says counts less in the others.
func telling(statements []statement) []int {
	weights := map[string]float64{}
	for i := range statements {
		for _, term := range statements[i].terms {
			weights[term]++
		}
	}
	for term, often := range weights {
		weights[term] = math.Log1p(often - 1)
	}
	var chosen []int
	taken := map[string]bool{}
	for left := maxSummary; len(chosen) < maxSummarySentences; {
		best, most := -1, 0.0
		for i := range statements {
			s := &statements[i]
			if score := s.score(weights); s.length <= left && !taken[s.text] && (best < 0 || score > most) {
				best, most = i, score
			}
		}
		if best < 0 {
			break
		}
		chosen = append(chosen, best)
		taken[statements[best].text] = true
		left -= statements[best].length + 1
		for _, term := range statements[best].terms {
			weights[term] /= 4
		}
	}
	slices.Sort(chosen)
	return chosen
}

// score returns how much a statement says. That it is long helps, but less than what it says.
func (s *statement) score(weights map[string]float64) float64 {
	sum := 0.0
	for _, term := range s.terms {
		sum += weights[term]
	}
	return s.worth * (0.1 + sum/math.Sqrt(float64(len(s.terms)+1)))
}

// shortened returns the beginning of the first statement, where all are too long.
func shortened(statements []statement) string {
	if len(statements) == 0 {
		return ""
	}
	cut := firstCharacters(statements[0].text, maxSummary-1)
	if at := strings.LastIndexByte(cut, ' '); at > len(cut)/2 {
		cut = cut[:at]
	}
	return cut + "…"
}
