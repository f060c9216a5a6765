package extractive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSentencesEndWhereTheyEnd(t *testing.T) {
	for _, sentence := range []string{
		"Dr. Smith met Mr. Jones at 5 p.m. on Monday.", "J. R. R. Tolkien wrote it.", "He lived in the U.S. until 1945.", "See Fig. 3 and No. 5 of Vol. 2.",
		"Plants, e.g. Moss, grow.", "It weighs approx. 3.5 kg.", "Acme Inc. Holdings is large.", "George W. Bush was president.", "St. Peter's is in Rome.",
		`"Who is there?" he asked.`, "He took vitamin C.", "It ended at 5 p.m.",
		"Dr. Müller und Prof. Maier kamen am 3. Oktober 1990.", "Im 19. Jahrhundert lebten z. B. Goethe und Heine.", "Friedrich II. von Preußen starb 1786.",
		"Er wog ca. 80 kg bzw. Mehr.", "Nach § 3 Abs. 2 Nr. 4 BGB gilt das.", "Caesar starb 44 v. Chr. in Rom.", "Berlin, 3. Oktober 1990.", "Der 2. Weltkrieg begann 1939.",
		"Das sind d. h. Alle Bürger.", "Johann S. Bach lebte in Leipzig.", "Das Gesetz vom 23. Mai gilt u. a. Hier.", "Sie schaffte 1.100 Bogen pro Stunde.",
		"A line that\nis broken ends\r\nnowhere else.", "القاهرة هي عاصمة مصر.", "ירושלים היא עיר הבירה.",
	} {
		t.Run(sentence, func(t *testing.T) {
			for _, next := range []string{"The next one follows.", "Der nächste folgt.", "1886 erfand er etwas."} {
				var got []string
				paragraph := sentence + " " + next
				for _, bounds := range sentencesOf(paragraph) {
					got = append(got, strings.TrimSpace(paragraph[bounds[0]:bounds[1]]))
				}
				assert.Equal(t, []string{sentence, next}, got)
			}
		})
	}
}

func TestTheLanguageIsGuessedByFunctionWords(t *testing.T) {
	for text, want := range map[string]language{
		"The heart is a muscle of the body.": english, "Das Herz ist ein Muskel des Körpers.": german, "Le cœur est un muscle creux.": otherLanguage,
		"ירושלים היא עיר הבירה": otherLanguage, "": otherLanguage, "Photosynthese": otherLanguage,
	} {
		assert.Equal(t, want, languageOf(wordsOf(text)), text)
	}
}
