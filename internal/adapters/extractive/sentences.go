package extractive

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	uax29 "github.com/clipperhouse/uax29/v2/sentences"
)

// A full stop behind these never ends a sentence.
var titles = set(`dr prof mr mrs ms st sr hr fr frl dipl ing mag gen col lt capt rev hon e.g i.e cf viz vs fig figs eq eqs sec ch vol no nos pp p approx ca
	bzw z.b z d.h u.a o.ä u.ä s.o s.u vgl nr art abs § bspw sog insb max min jan feb mar apr jun jul aug sep sept oct okt nov dec dez geb gest inkl exkl
	zzgl ggf evtl usf st. op bd aufl hrsg abb tab kap lat engl franz griech dt al ebd v n rd ed eds trans univ dept mt ft`)

// A full stop behind these ends a sentence only if a word follows that can begin one.
var shortForms = set(`etc usw inc ltd co corp jr bros u.s u.k u.n a.m p.m b.c a.d b.c.e c.e ph.d m.d d.c e.u chr u.s.a gmbh ag
	str mio mrd tsd std sek km kg jh`)

var germanMonths = set(`januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert jahrhunderts jahrhunderte
	jahrtausend jahrtausends weltkrieg weltkriegs weltkrieges`)

// Behind these words a German number with a full stop is an ordinal.
var germanOrdinalWords = set(`der die das dem den des am im vom zum zur beim ab bis seit jeder jede jedes und`)

// yearStart is the beginning of a sentence by a year, which the annex takes for more of the sentence before if a small letter follows.
var yearStart = regexp.MustCompile(`[\pL\pN%)][.!?] +[12][0-9]{3} `)

// sentencesOf returns the bounds of the sentences of a paragraph: those of Unicode's annex 29, put together again where the full
// stop belongs to an abbreviation, an initial or an ordinal.
func sentencesOf(paragraph string) [][2]int {
	flat := flatten(paragraph)
	var bounds [][2]int
	tokens := uax29.FromString(flat)
	start, at := 0, 0
	for tokens.Next() {
		for _, early := range yearStart.FindAllStringIndex(tokens.Value(), -1) {
			end := at + early[1] - len("1886 ")
			if !goesOn(endOf(flat[start:end]), flat[end:min(end+window, len(flat))]) {
				bounds = append(bounds, [2]int{start, end})
				start = end
			}
		}
		at += len(tokens.Value())
		if at < len(flat) && goesOn(endOf(flat[start:at]), flat[at:min(at+window, len(flat))]) {
			continue
		}
		bounds = append(bounds, [2]int{start, at})
		start = at
	}
	if start < len(flat) {
		bounds = append(bounds, [2]int{start, len(flat)})
	}
	return bounds
}

// flatten makes line ends spaces, byte by byte: a hard line break ends no sentence.
func flatten(text string) string {
	if !strings.ContainsAny(text, "\n\r\v\f\u0085\u2028\u2029") {
		return text
	}
	return strings.NewReplacer("\n", " ", "\r", " ", "\v", " ", "\f", " ", "\u0085", "  ", "\u2028", "   ", "\u2029", "   ").Replace(text)
}

// window is how many bytes around the end of a sentence decide whether it is one.
const window = 80

// endOf returns the last bytes of a text.
func endOf(text string) string {
	from := max(len(text)-window, 0)
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	return text[from:]
}

// initialBefore returns the letter with a full stop that a text ends with, "" if it ends with none.
func initialBefore(text string) string {
	fields := strings.Fields(text)
	if len(fields) == 0 || len(fields[len(fields)-1]) != 2 {
		return ""
	}
	return strings.ToLower(fields[len(fields)-1])
}

// goesOn reports whether a sentence does not end where it seems to, before rest.
func goesOn(sentence, rest string) bool {
	body := strings.TrimRight(sentence, " \t\u00a0")
	next, _, _ := strings.Cut(strings.TrimLeft(rest, " \t\u00a0"), " ")
	bareNext := strings.ToLower(strings.TrimFunc(next, notLetterOrDigit))
	if !strings.HasSuffix(body, ".") {
		// “Who is there?” he asked.
		r, _ := utf8.DecodeRuneInString(next)
		return unicode.IsLower(r)
	}
	body = strings.TrimSuffix(body, ".")
	cut := strings.LastIndexAny(body, " \t\u00a0(\"“„'") + 1
	if cut > 0 {
		_, width := utf8.DecodeRuneInString(body[cut-1:])
		cut += width - 1
	}
	last := strings.TrimFunc(body[cut:], notLetterOrDigit)
	lower := strings.ToLower(last)
	begins := englishFunctionWords[bareNext] || germanFunctionWords[bareNext] || yearText.MatchString(bareNext)
	switch {
	case last == "":
		return false
	case titles[lower], titles[initialBefore(body[:cut])+lower]: // "d. h."
		return true
	case shortForms[lower], utf8.RuneCountInString(last) == 1 && unicode.IsLetter([]rune(last)[0]):
		return !begins
	case strings.Trim(last, "0123456789") == "" && len(last) <= 2:
		before := strings.Fields(body[:cut])
		return germanMonths[bareNext] || len(before) > 0 && germanOrdinalWords[strings.ToLower(before[len(before)-1])]
	}
	return false
}
