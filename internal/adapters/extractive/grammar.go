package extractive

// Words of English and German that tell the parts of a sentence apart.
var (
	englishArticles = set(`a an the`)
	germanArticles  = set(`ein eine einer eines einem einen der die das den dem des`)

	firstPerson = set(`i me my mine you your yours we us our ours myself ich mich mir mein meine meinen meiner du dich dir dein deine deinen wir uns unser
		unsere unseren unserer euch euer eure`)

	englishBe        = set(`is are was were`)
	englishAuxiliary = set(`is are was were has have had can could will would must should may might does do did`)
	englishFinite    = union(englishAuxiliary, set(`takes take occurs occur begins begin contains contain consists consist leads lead causes cause means
		refers makes make uses use gives give became becomes become shows show says said went came comes goes lies lived lives die dies died ends`))

	germanFinite = set(`ist sind war waren hat haben hatte hatten wird werden wurde wurden kann können konnte konnten muss müssen musste mussten soll sollen
		darf dürfen will wollen wollte besteht bestehen führt führen führte führten bezeichnet bezeichnete bedeutet bedeuten heißt heißen hieß nennt
		entsteht entstehen entstand findet finden fand fanden liegt liegen lag lagen gibt gab begann begannen beginnt endete endeten starb starben
		erschien gründete gründeten entdeckte entdeckten erfand erfanden schrieb schrieben veröffentlichte entwickelte entwickelten gewann gewannen
		verlor verloren erhielt erhielten eroberte eroberten siegte kam kamen ging gingen stand standen blieb wuchs trat traten lebte lebten siedet
		gefriert schmilzt beträgt betragen enthält enthalten macht machen dient dienen dauert dauerte dauerten geht gehen steht stehen wiegt misst
		bildet bilden verursacht verursachen bewirkt bewirken umfasst umfassen zählt zählen braucht brauchen wächst wachsen lässt lassen zeigt zeigen
		sagt sagte sagten bekam bekamen wandert wandern brach scheiterte kapitulierte unterzeichneten unterzeichnete fiel fielen zog zogen folgte
		formulierte bewies verfasste komponierte malte baute bauten leitete regierte beschloss verabschiedete übersetzte legte legten wählte
		wählten berechnete beobachtete erklärte erklärten krönte krönten`)

	// Words that a name or another noun phrase has inside at most.
	nameParticles = set(`of the von van de der den di da du la le del al ibn bin zu und`)

	englishRelative   = set(`that which who whom whose where when while if because although though since unless whether as than what how why`)
	englishConnective = set(`however moreover furthermore additionally today currently overall generally typically usually historically traditionally`)
	// Sentences that begin with these stand on what was said before.
	englishLeaning = set(`it its they their them he she his her him this these those that such here therefore thus hence then so also but and or yet nor
		otherwise instead similarly likewise conversely consequently accordingly nevertheless nonetheless still meanwhile afterwards later finally
		both neither either another others some one two three first second third secondly thirdly next besides indeed perhaps maybe again too
		there what now yes no well oh nothing everything something nobody everybody somebody each`)
	germanLeaning = set(`er sie es ihr ihre ihren ihrem ihrer sein seine seinen seinem seiner dies diese dieser dieses diesem diesen jene jener jenes das dabei
		dadurch damit daher deshalb deswegen darum dann danach daraus darin daran darauf dafür dagegen davon dazu so somit also folglich hier hierbei
		hierfür hierzu dort da jedoch aber doch denn und oder auch außerdem zudem ferner allerdings dennoch trotzdem schließlich später zuletzt beide
		beides solche solcher letztere letzterer erstere erstens zweitens drittens zunächst zuerst anschließend stattdessen sonst wiederum nun jetzt
		ja nein nichts alles etwas niemand jemand vielleicht ebenso ebenfalls einerseits andererseits manche einige`)
	// Of these, the ones that the heading may stand for.
	pronouns = set(`it its they their he she his her er sie es ihr ihre ihren sein seine seinen`)

	// Anywhere in a sentence, these point out of it.
	pointing = set(`this these those latter former aforementioned above below following thereby then yesterday today tomorrow monday tuesday wednesday thursday
		friday saturday sunday ago last next dies diese dieser dieses diesem diesen jene jener jenes letztere letzterer erstere obige oben unten
		folgende folgenden gestern heute morgen montag dienstag mittwoch donnerstag freitag samstag sonntag vergangenen kommenden nächsten voriger
		vorigen damals dort`)

	germanSubjectStop = set(`in im an am auf aus bei beim mit nach von vom vor zu zum zur über unter für durch um als wenn weil da dass ob wie was wer wo
		wann warum bis seit während ohne gegen nur nicht kein keine jeder jede jedes man heute nun oft wichtig ziel grund problem beispiel`)
	// Subjects that mean nothing without what was said before.
	vagueSubjects = set(`aim goal purpose problem reason result idea point case man woman boy girl house question answer thing fact truth effect example
		other rest end beginning main difference advantage disadvantage consequence text author chapter book article process method name ziel zweck
		problem grund ergebnis idee punkt fall mann frau haus frage antwort sache tatsache wahrheit folge beispiel andere rest ende anfang
		unterschied vorteil nachteil text autor kapitel buch artikel vorgang verfahren name father mother vater mutter`)
)

func union(sets ...map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, s := range sets {
		for w := range s {
			all[w] = true
		}
	}
	return all
}

// pastBase gives the plain form of verbs that tell what somebody did.
var pastBase = func() map[string]string {
	base := map[string]string{}
	for _, pair := range [][2]string{
		{"began", "begin"}, {"wrote", "write"}, {"won", "win"}, {"lost", "lose"}, {"built", "build"}, {"became", "become"}, {"led", "lead"},
		{"fought", "fight"}, {"found", "find"}, {"met", "meet"}, {"broke", "break"}, {"fell", "fall"}, {"left", "leave"}, {"drew", "draw"},
		{"took", "take"}, {"gave", "give"}, {"made", "make"}, {"held", "hold"}, {"sent", "send"}, {"sold", "sell"}, {"saw", "see"},
		{"died", "die"}, {"invaded", "invade"}, {"published", "publish"}, {"discovered", "discover"}, {"invented", "invent"},
		{"founded", "found"}, {"established", "establish"}, {"completed", "complete"}, {"ended", "end"}, {"started", "start"},
		{"opened", "open"}, {"signed", "sign"}, {"conquered", "conquer"}, {"defeated", "defeat"}, {"developed", "develop"},
		{"proposed", "propose"}, {"formulated", "formulate"}, {"introduced", "introduce"}, {"created", "create"}, {"designed", "design"},
		{"painted", "paint"}, {"composed", "compose"}, {"described", "describe"}, {"proved", "prove"}, {"received", "receive"},
		{"declared", "declare"}, {"joined", "join"}, {"moved", "move"}, {"crossed", "cross"}, {"launched", "launch"}, {"landed", "land"},
		{"returned", "return"}, {"married", "marry"}, {"adopted", "adopt"}, {"abolished", "abolish"}, {"ruled", "rule"},
		{"patented", "patent"}, {"measured", "measure"}, {"observed", "observe"}, {"demonstrated", "demonstrate"}, {"isolated", "isolate"},
		{"translated", "translate"}, {"crowned", "crown"}, {"united", "unite"}, {"surrendered", "surrender"}, {"collapsed", "collapse"},
		{"arrived", "arrive"}, {"entered", "enter"}, {"passed", "pass"}, {"erupted", "erupt"}, {"destroyed", "destroy"}, {"reached", "reach"},
		{"explained", "explain"}, {"named", "name"}, {"studied", "study"}, {"sailed", "sail"}, {"explored", "explore"}, {"released", "release"},
		{"produced", "produce"}, {"served", "serve"}, {"worked", "work"}, {"calculated", "calculate"}, {"coined", "coin"},
	} {
		base[pair[0]] = pair[1]
	}
	return base
}()

// Verbs of pastBase that say who made or found something.
var deeds = set(`wrote won built led published discovered invented founded established conquered defeated developed proposed formulated introduced created
	designed painted composed described proved crossed launched abolished patented measured observed demonstrated isolated translated united signed
	explained explored calculated coined`)

var germanDeeds = set(`entdeckte erfand gründete schrieb veröffentlichte entwickelte eroberte formulierte bewies verfasste komponierte malte baute übersetzte
	berechnete`)

// professions are words for what a person is.
var professions = set(`mathematician physicist chemist biologist philosopher writer poet author novelist playwright composer painter sculptor architect
	engineer inventor explorer navigator politician statesman president king queen emperor empress general admiral pope saint priest monk theologian
	economist lawyer judge historian psychologist naturalist geologist astronomer physician doctor nurse scientist leader singer musician actor
	actress director athlete footballer monarch chancellor minister scholar reformer activist revolutionary botanist programmer
	mathematiker mathematikerin physiker physikerin chemiker chemikerin biologe biologin philosoph philosophin schriftsteller schriftstellerin
	dichter dichterin autor autorin komponist komponistin maler malerin bildhauer architekt ingenieur erfinder erfinderin entdecker seefahrer
	politiker politikerin staatsmann präsident könig königin kaiser kaiserin general papst theologe ökonom jurist juristin historiker psychologe
	naturforscher geologe astronom astronomin arzt ärztin wissenschaftler wissenschaftlerin sänger musiker schauspieler schauspielerin kanzler
	reformator mönch herrscher feldherr gelehrter botaniker`)

// unique descriptions belong to one thing, which can be asked for.
var unique = set(`capital largest smallest highest deepest longest shortest fastest first last only oldest youngest biggest nearest hottest coldest founder
	inventor discoverer author symbol currency father mother heaviest lightest brightest richest most least hauptstadt begründer begründerin erfinder
	erfinderin entdecker währung einzige einziger einziges größte größter größtes kleinste höchste höchster tiefste längste kürzeste schnellste
	erste erster erstes letzte älteste jüngste nächste heißeste kälteste schwerste leichteste häufigste bekannteste wichtigste`)
