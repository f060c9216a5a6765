package domain

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSift(t *testing.T) {
	const text = "The Rhine rises in the Alps.\nIt ends in the  North Sea. 🚢 Köln lies on it."
	t.Run("each card says where the text says so, in units of JavaScript", func(t *testing.T) {
		cards, out := Sift(text, []Proposal{
			{Question: " Where does the Rhine rise? ", Answer: "In the Alps.\n", Quote: "The Rhine rises in the Alps."},
			{Question: "Where does it end?", Answer: "In the North Sea.", Quote: "ends in the North Sea"},
			{Question: "What lies on the Rhine?", Answer: "Köln", Quote: "Köln lies on it."},
		}, nil)
		assert.Equal(t, LeftOut{}, out)
		assert.Equal(t, []NoteCard{
			{Question: "Where does the Rhine rise?", Answer: "In the Alps.", Source: Span{0, 28}},
			{Question: "Where does it end?", Answer: "In the North Sea.", Source: Span{32, 54}},
			{Question: "What lies on the Rhine?", Answer: "Köln", Source: Span{59, 75}},
		}, cards)
		assert.Equal(t, "ends in the  North Sea", cards[1].Source.Slice(text))
		assert.Equal(t, "Köln lies on it.", cards[2].Source.Slice(text))
	})
	t.Run("what the text does not say is marked", func(t *testing.T) {
		cards, _ := Sift(text, []Proposal{{Question: "Q", Answer: "A", Quote: "The Danube"}, {Question: "R", Answer: "A"}}, nil)
		assert.True(t, cards[0].Unfounded)
		assert.True(t, cards[1].Unfounded)
		assert.True(t, cards[0].Source.IsZero())
	})
	t.Run("an answer of many words is marked", func(t *testing.T) {
		cards, _ := Sift(text, []Proposal{
			{Question: "Q", Answer: strings.Repeat("ä", LongAnswer), Quote: text}, {Question: "R", Answer: strings.Repeat("ä", LongAnswer+1), Quote: text},
		}, nil)
		assert.False(t, cards[0].Long)
		assert.True(t, cards[1].Long)
	})
	t.Run("what is empty, or asked already, is left out and counted", func(t *testing.T) {
		deck := []CardText{
			{Question: `[{"type":"paragraph","children":[{"text":"Where does "},{"text":"the Rhine","bold":true},{"text":" rise?"}]}]`, Answer: "x"},
		}
		cards, out := Sift(text, []Proposal{
			{Question: "", Answer: "A", Quote: text}, {Question: "Q", Answer: " \n", Quote: text}, {Question: "???", Answer: "A", Quote: text},
			{Question: "where does the  RHINE rise", Answer: "Alps", Quote: text},
			{Question: "What?", Answer: "A", Quote: text}, {Question: "what", Answer: "B", Quote: text},
		}, deck)
		assert.Equal(t, LeftOut{Empty: 2, InText: 1, InDeck: 1}, out)
		assert.Len(t, cards, 2)
	})
	t.Run("languages whose letters carry marks are told apart", func(t *testing.T) {
		cards, out := Sift(text, []Proposal{{Question: "कि?", Answer: "A", Quote: text}, {Question: "की?", Answer: "A", Quote: text}}, nil)
		assert.Len(t, cards, 2)
		assert.Zero(t, out)
	})
}

func TestPlainText(t *testing.T) {
	for text, want := range map[string]string{
		"plain": "plain",
		"":      "",
		`[{"children":[{"text":"a"}]},{"children":[{"children":[{"text":"b"},{"text":"c"}]}]}]`: "a\nbc",
		`[1,2]`:            `[1,2]`,
		`[{"a":1}]`:        `[{"a":1}]`,
		`[unfinished`:      `[unfinished`,
		`{"text":"alone"}`: `{"text":"alone"}`,
	} {
		assert.Equal(t, want, PlainText(text), text)
	}
}

func TestCardsOfANote(t *testing.T) {
	n := Note{Text: "🚢 ship", Cards: []NoteCard{}}
	n.SetCards([]NoteCard{
		{Question: "a", Answer: "b", Source: Span{0, 7}}, {Question: "c", Answer: "d", Source: Span{3, 8}},
		{Question: "e", Answer: "f", Source: Span{-1, 2}}, {Question: "g", Answer: "h", Source: Span{5, 5}},
	}, noon)
	assert.Equal(t, []Span{{0, 7}, {}, {}, {}}, []Span{n.Cards[0].Source, n.Cards[1].Source, n.Cards[2].Source, n.Cards[3].Source})
	assert.True(t, n.Open())
	n.Close(noon)
	assert.False(t, n.Open())
	assert.Empty(t, n.Text)
	assert.Equal(t, []NoteCard{}, n.Cards)

	assert.NoError(t, CheckNoteCards([]NoteCard{{Question: "a", Answer: "b"}}))
	assert.Equal(t, CodeInvalid, CodeOf(CheckNoteCards([]NoteCard{{Question: "a"}})))
	assert.Equal(t, CodeInvalid, CodeOf(CheckNoteCards(make([]NoteCard, MaxNoteCards+1))))
}

// FuzzPlainText: plain text is never longer than what is on the card.
func FuzzPlainText(f *testing.F) {
	f.Add(`[{"children":[{"text":"a"}]}]`)
	f.Add("[")
	f.Add("plain")
	f.Fuzz(func(t *testing.T, text string) {
		if plain := PlainText(text); len(plain) > len(text) {
			t.Fatalf("%q became %q", text, plain)
		}
	})
}

func TestWhatIsNestedDeeplyIsAText(t *testing.T) {
	deep := "[" + strings.Repeat(`{"children":[`, 4000) + `{"text":"x"}` + strings.Repeat("]}", 4000) + "]"
	assert.Equal(t, deep, PlainText(deep))
	list := "[" + strings.Repeat(`{"children":[`, 19) + `{"text":"[[[{{{"}` + strings.Repeat("]}", 19) + "]"
	assert.Equal(t, "[[[{{{", PlainText(list))
}
