package extractive

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// rank orders kinds of cards: the lower, the more a learner keeps of them.
type rank int

const (
	rankPair rank = iota
	rankDefinition
	rankTerm
	rankExpansion
	rankList
	rankPerson
	rankCause
	rankDate
	rankStressed
	rankNumber
	rankFallback
)

// Lengths that cards keep, in characters.
const (
	maxQuestion = 240
	// maxClozed is the length of the longest sentence with a gap: longer ones hold more than a fact.
	maxClozed = 230
)

// candidate is a card that may become one of the answer.
type candidate struct {
	rank             rank
	question, answer string
	start, end       int // bytes of the text: what it is founded on
}

// sound reports whether a card can be learned: it asks something, has an answer, and does not give it away.
func (c candidate) sound() bool {
	question, answer := plain(c.question), plain(c.answer)
	if answer == "" || question == "" || utf8.RuneCountInString(c.question) > maxQuestion || !lettered(c.answer) {
		return false
	}
	return !holds(question, answer)
}

// holds reports whether a text holds a phrase as whole words; both are plain.
func holds(text, phrase string) bool { return strings.Contains(" "+text+" ", " "+phrase+" ") }

func lettered(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) >= 0
}

// choose returns the sound ones of the candidates, none twice, of which those of the best ranks if there are more than limit, in the
// order of the text; and how many there were.
func choose(candidates []candidate, limit int) (chosen []candidate, of int) {
	seen := map[string]bool{}
	for _, c := range candidates {
		question := plain(c.question)
		if !c.sound() || seen[question] {
			continue
		}
		seen[question] = true
		chosen = append(chosen, c)
	}
	of = len(chosen)
	if of > limit {
		slices.SortStableFunc(chosen, func(a, b candidate) int { return int(a.rank) - int(b.rank) })
		chosen = chosen[:max(limit, 0)]
	}
	slices.SortStableFunc(chosen, func(a, b candidate) int { return a.start - b.start })
	return chosen, of
}

func (d *document) proposal(c candidate) domain.Proposal {
	return domain.Proposal{Question: c.question, Answer: c.answer, Quote: d.text[c.start:c.end], After: c.start}
}
