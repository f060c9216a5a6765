package openai

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func textsOf(parts []part) []string {
	var all []string
	for _, p := range parts {
		all = append(all, p.text)
	}
	return all
}

func TestPartsOf(t *testing.T) {
	for _, c := range []struct {
		outcome, text string
		limit         int
		want          []string
	}{
		{"a short text is one part", "One. Two.\n\nThree.", 100, []string{"One. Two.\n\nThree."}},
		{"a blank text has no parts", " \n\n\t ", 100, nil},
		{"paragraphs stay whole", "Alpha beta.\n\nGamma delta.\n\nEpsilon.", 10, []string{"Alpha beta.\n\n", "Gamma delta.\n\n", "Epsilon."}},
		{"paragraphs that fit together stay together", "Alpha.\n\nBeta.\n\nGamma delta epsilon.", 13, []string{"Alpha.\n\nBeta.\n\n", "Gamma delta epsilon."}},
		{"a heading stays with what it is above", "Alpha beta gamma.\n\nDelta\n\nEpsilon zeta eta.", 16, []string{"Alpha beta gamma.\n\n", "Delta\n\nEpsilon zeta eta."}},
		{"a long paragraph is cut between sentences", "Alpha beta gamma. Delta epsilon zeta. Eta theta.", 9,
			[]string{"Alpha beta gamma. ", "Delta epsilon zeta. ", "Eta theta."}},
		{"a line end within a sentence is no place to cut", "Alpha beta gamma delta. Epsilon zeta\neta theta iota kappa.", 16,
			[]string{"Alpha beta gamma delta. ", "Epsilon zeta\neta theta iota kappa."}},
		{"an abbreviation ends no sentence", "Alpha beta gamma delta. It was Dr. Epsilon who came.", 15,
			[]string{"Alpha beta gamma delta. ", "It was Dr. Epsilon who came."}},
		{"an ordinal ends no sentence", "Alpha beta gamma delta. Am 3. Oktober war es soweit.", 15,
			[]string{"Alpha beta gamma delta. ", "Am 3. Oktober war es soweit."}},
		{"letters with full stops between them end no sentence", "Alpha beta gamma delta. The U.S.A. Congress came.", 17,
			[]string{"Alpha beta gamma delta. ", "The U.S.A. Congress came."}},
		{"lines without full stops are cut between lines", "alpha: beta gamma\ndelta: epsilon zeta\neta: theta iota", 10,
			[]string{"alpha: beta gamma\n", "delta: epsilon zeta\n", "eta: theta iota"}},
		{"a sentence that is too long is cut between words", "alpha beta gamma delta epsilon zeta", 6, []string{"alpha beta ", "gamma delta ", "epsilon zeta"}},
		{"a word that is too long is cut between characters", strings.Repeat("ä", 5), 3, []string{"ää", "ää", "ä"}},
		{"Windows line ends separate paragraphs, too", "Alpha beta.\r\n\r\nGamma delta.", 9, []string{"Alpha beta.\r\n\r\n", "Gamma delta."}},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			assert.Equal(t, c.want, textsOf(partsOf(c.text, c.limit)))
		})
	}
	t.Run("the parts make up the text, none is over the limit and each knows its byte", func(t *testing.T) {
		text := strings.Repeat("Über den Fluß führt eine Brücke. 橋の上。 مرحبا بالعالم! 👩‍🚀 flies (very) far.\n\n", 300) + strings.Repeat("x", 5000) + "."
		parts := partsOf(text, 150)
		require.Greater(t, len(parts), 10)
		assert.Equal(t, text, strings.Join(textsOf(parts), ""))
		for _, p := range parts {
			assert.LessOrEqual(t, weight(p.text), 1500)
			assert.True(t, utf8.ValidString(p.text))
			assert.Equal(t, p.text, text[p.at:p.at+len(p.text)])
		}
	})
	t.Run("text that is not UTF-8 is cut, too", func(t *testing.T) {
		text := strings.Repeat("\xff\xfe", 500)
		assert.Equal(t, text, strings.Join(textsOf(partsOf(text, 100)), ""))
	})
}

// What OpenAI's vocabulary cl100k_base makes of these, counted with tiktoken; newer vocabularies make less.
func TestTokensAreNotUnderestimated(t *testing.T) {
	for _, c := range []struct {
		text    string
		counted int
	}{
		{"The mitochondrion is an organelle that generates most of the chemical energy that a cell needs.", 21},
		{"Die Donaudampfschifffahrtsgesellschaft wurde 1829 in Wien gegründet und war einst die größte Binnenreederei der Welt.", 38},
		{"La fotosíntesis convierte la energía de la luz en energía química; así crecen las plantas.", 27},
		{"Москва является столицей России и крупнейшим городом страны.", 33},
		{"Η Αθήνα είναι η πρωτεύουσα της Ελλάδας.", 36},
		{"القاهرة هي عاصمة مصر وأكبر مدنها.", 26},
		{"東京は日本の首都であり、世界最大級の都市圏を形成している。", 31},
		{"北京是中华人民共和国的首都，也是全国的政治中心。", 23},
		{"서울은 대한민국의 수도이자 최대 도시이다.", 23},
		{"दिल्ली भारत की राजधानी है और एक बड़ा महानगर है।", 51},
		{"👩\u200d🚀 🚀 😀 👍🏽", 17},
		{"func main() { fmt.Println(\"hello\", 42, []int{1, 2, 3}) }", 24},
		{"On 14 July 1789, 954 people stormed the Bastille (see p. 1,234-56).", 26},
		{"Hydroxychloroquine and acetylsalicylic acid inhibit phosphodiesterase.", 20},
	} {
		t.Run(c.text, func(t *testing.T) {
			assert.GreaterOrEqual(t, weight(c.text), 10*c.counted)
			assert.LessOrEqual(t, weight(c.text), 30*c.counted, "nor by far overestimated")
		})
	}
}
