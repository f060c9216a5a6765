package extractive

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// units are what numbers count that are worth to be known.
var units = union(set(`% °c °f °k k km m cm mm nm µm km² m² ha km³ m³ l ml g kg mg t s ms min h hz khz mhz ghz w kw mw gw j kj mj kcal ev v a n pa hpa bar
		km/h m/s m/s² mol ly dollars euros pounds percent per degrees kelvin celsius million billion trillion thousand hundred metres meters
		kilometres kilometers miles feet inches litres liters grams kilograms tonnes tons seconds minutes hours days weeks months years light-years
		times joules watts volts newtons hertz square cubic prozent grad kelvin millionen milliarden tausend hundert meter metern kilometer kilometern meilen
		zentimeter millimeter liter litern gramm kilogramm tonnen sekunden minuten stunden tage tagen wochen monate monaten jahre jahren
		lichtjahre mal euro quadratkilometer quadratmeter kubikmeter einwohner einwohnern inhabitants people million. bones teeth
		chromosomes knochen zähne chromosomen elements members states countries languages players knots`))

// Words before a number that only names a place in a text or list.
var numberedThings = set(`figure fig table page chapter section part step no number volume article paragraph equation example exercise question room line
	version abbildung abb tabelle seite kapitel abschnitt teil schritt nr nummer band artikel art absatz abs satz § gleichung beispiel aufgabe frage zeile
	version war weltkrieg`)

var numberHint = wording{"number", "Zahl", ""}

// numbers makes a gap for a number that counts or measures something.
func (d *document) numbers(s sentence) []candidate {
	if !s.clozed() || len(s.words) > 34 {
		return nil
	}
	figures := 0
	place := -1
	for k, w := range s.words {
		if !w.number() {
			continue
		}
		figures++
		if place < 0 && d.measures(s, k) {
			place = k
		}
	}
	if place < 0 || figures > 3 {
		return nil
	}
	end := place + 1
	if place > 1 && s.words[place-1].tail == "" && rangeWords[s.words[place-1].lower] && s.words[place-2].number() {
		place -= 2
	}
	hint := numberHint.in(d.language)
	answer := s.span(place, end)
	if large := s.words[min(end, len(s.words)-1)].lower; end < len(s.words) && isLarge[large] && s.words[end-1].tail == "" {
		end++
		answer = s.span(place, end)
	}
	if end < len(s.words) && s.words[end-1].tail == "" && !isLarge[s.words[end-1].lower] {
		answer = s.span(place, end+1) // the unit stays in the question, and is said in the answer, too
		if units[s.words[end].lower] {
			hint = ""
		}
	}
	return []candidate{s.card(rankNumber, s.cloze(place, end, hint), answer)}
}

var rangeWords = set(`to and bis und or oder`)

var isLarge = set(`million billion trillion thousand millionen milliarden millionen. milliarde tausend`)

// measures reports whether the number at a word counts or measures something.
func (d *document) measures(s sentence, k int) bool {
	w := s.words[k]
	if k > 0 && (numberedThings[s.words[k-1].lower] || strings.HasPrefix(s.words[k-1].tail, "§")) || strings.HasPrefix(s.text[w.from:w.to], "(") {
		return false
	}
	if strings.ContainsAny(w.bare, "%°") {
		return strings.IndexFunc(w.bare, unicode.IsDigit) >= 0
	}
	if w.breaks() && !strings.HasPrefix(w.tail, "%") || k+1 >= len(s.words) {
		return false
	}
	next := s.words[k+1]
	if units[next.lower] {
		return true
	}
	// 206 bones
	digits := strings.Trim(w.bare, ".,") != "" && utf8.RuneCountInString(w.bare) >= 2 && !yearText.MatchString(w.bare)
	if !digits || months[next.lower] {
		return false
	}
	switch d.language {
	case english:
		return !next.capital() && !englishFunctionWords[next.lower] && strings.HasSuffix(next.lower, "s")
	case german:
		return next.capital() && !germanFunctionWords[next.lower] && utf8.RuneCountInString(next.bare) > 2 && !strings.HasSuffix(s.text[w.from:w.to], ".")
	}
	return false
}
