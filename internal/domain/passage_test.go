package domain

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func queryOf(t *testing.T, text string) SearchQuery {
	t.Helper()
	query, err := ParseSearch(text)
	require.NoError(t, err)
	return query
}

func quoted(passages []Passage) []string {
	texts := []string{}
	for _, passage := range passages {
		texts = append(texts, passage.Text)
	}
	return texts
}

func TestBestPassages(t *testing.T) {
	query := queryOf(t, "water boiling temperature")
	t.Run("the best come first, each with where it is from", func(t *testing.T) {
		got := BestPassages(query, []SearchText{
			{Kind: SearchCards, ID: "c1", Text: "Water is wet. Iron melts at a high temperature."},
			{Kind: SearchContents, ID: "d1", Text: "Nothing here.\nThe boiling temperature of water is 100 °C. Water freezes too."},
		}, 10)
		require.Equal(t, []string{
			"The boiling temperature of water is 100 °C.", "Water is wet.", "Water freezes too.", "Iron melts at a high temperature.",
		}, quoted(got))
		assert.Equal(t, SearchContents, got[0].Kind)
		assert.Equal(t, "d1", got[0].ID)
		assert.Equal(t, "c1", got[1].ID)
	})
	t.Run("of one text there are two at most, and so many in all", func(t *testing.T) {
		texts := []SearchText{}
		for n := range 5 {
			texts = append(texts, SearchText{ID: fmt.Sprint(n), Text: strings.Repeat("Water can be found here.\n", 5)})
		}
		got := BestPassages(query, texts, 100)
		require.Len(t, got, 10)
		count := map[string]int{}
		for _, passage := range got {
			count[passage.ID]++
		}
		for id, n := range count {
			assert.Equal(t, 2, n, id)
		}
		assert.Len(t, BestPassages(query, texts, 3), 3)
		assert.Equal(t, []string{"0", "0", "1"}, []string{got[0].ID, got[1].ID, got[2].ID}, "those that come first win")
	})
	t.Run("the words of a title count, and it is not quoted", func(t *testing.T) {
		got := BestPassages(query, []SearchText{{ID: "a", Text: "It holds water."}, {ID: "b", Title: "Boiling water", Text: "It holds water."}}, 10)
		require.Len(t, got, 2)
		assert.Equal(t, "b", got[0].ID)
		assert.Empty(t, BestPassages(query, []SearchText{{Title: "Water", Text: "Nothing."}}, 10))
	})
	t.Run("a word that comes often counts once", func(t *testing.T) {
		got := BestPassages(query, []SearchText{{Text: "Water water water water water.\nBoiling water."}}, 10)
		assert.Equal(t, "Boiling water.", got[0].Text)
	})
	t.Run("words are found as they are searched, longer ones too", func(t *testing.T) {
		wider, ok := queryOf(t, "éclair photo").Wider()
		require.True(t, ok)
		assert.Equal(t, []string{"Photons and ECLAIRS."}, quoted(BestPassages(wider, []SearchText{{Text: "Photons and ECLAIRS."}}, 10)))
	})
	t.Run("nothing gives nothing", func(t *testing.T) {
		assert.Empty(t, BestPassages(query, nil, 10))
		assert.Empty(t, BestPassages(query, []SearchText{{Text: ""}, {Text: "Stone."}}, 10))
		assert.Empty(t, BestPassages(query, []SearchText{{Text: "Water."}}, 0))
	})
	t.Run("of Slate it is what is shown", func(t *testing.T) {
		got := BestPassages(query, []SearchText{{Text: `[{"children":[{"text":"Wat"},{"text":"er is wet."}]},{"children":[{"text":"Stone."}]}]`}}, 10)
		assert.Equal(t, []string{"Water is wet."}, quoted(got))
	})
	t.Run("white space does not count", func(t *testing.T) {
		assert.Equal(t, []string{"Water is wet."}, quoted(BestPassages(query, []SearchText{{Text: "\n\n Water \t is\u00a0 wet. \r\n"}}, 10)))
	})
	t.Run("sentences of scripts without spaces end too", func(t *testing.T) {
		got := BestPassages(queryOf(t, "京都"), []SearchText{{Text: "私は東京から新幹線で来た友人と話した。京都に行く。"}}, 10)
		assert.Equal(t, []string{"京都に行く。"}, quoted(got))
	})
}

func TestAPassageIsClipped(t *testing.T) {
	for outcome, c := range map[string]struct{ text, want string }{
		"not when it just fits":         {"water " + strings.Repeat("ä", maxPassage-6), "water " + strings.Repeat("ä", maxPassage-6)},
		"at a space":                    {"water " + strings.Repeat("äöüß ", 100), ""},
		"in a word that is very long":   {"water " + strings.Repeat("\U0001f600", 500), "water " + strings.Repeat("\U0001f600", maxPassage-7) + "…"},
		"at a space that is not so far": {"water " + strings.Repeat("a", 200) + " " + strings.Repeat("b", 200), "water " + strings.Repeat("a", 200) + "…"},
	} {
		t.Run(outcome, func(t *testing.T) {
			got := BestPassages(queryOf(t, "water"), []SearchText{{Text: c.text}}, 1)
			require.Len(t, got, 1)
			assert.LessOrEqual(t, utf8.RuneCountInString(got[0].Text), maxPassage)
			assert.True(t, utf8.ValidString(got[0].Text))
			if c.want != "" {
				assert.Equal(t, c.want, got[0].Text)
				return
			}
			assert.True(t, strings.HasSuffix(got[0].Text, " äöüß…"))
		})
	}
}
