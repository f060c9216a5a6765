package extractive

// language is the one that questions are worded in.
type language int

// The languages. In any other, questions get by without words.
const (
	otherLanguage language = iota
	english
	german
)

var (
	englishFunctionWords = set(`the of and to in is are was were be been being that which who whom whose this these those it its they their them he his she
		her him we our us you your i my me for with as by at from on or an a not but if when while because than then there here how what why where can
		could may might must shall should will would do does did has have had into about after before between through during over under more most
		some such no only so up out both each few other many one also however thus therefore although though until since upon within without
		another any all every`)
	germanFunctionWords = set(`der die das den dem des ein eine einer eines einem einen und oder aber doch nicht kein keine keinen ist sind war waren sein
		wird werden wurde wurden hat haben hatte hatten mit von vom zu zum zur in im an am auf aus bei beim nach vor über unter für durch um als wie
		auch nur noch so dass daß wenn weil da denn ob er sie es ihr ihm ihn ihre ihren seine seiner seinem seinen sich man wir uns ich mich mir du
		dich dir dieser diese dieses diesem diesen jener jede jeder jedes was wer wo wann warum kann können muss müssen soll sollen bis seit während
		zwischen gegen ohne sowie etwa sehr mehr alle allem allen hier dort dann daher deshalb jedoch heute nun nach bereits`)
)

// languageOf guesses a text's language by the share of its function words.
func languageOf(words []word) language {
	en, de := 0, 0
	for _, w := range words {
		if englishFunctionWords[w.lower] {
			en++
		}
		if germanFunctionWords[w.lower] {
			de++
		}
	}
	most := max(en, de)
	switch {
	case most*12 < len(words) || most == 0:
		return otherLanguage
	case en > de:
		return english
	case de > en:
		return german
	}
	return otherLanguage
}

func (l language) functionWord(lower string) bool {
	switch l {
	case english:
		return englishFunctionWords[lower]
	case german:
		return germanFunctionWords[lower]
	}
	return false
}

// wording is how a question of a kind is asked, %s being what it is about.
type wording struct{ english, german, other string }

func (w wording) in(l language) string {
	switch l {
	case english:
		return w.english
	case german:
		return w.german
	}
	return w.other
}
