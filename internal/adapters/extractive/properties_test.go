package extractive

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const texts = "../../../test/testdata/texts"

// every is the request for all cards of a text.
func every(text string) domain.GenerationRequest {
	return domain.GenerationRequest{Text: text, Max: domain.MaxNoteCards}
}

func generate(t testing.TB, request domain.GenerationRequest) domain.Generated {
	t.Helper()
	made, err := New().Generate(context.Background(), request)
	require.NoError(t, err)
	return made
}

// checkCards holds cards against what is promised of all of them.
func checkCards(t testing.TB, request domain.GenerationRequest, made domain.Generated) {
	t.Helper()
	if made.By != Name {
		t.Fatalf("made by %q", made.By)
	}
	if len(made.Proposals) > max(request.Max, 0) || request.Single && len(made.Proposals) > 1 {
		t.Fatalf("%d cards are too many", len(made.Proposals))
	}
	seen, last := map[string]bool{}, 0
	for _, p := range made.Proposals {
		question, answer := plain(p.Question), plain(p.Answer)
		switch {
		case question == "" || answer == "":
			t.Fatalf("empty: %q, %q", p.Question, p.Answer)
		case seen[question]:
			t.Fatalf("twice: %q", p.Question)
		case strings.Contains(" "+question+" ", " "+answer+" "):
			t.Fatalf("%q gives %q away", p.Question, p.Answer)
		case utf8.RuneCountInString(p.Question) > maxQuestion:
			t.Fatalf("%q is too long", p.Question)
		case !strings.HasPrefix(request.Text[p.After:], p.Quote) || strings.TrimSpace(p.Quote) == "":
			t.Fatalf("%q does not stand at %d", p.Quote, p.After)
		case p.After < last:
			t.Fatalf("%q is out of order", p.Question)
		}
		seen[question], last = true, p.After
		span, ok := domain.Locate(request.Text, p.Quote, p.After)
		if !ok {
			t.Fatalf("%q is not found", p.Quote)
		}
		if utf8.ValidString(request.Text) && span.Slice(request.Text) != strings.TrimSpace(p.Quote) {
			t.Fatalf("%q is found as %q", p.Quote, span.Slice(request.Text))
		}
	}
}

func TestCardsOfTexts(t *testing.T) {
	// At least so many cards are in these texts; the others hold nothing to ask.
	least := map[string]int{
		"biology-en.txt": 18, "encyclopedia-de.txt": 9, "encyclopedia-en.txt": 13, "hebrew.txt": 6, "history-de.txt": 11, "history-en.txt": 10,
		"law-de.txt": 8, "law-en.txt": 9, "lecture-notes-de.md": 12, "lecture-notes-en.md": 12, "news-en.txt": 3, "physics-en.md": 20,
		"questions.txt": 11, "recipe-en.md": 5, "vocabulary.txt": 14, "prose-de.txt": 1,
	}
	files, err := filepath.Glob(filepath.Join(texts, "*"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 21, "20 texts and what they are")
	for _, file := range files {
		name := filepath.Base(file)
		if name == "README.md" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			made := generate(t, every(string(text)))
			checkCards(t, every(string(text)), made)
			asked, answered := 0, 0
			for _, p := range made.Proposals {
				asked += utf8.RuneCountInString(p.Question)
				answered += utf8.RuneCountInString(p.Answer)
				assert.LessOrEqual(t, utf8.RuneCountInString(p.Answer), domain.LongAnswer, p.Answer)
			}
			count := len(made.Proposals)
			t.Logf("%d cards, questions of %d and answers of %d characters", count, asked/max(count, 1), answered/max(count, 1))
			if least[name] == 0 {
				assert.Empty(t, made.Proposals)
				assert.Equal(t, []string{"Nothing in the text could be made a card."}, made.Remarks)
				return
			}
			assert.GreaterOrEqual(t, count, least[name])
		})
	}
}

func TestGenerate(t *testing.T) {
	text := "Osmosis is the movement of water through a membrane.\n\nThe human body has 206 bones.\n\nQ: What is a cell?\nA: The unit of life.\n"
	t.Run("of too many, the best ranks are kept, in the order of the text", func(t *testing.T) {
		made := generate(t, domain.GenerationRequest{Text: text, Max: 2})
		require.Len(t, made.Proposals, 2)
		assert.Equal(t, "What is osmosis?", made.Proposals[0].Question)
		assert.Equal(t, "What is a cell?", made.Proposals[1].Question)
		assert.Equal(t, []string{"Of 3 cards that could be made, the 2 best ones were."}, made.Remarks)
	})
	t.Run("the single card is the best one", func(t *testing.T) {
		made := generate(t, domain.GenerationRequest{Text: text, Single: true, Max: 100})
		require.Len(t, made.Proposals, 1)
		assert.Equal(t, "What is a cell?", made.Proposals[0].Question)
		assert.Empty(t, made.Remarks)
	})
	t.Run("a text without a fact has a single card with a gap for its most specific word", func(t *testing.T) {
		request := domain.GenerationRequest{Text: "The old man went slowly towards the harbour of Heiligenhafen.", Single: true, Max: 1}
		made := generate(t, request)
		checkCards(t, request, made)
		require.Len(t, made.Proposals, 1)
		assert.Equal(t, "The old man went slowly towards the harbour of [...].", made.Proposals[0].Question)
		assert.Equal(t, "Heiligenhafen", made.Proposals[0].Answer)
	})
	t.Run("no card may be made at most", func(t *testing.T) {
		assert.Empty(t, generate(t, domain.GenerationRequest{Text: text}).Proposals)
	})
	t.Run("the same fact is asked for once, whatever its case, white space and punctuation", func(t *testing.T) {
		twice := "Osmosis is the movement of water.\n\nOsmosis  is the movement of water!\n\n**Osmosis** is the movement of water."
		assert.Len(t, generate(t, every(twice)).Proposals, 1)
	})
	t.Run("the second place of a sentence is quoted where it stands", func(t *testing.T) {
		made := generate(t, every("🎉 Ein Satz.\r\n\r\nDie Mitose ist die Teilung\r\ndes Zellkerns.\r\n"))
		require.Len(t, made.Proposals, 1)
		assert.Equal(t, "Die Mitose ist die Teilung\r\ndes Zellkerns.", made.Proposals[0].Quote)
		assert.Equal(t, "die Teilung des Zellkerns", made.Proposals[0].Answer)
	})
	t.Run("when the time is over it is unavailable", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := New().Generate(ctx, every(text))
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.ErrorIs(t, err, context.Canceled)
	})
	for name, text := range map[string]string{
		"nothing": "", "white space": " \n\t\n", "one word": "Photosynthese", "emoji": "🎉🎉 👨‍👩‍👧‍👦", "punctuation": "... --- !!! ***", "marks": "- \n- \n# \n> \n|\n| |\n```",
		"numbers": "1.\n2.\n3. 4.", "broken characters": "\xff\xfe is the \xc3 of (\x80).",
	} {
		t.Run("no card is made of "+name, func(t *testing.T) {
			for _, single := range []bool{false, true} {
				assert.Empty(t, generate(t, domain.GenerationRequest{Text: text, Single: single, Max: 5}).Proposals)
			}
		})
	}
}

func FuzzGenerate(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(texts, "*"))
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(string(text), false, 1000)
		}
	}
	f.Add("# H\n1. A: b\n2. C: d\n\nX (Y) is a (z", true, 3)
	f.Add("Weil A, B.\n\nUnter X versteht man", false, 2)
	f.Fuzz(func(t *testing.T, text string, single bool, limit int) {
		if !utf8.ValidString(text) || len(text) > 20000 {
			return
		}
		request := domain.GenerationRequest{Text: text, Single: single, Max: limit % 1001}
		checkCards(t, request, generate(t, request))
	})
}

// long is a text of 100,000 characters: all of the texts, again and again.
func long(b *testing.B) string {
	files, err := filepath.Glob(filepath.Join(texts, "*-*"))
	require.NoError(b, err)
	var all strings.Builder
	for all.Len() < domain.MaxNoteText {
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(b, err)
			all.Write(text)
			all.WriteString("\n\n")
		}
	}
	return string([]rune(all.String())[:domain.MaxNoteText-2000])
}

func BenchmarkGenerate(b *testing.B) {
	for name, text := range map[string]string{
		"texts": long(b), "one-paragraph": strings.ReplaceAll(long(b), "\n", " "), "no-space": strings.Repeat("字。", domain.MaxNoteText/2),
		"one-line-of-words": strings.Repeat("is ", domain.MaxNoteText/3), "brackets": strings.Repeat("(", domain.MaxNoteText),
		"dots": strings.Repeat("1. ", domain.MaxNoteText/3), "stars": strings.Repeat("**a ", domain.MaxNoteText/4),
		"lines": strings.Repeat("a: b\n", domain.MaxNoteText/5), "indented": strings.Repeat(" ", domain.MaxNoteText), "items": strings.Repeat("- a\n", domain.MaxNoteText/4),
		"more": strings.Repeat("> - a b\n", domain.MaxNoteText/8), "questions": strings.Repeat("Q: a\n", domain.MaxNoteText/5),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				generate(b, every(text))
			}
		})
	}
}
