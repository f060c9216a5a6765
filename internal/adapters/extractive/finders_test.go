package extractive

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// card is a question and its answer.
type card struct{ question, answer string }

// promise says which cards a text gives.
type promise struct {
	outcome string
	text    string
	cards   []card
}

func keep(t *testing.T, promises []promise) {
	t.Helper()
	for _, p := range promises {
		t.Run(p.outcome, func(t *testing.T) {
			var got []card
			made := generate(t, every(p.text))
			checkCards(t, every(p.text), made)
			for _, proposal := range made.Proposals {
				got = append(got, card{proposal.Question, proposal.Answer})
			}
			assert.Equal(t, p.cards, got)
		})
	}
}

func TestDefinitions(t *testing.T) {
	keep(t, []promise{
		{"X is a", "Photosynthesis is the process by which plants make sugar.", []card{{"What is photosynthesis?", "the process by which plants make sugar"}}},
		{"X are", "Enzymes are proteins that speed up reactions.", []card{{"What are Enzymes?", "proteins that speed up reactions"}}},
		{"adjectives define nothing", "Leaves are green in the summer of the year.", nil},
		{"somebody is asked for with who", "Ada Lovelace was an English mathematician of the 19th century.", []card{{"Who was Ada Lovelace?", "an English mathematician of the 19th century"}}},
		{"what is unique is asked for", "Jupiter is the largest planet in the Solar System.", []card{{"What is the largest planet in the Solar System?", "Jupiter"}}},
		{"the N of X", "The capital of France is Paris, and it is large.", []card{{"What is the capital of France?", "Paris, and it is large"}}},
		{"X refers to", "Inertia refers to the resistance of a body to a change of its motion.", []card{{"What does Inertia refer to?", "the resistance of a body to a change of its motion"}}},
		{"X is called", "The boundary of a cell is called the membrane.", []card{{"What is the boundary of a cell called?", "the membrane"}}},
		{"a pronoun defines nothing", "It is a process of the cell. This is the reason for the name.", nil},
		{"what was mentioned before defines nothing", "The reason is a lack of water in the soil.", nil},
		{"no adverb is defined", "There is a house at the end of the road.", nil},
		{"X ist ein", "Die Photosynthese ist ein Vorgang in den Blättern der Pflanze.", []card{{"Was ist die Photosynthese?", "ein Vorgang in den Blättern der Pflanze"}}},
		{"X sind", "Prokaryoten sind Lebewesen ohne Zellkern und mit einer Zelle.", []card{{"Was sind Prokaryoten?", "Lebewesen ohne Zellkern und mit einer Zelle"}}},
		{"unter X versteht man", "Unter Osmose versteht man die Diffusion durch eine Membran.", []card{{"Was versteht man unter Osmose?", "die Diffusion durch eine Membran"}}},
		{"als X bezeichnet man", "Als Delta bezeichnet man eine Mündung mit vielen Armen.", []card{{"Was bezeichnet man als Delta?", "eine Mündung mit vielen Armen"}}},
		{"X bezeichnet", "Die Mitose bezeichnet die Teilung des Zellkerns in der Zelle.", []card{{"Was bezeichnet die Mitose?", "die Teilung des Zellkerns in der Zelle"}}},
		{"X wird Y genannt", "Die Teilung des Zellkerns wird auch Mitose genannt.", []card{{"Wie wird die Teilung des Zellkerns genannt?", "Mitose"}}},
		{"wer war", "Immanuel Kant war ein deutscher Philosoph aus der Stadt Königsberg.", []card{{"Wer war Immanuel Kant?", "ein deutscher Philosoph aus der Stadt Königsberg"}}},
		{"German pronouns define nothing", "Sie ist die Teilung des Kerns. Das ist ein Vorgang in der Zelle.", nil},
		{"a compound tense defines nothing", "Die Gruppe ist der Partei am Ende des Jahres beigetreten.", nil},
	})
}

func TestAbbreviations(t *testing.T) {
	keep(t, []promise{
		{"stand for what is before them", "The World Health Organization (WHO) has its seat in Geneva.", []card{{"What does “WHO” stand for?", "World Health Organization"}}},
		{"in German, too", "Das Bürgerliche Gesetzbuch (BGB) regelt die Verträge und die Ehe.", []card{{"Wofür steht „BGB“?", "Bürgerliche Gesetzbuch"}}},
		{"in any language", "Organización Mundial (OM) tiene sede aquí.", []card{{"OM = ?", "Organización Mundial"}}},
		{"do not stand for other letters", "The newspaper of the town (WHO) came out in the morning.", nil},
	})
}

func TestQuestionsWithAnswers(t *testing.T) {
	keep(t, []promise{
		{"in lines", "Q: Who am I?\nA: Nobody.", []card{{"Who am I?", "Nobody"}}},
		{"in lines of German", "Frage: Wer bin ich?\nAntwort: Niemand.", []card{{"Wer bin ich?", "Niemand"}}},
		{"in one line", "Frage: Wer bin ich? Antwort: Niemand.", []card{{"Wer bin ich?", "Niemand"}}},
		{"over an empty line", "Q: Who am I?\n\nA: Nobody.", []card{{"Who am I?", "Nobody"}}},
		{"in bold", "**Q:** Who am I?\n**A:** Nobody.", []card{{"Who am I?", "Nobody"}}},
		{"in numbered items", "1. What is ice? Frozen water.\n2. What is steam? Water as a gas.", []card{{"What is ice?", "Frozen water"}, {"What is steam?", "Water as a gas"}}},
		{"a heading and a line", "# What is ice?\n\nFrozen water.", []card{{"What is ice?", "Frozen water"}}},
		{"no answer, no card", "Q: Who am I?", nil},
		{"an answer that the question gives away is left out", "Q: Is it red or blue?\nA: red", nil},
	})
}

func TestTerms(t *testing.T) {
	keep(t, []promise{
		{"with a colon", "Osmosis: the movement of water through a membrane", []card{{"What is meant by “Osmosis”?", "the movement of water through a membrane"}}},
		{"with a dash, as words of two languages", "la casa – das Haus\nel perro – der kleine Hund", []card{{"Was bedeutet „la casa“?", "das Haus"}, {"Was bedeutet „el perro“?", "der kleine Hund"}}},
		{"properties of what the heading names", "# France\n\nCapital: Paris\nCurrency: Euro", []card{{"France – Capital?", "Paris"}, {"France – Currency?", "Euro"}}},
		{"properties of nothing are left out", "Capital: Paris\nCurrency: Euro", nil},
		{"people who speak define nothing", "Anna: Hello there, my friend\nBen: Hi\nAnna: How is it going today", nil},
		{"rows of a table", "| Force | Unit |\n|---|---|\n| Weight | newton |\n| Work | joule |", []card{{"Weight – Unit?", "newton"}, {"Work – Unit?", "joule"}}},
		{"notes are no terms", "Note: the movement of water through a membrane", nil},
	})
}

func TestLists(t *testing.T) {
	keep(t, []promise{
		{"are one card", "# Matter\n\nStates of matter:\n- solid\n- liquid\n- gas\n", []card{{"States of matter: which 3 points?", "solid; liquid; gas"}}},
		{"under a heading", "# The states of the matter\n\n- a solid\n- a liquid\n", []card{{"The states of the matter: which 2 points?", "a solid; a liquid"}}},
		{"a sentence that introduces them", "The kidney has two tasks:\n- filter the blood\n- keep the pressure", []card{{"The kidney has two tasks. Which 2?", "filter the blood; keep the pressure"}}},
		{"that end a sentence", "The two states of the matter are:\n1. solid\n2. liquid", []card{{"What are the two states of the matter?", "solid; liquid"}}},
		{"in German", "Die Niere hat zwei Aufgaben:\n- das Blut filtern\n- den Druck halten", []card{{"Die Niere hat zwei Aufgaben. Welche 2?", "das Blut filtern; den Druck halten"}}},
		{"about nothing are left out", "- solid\n- liquid\n", nil},
		{"that are long ask for each place", "# Rainbow\n\n- red\n- orange\n- yellow\n- green\n- blue\n- indigo\n- violet\n- black\n", []card{
			{"Rainbow: [...], orange, yellow", "red"}, {"Rainbow: red, [...], yellow, green", "orange"}, {"Rainbow: red, orange, [...], green, blue", "yellow"},
			{"Rainbow: orange, yellow, [...], blue, indigo", "green"}, {"Rainbow: yellow, green, [...], indigo, violet", "blue"},
			{"Rainbow: green, blue, [...], violet, black", "indigo"}, {"Rainbow: blue, indigo, [...], black", "violet"}, {"Rainbow: indigo, violet, [...]", "black"},
		}},
	})
}

func TestCauses(t *testing.T) {
	keep(t, []promise{
		{"because", "The sky is blue because the air scatters short waves.", []card{{"Why is the sky blue?", "because the air scatters short waves"}}},
		{"because, without a verb to turn", "Leaves look green because they reflect the light.", []card{{"Leaves look green. Why?", "because they reflect the light"}}},
		{"leads to", "Drought leads to the closure of the stomata.", []card{{"What does Drought lead to?", "the closure of the stomata"}}},
		{"weil", "Der Himmel ist blau, weil die Luft kurze Wellen streut.", []card{{"Warum ist der Himmel blau?", "weil die Luft kurze Wellen streut"}}},
		{"weil, first", "Weil die Luft kurze Wellen streut, ist der Himmel blau.", []card{{"Warum ist der Himmel blau?", "Weil die Luft kurze Wellen streut"}}},
		{"führt zu", "Die Dürre führt zu einem Mangel an Wasser.", []card{{"Wozu führt die Dürre?", "zu einem Mangel an Wasser"}}},
		{"a pronoun has no cause", "They left because of the rain in the night.", nil},
	})
}

func TestDatesAndPeople(t *testing.T) {
	keep(t, []promise{
		{"a year first", "In 1815 Napoleon was defeated at Waterloo.", []card{{"In which year was Napoleon defeated at Waterloo?", "1815"}}},
		{"a day", "The war was ended by a treaty on 14 July 1789.", []card{{"When was the war ended by a treaty?", "14 July 1789"}}},
		{"somebody and a year", "Alexander Fleming discovered the penicillin in 1928.", []card{{"Who discovered the penicillin in 1928?", "Alexander Fleming"}, {"In which year did Alexander Fleming discover the penicillin?", "1928"}}},
		{"a passive", "The steam engine was developed by James Watt.", []card{{"Who developed the steam engine?", "James Watt"}}},
		{"a gap where nothing else is sure", "Trade with the east, which had been slow, grew again in 1820.", []card{{"Trade with the east, which had been slow, grew again in [...]. (year)", "1820"}}},
		{"im Jahr", "Im Jahr 1815 wurde Napoleon bei Waterloo besiegt.", []card{{"In welchem Jahr wurde Napoleon bei Waterloo besiegt?", "1815"}}},
		{"a German day", "Der Kanal wurde am 25. September 1992 eröffnet.", []card{{"Wann wurde der Kanal eröffnet?", "25. September 1992"}}},
		{"von wem", "Die Presse wurde von Friedrich Koenig erfunden.", []card{{"Von wem wurde die Presse erfunden?", "Friedrich Koenig"}}},
		{"lives", "Ada Lovelace (1815–1852) was a mathematician from the city of London.", []card{
			{"Who was Ada Lovelace?", "a mathematician from the city of London"}, {"When was Ada Lovelace born?", "1815"}, {"When did Ada Lovelace die?", "1852"},
		}},
		{"who is meant stands in front", "Marie Curie was a physicist from the city of Warsaw. She was born in 1867.", []card{
			{"Who was Marie Curie?", "a physicist from the city of Warsaw"}, {"Marie Curie: In which year was she born?", "1867"},
		}},
		{"who is meant is unknown", "She was born in 1867.", nil},
		{"in a language that is not known", "La ville fut prise en 1815 par ses ennemis.", []card{{"La ville fut prise en [...] par ses ennemis.", "1815"}}},
	})
}

func TestNumbers(t *testing.T) {
	keep(t, []promise{
		{"with a unit", "Water boils at 100 °C at the level of the sea.", []card{{"Water boils at [...] °C at the level of the sea.", "100 °C"}}},
		{"that count", "The human body has 206 bones.", []card{{"The human body has [...] bones.", "206 bones"}}},
		{"below zero", "Absolute cold lies at −273.15 °C for all of the bodies.", []card{{"Absolute cold lies at [...] °C for all of the bodies.", "−273.15 °C"}}},
		{"from one to another", "Crops convert 1 to 2 % of the light.", []card{{"Crops convert [...] % of the light.", "1 to 2 %"}}},
		{"in German", "Der Mensch hat 46 Chromosomen in der Zelle.", []card{{"Der Mensch hat [...] Chromosomen in der Zelle.", "46 Chromosomen"}}},
		{"of pages and paragraphs are left out", "The map is shown in figure 12 of the book. Es gilt § 433 BGB.", nil},
		{"of a paragraph are no measure", "The rule of section 14 days is void in the law.", nil},
		{"of what is pointed at are left out", "The town built 206 houses in this year of the king.", nil},
		{"of somebody who speaks are left out", "I have 206 bones in my body.", nil},
	})
}

func TestEmphasisBecomesAGap(t *testing.T) {
	keep(t, []promise{
		{"bold", "Plants store the energy as **starch** in the roots.", []card{{"Plants store the energy as [...] in the roots.", "starch"}}},
		{"code is left out", "```\nA thread is a unit of execution.\n```\n", nil},
	})
}
