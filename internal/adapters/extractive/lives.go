package extractive

import (
	"regexp"
	"strings"
)

var lifespan = regexp.MustCompile(`^([^(),]{3,60}) \((?:\* ?|born )?([^()–—†;-]*\d{3,4}[^()–—†;-]*?)(?: ?[–—-] ?|; ?† ?| ?† ?|; )([^()]*\d{3,4}[^()]*)\)`)

var (
	wasBorn = wording{"When was %s born?", "Wann wurde %s geboren?", ""}
	hasDied = wording{"When did %s die?", "Wann starb %s?", ""}
)

// lives asks when a person was born and died who is named with both: "Ada Lovelace (1815–1852) was a mathematician".
func (d *document) lives(s sentence) []candidate {
	found := lifespan.FindStringSubmatch(s.text)
	if found == nil || d.language == otherLanguage {
		return nil
	}
	if c, ok := d.clauseOf(s); !ok || !isPerson(c) {
		return nil
	}
	born, died := dateOnly(found[2]), dateOnly(found[3])
	if born == "" || died == "" {
		return nil
	}
	return []candidate{
		s.card(rankDate, fill(wasBorn.in(d.language), found[1]), born),
		s.card(rankDate, fill(hasDied.in(d.language), found[1]), died),
	}
}

var about = set(`um ca c about around circa etwa`)

// dateOnly leaves the place out: "14. März 1879 in Ulm".
func dateOnly(text string) string {
	words := wordsOf(text)
	for k := range words {
		if t, ok := dateAt(words, k); ok {
			if k > 0 && about[words[k-1].lower] {
				t.i--
			}
			return strings.TrimSpace(text[words[t.i].from : words[t.j-1].to-len(words[t.j-1].tail)])
		}
	}
	return ""
}
