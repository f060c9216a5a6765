package domain

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSearchTerms(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		" \n.,;-–—…!?()[]{}<>|&*%$'\"":  "",
		"The cell, and the CELL.":       "the cell and",
		"Éclair e\u0301clair ECLAIR":    "eclair",
		"Straße STRASSE ẞ":              "strasse ss",
		"ÄÖÜ äöü":                       "aou",
		"İstanbul ıstanbul":             "istanbul ıstanbul",
		"Ёлка ЁЛКА":                     "елка",
		"don't":                         "don t",
		"C++ C# 3.14 x²":                "c 3 14 x2",
		"ﬁne ｆｕｌｌ １２":                   "fine full 12",
		"cells cities glass bus the us": "cell city glass bus the us",
		"東京都":                           "東京 京都",
		"東":                             "東",
		"東京tower京都":                     "東京 tower 京都",
		"コンピューター":                       "コン ンヒ ヒュ ュー ータ ター",
		"שָׁלוֹם":                       "שלום",
		"👩‍👩‍👧 a":                       "a",
		"a_b":                           "a b",
		"\u202eabc\u202c":               "abc",
		"a\xffb":                        "a b",
	} {
		assert.Equal(t, strings.Fields(want), SearchTerms(text), "%q", text)
	}
	t.Run("of Slate it is what is shown", func(t *testing.T) {
		slate := `[{"type":"paragraph","children":[{"text":"pow"},{"text":"er","bold":true}]},{"type":"list","children":[{"text":"house"}]}]`
		assert.Equal(t, []string{"power", "house"}, SearchTerms(slate))
		assert.Equal(t, []string{"type", "paragraph"}, SearchTerms(`[{"type":"paragraph"}]`), "what is no Slate is a text")
	})
	t.Run("of several texts each word once, in order", func(t *testing.T) {
		assert.Equal(t, []string{"b", "a", "c"}, SearchTerms("b a", "a c", "", "B"))
		assert.Equal(t, []string{}, SearchTerms())
	})
	t.Run("there are so many at most", func(t *testing.T) {
		var text strings.Builder
		for n := range MaxTerms + 10 {
			fmt.Fprintf(&text, "w%d w%d ", n, n)
		}
		terms := SearchTerms("first", text.String())
		require.Len(t, terms, MaxTerms)
		assert.Equal(t, []string{"first", "w0", "w1"}, terms[:3])
		assert.Equal(t, fmt.Sprint("w", MaxTerms-2), terms[MaxTerms-1])
	})
	t.Run("long ones are cut at characters", func(t *testing.T) {
		assert.Equal(t, []string{strings.Repeat("я", maxTerm)}, SearchTerms(strings.Repeat("я", 1000)))
	})
}

func wordsOfQuery(q SearchQuery) []string {
	words := []string{}
	for _, word := range q.Words {
		if word.Prefix {
			word.Text += "*"
		}
		words = append(words, word.Text)
	}
	return words
}

func TestParseSearch(t *testing.T) {
	for query, want := range map[string]string{
		"mitochondria": "mitochondria", "What is the powerhouse of the cell?": "powerhouse cell", "what is the": "what is the",
		"der die das": "der die das", "für Elise": "elise", `"a b" OR c* NOT (d)`: "b c not d", "Zellen zellen ZELLEN": "zellen", "東京": "東京",
		strings.Repeat("word ", 200): "word",
	} {
		got, err := ParseSearch(query)
		require.NoError(t, err, query)
		assert.Equal(t, strings.Fields(want), wordsOfQuery(got), "%q", query)
		assert.False(t, got.Any)
	}
	t.Run("so many words count", func(t *testing.T) {
		var query strings.Builder
		for n := range 50 {
			fmt.Fprintf(&query, "w%d ", n)
		}
		got, err := ParseSearch(query.String())
		require.NoError(t, err)
		assert.Len(t, got.Words, maxSearchWords)
		assert.Equal(t, "w0", got.Words[0].Text)
	})
	t.Run("it may be long in characters", func(t *testing.T) {
		_, err := ParseSearch(strings.Repeat("я", maxSearch))
		assert.NoError(t, err)
	})
	for _, query := range []string{"", " ", "?!", "\"", "👩‍👩‍👧", "\u0301", strings.Repeat("я", maxSearch+1)} {
		_, err := ParseSearch(query)
		var problem *Error
		require.ErrorAs(t, err, &problem, "%q", query)
		assert.Equal(t, CodeInvalid, problem.Code)
		require.Len(t, problem.Fields, 1)
		assert.Equal(t, "query", problem.Fields[0].Field)
	}
}

func TestASearchThatFindsNothingIsWidened(t *testing.T) {
	query, err := ParseSearch("photo of cat 東")
	require.NoError(t, err)
	assert.Equal(t, []string{"photo", "cat", "東"}, wordsOfQuery(query))
	wider, ok := query.Wider()
	require.True(t, ok)
	assert.Equal(t, []string{"photo*", "cat", "東*"}, wordsOfQuery(wider), "short words mean only themselves")
	assert.False(t, wider.Any)
	assert.Equal(t, []string{"photo", "cat", "東"}, wordsOfQuery(query), "the query stays as it is")
	widest, ok := wider.Wider()
	require.True(t, ok)
	assert.Equal(t, wider.Words, widest.Words)
	assert.True(t, widest.Any)
	_, ok = widest.Wider()
	assert.False(t, ok, "there is nothing wider")
	_, ok = SearchQuery{Words: []SearchWord{{Text: "cat"}}}.Wider()
	assert.False(t, ok, "one short word cannot be widened")
}

func TestASearchWordMatches(t *testing.T) {
	assert.True(t, SearchWord{Text: "photo"}.Matches("photo"))
	assert.False(t, SearchWord{Text: "photo"}.Matches("photon"))
	assert.True(t, SearchWord{Text: "photo", Prefix: true}.Matches("photon"))
	assert.True(t, SearchWord{Text: "photo", Prefix: true}.Matches("photo"))
	assert.False(t, SearchWord{Text: "photo", Prefix: true}.Matches("telephoto"))
	assert.False(t, SearchWord{Text: "photo", Prefix: true}.Matches("phot"))
}

func TestRankCards(t *testing.T) {
	now := time.UnixMilli(1_772_000_000_123).UTC()
	texts := []string{"alphabet", "gamma", "alpha and more", "alpha", "alpha beta", "alphas betas and many other words", "beta"}
	cards := make([]Card, len(texts))
	for i, text := range texts {
		cards[i] = Card{ID: CardID(rune('a' + i)), Question: text, CreatedAt: now.Add(time.Duration(i) * time.Second)}
	}
	RankCards(SearchQuery{Words: []SearchWord{{Text: "alpha", Prefix: true}, {Text: "beta"}}, Any: true}, cards)
	order := []string{}
	for _, card := range cards {
		order = append(order, card.Question)
	}
	assert.Equal(t, []string{
		"alpha beta", "alphas betas and many other words", "beta", "alpha", "alpha and more", "alphabet", "gamma",
	}, order, "more words, then words as they are, then shorter ones, then newer ones")
}
