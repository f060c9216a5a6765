package extractive

import "strings"

// question puts the verb of a statement before its subject, as questions do: of the words from i up to before j, without those from
// drop[0] up to before drop[1]. ok is false when the sentence is not simple enough to be sure.
func (d *document) inverted(s sentence, i, j int, drop [2]int) (question string, ok bool) {
	switch d.language {
	case english:
		return d.invertEnglish(s, i, j, drop)
	case german:
		return d.invertGerman(s, i, j, drop)
	}
	return "", false
}

func (d *document) invertEnglish(s sentence, i, j int, drop [2]int) (string, bool) {
	words := s.words
	for k := i + 1; k < j && k <= i+8; k++ {
		if words[k-1].breaks() || englishRelative[words[k-1].lower] && k-1 > i {
			return "", false
		}
		base, past := pastBase[words[k].lower]
		if !englishAuxiliary[words[k].lower] && (!past || words[k].capital()) {
			continue
		}
		if k >= drop[0] && k < drop[1] || !d.plainSubject(words[i:k], s.prefix != "") {
			return "", false
		}
		rest, ok := d.rest(s, k+1, j, drop)
		if !ok || hasForms[words[k].lower] && !englishParticipleLike(words[k+1:j]) {
			return "", false
		}
		subject := d.inSentence(s.span(i, k))
		if past && !englishAuxiliary[words[k].lower] {
			return strings.TrimSpace("did " + subject + " " + base + " " + rest), true
		}
		return strings.TrimSpace(words[k].lower + " " + subject + " " + rest), rest != ""
	}
	return "", false
}

var hasForms = set(`has have had`)

// englishParticipleLike reports whether words begin with what makes "has" an auxiliary: "has been", "has not changed".
func englishParticipleLike(words []word) bool {
	for _, w := range words[:min(2, len(words))] {
		if strings.HasSuffix(w.lower, "ed") || w.lower == "been" || w.lower == "become" {
			return true
		}
	}
	return false
}

// plainSubject reports whether words can be put behind the verb: a noun phrase, or a pronoun that is resolved in front.
func (d *document) plainSubject(words []word, resolved bool) bool {
	if resolved && pronouns[words[0].lower] {
		return len(words) == 1 || !d.finite(words[len(words)-1])
	}
	return d.canBeSubject(words)
}

func (d *document) invertGerman(s sentence, i, j int, drop [2]int) (string, bool) {
	words := s.words
	for k := i + 1; k < j && k <= i+8; k++ {
		if words[k-1].breaks() {
			return "", false
		}
		if !germanFinite[words[k].lower] || words[k].capital() {
			continue
		}
		if k >= drop[0] && k < drop[1] || drop[0] < k && drop[1] > i || !d.plainSubject(words[i:k], s.prefix != "") {
			return "", false
		}
		rest, ok := d.rest(s, k+1, j, drop)
		return strings.TrimSpace(words[k].lower + " " + d.inSentence(s.span(i, k)) + " " + rest), ok
	}
	return "", false
}

var clauseStarts = set(`because weil and but or while where which who when whereas und aber oder während wobei sondern doch`)

// rest returns the words of a clause without the dropped ones. It ends with the clause if nothing to drop follows; ok is false if
// what is dropped stands in another clause.
func (d *document) rest(s sentence, from, to int, drop [2]int) (string, bool) {
	end := to
	for k := from; k < to; k++ {
		ends := s.words[k].breaks() && k < to-1 && !(k+1 == drop[0] && strings.HasSuffix(s.words[k].tail, ","))
		verbFollows := k+1 < to && clauseStarts[s.words[k].lower] && d.verbWithin(s.words[k+1:to], 4)
		if !ends && !verbFollows {
			continue
		}
		if k < drop[0] && drop[1] <= to && drop[0] >= from {
			return "", false
		}
		if k >= drop[0] && k < drop[1]-1 {
			continue
		}
		end = k + 1
		if verbFollows {
			end = k
		}
		break
	}
	var parts []string
	for k := from; k < end; k++ {
		if k >= drop[0] && k < drop[1] {
			continue
		}
		parts = append(parts, s.text[s.words[k].from:s.words[k].to])
	}
	return trimEnds(strings.Join(parts, " ")), len(parts) > 0
}

func (d *document) verbWithin(words []word, most int) bool {
	for _, w := range words[:min(most, len(words))] {
		if d.finite(w) || pastBase[w.lower] != "" || d.language == english && strings.HasSuffix(w.lower, "ed") && len(w.lower) > 4 {
			return true
		}
	}
	return false
}
