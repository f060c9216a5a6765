package extractive

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func summarize(t testing.TB, text string) string {
	t.Helper()
	summary, err := New().Summarize(context.Background(), text)
	require.NoError(t, err)
	return summary
}

// checkSummary holds a summary against what is promised of all of them, and returns its sentences.
func checkSummary(t testing.TB, text, summary string) []string {
	t.Helper()
	if length := utf8.RuneCountInString(summary); length > maxSummary {
		t.Fatalf("%d characters are too many", length)
	}
	if summary != summarize(t, text) {
		t.Fatalf("%q has more than one summary", text)
	}
	if summary == "" {
		return nil
	}
	statements, err := statementsOf(context.Background(), text)
	require.NoError(t, err)
	if sentences, ok := takenFrom(statements, summary); ok {
		return sentences
	}
	beginning, cut := strings.CutSuffix(summary, "…")
	if !cut || !strings.HasPrefix(statements[0].text, beginning) {
		t.Fatalf("%q is not of the text, or not in its order, or too many sentences", summary)
	}
	return nil
}

// takenFrom returns the statements that make up a summary, of which there are few enough, in the order of the text.
func takenFrom(statements []statement, summary string) ([]string, bool) {
	var take func(from, left int, rest string) ([]string, bool)
	take = func(from, left int, rest string) ([]string, bool) {
		for i := from; i < len(statements) && left > 0; i++ {
			after, found := strings.CutPrefix(rest, statements[i].text)
			if found && after == "" {
				return []string{statements[i].text}, true
			}
			if after, found = strings.CutPrefix(after, " "); found {
				if others, ok := take(i+1, left-1, after); ok {
					return append([]string{statements[i].text}, others...), true
				}
			}
		}
		return nil, false
	}
	return take(0, maxSummarySentences, summary)
}

func TestSummariesOfTexts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(texts, "*-*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			text := string(content)
			summary := summarize(t, text)
			checkSummary(t, text, summary)
			require.NotEmpty(t, summary)
			whole := strings.Join(strings.Fields(references.ReplaceAllString(text, "")), " ")
			for _, statement := range checkSummary(t, text, summary) {
				assert.Contains(t, whole, statement, "it stands in the text")
			}
			t.Log(summary)
		})
	}
}

const tides = `Tides are the rise and fall of the sea that the moon causes. My aunt has a boat. On most coasts the sea rises twice a day.
The height of tides depends on the shape of the coast and on the moon. I had coffee. A weak tide comes when moon and sun pull at right angles.`

func TestSummarize(t *testing.T) {
	t.Run("what the text is about is in it, and what is beside the point is not", func(t *testing.T) {
		summary := summarize(t, tides)
		assert.Len(t, checkSummary(t, tides, summary), 3)
		assert.True(t, strings.HasPrefix(summary, "Tides are the rise and fall of the sea that the moon causes."), summary)
		assert.NotContains(t, summary, "aunt")
		assert.NotContains(t, summary, "coffee")
	})
	t.Run("a short text is its own summary", func(t *testing.T) {
		assert.Equal(t, "The Rhine rises in the Alps. It ends in the sea.", summarize(t, "The Rhine rises in\nthe Alps. It ends in the sea.[3]\n"))
	})
	t.Run("nothing is said twice", func(t *testing.T) {
		assert.Equal(t, "The Rhine rises in the Alps.", summarize(t, strings.Repeat("The Rhine rises in the Alps. ", 20)))
	})
	t.Run("headings and code are no part of it", func(t *testing.T) {
		text := "# Tides\n\n" + tides + "\n\n```\ntides = moon(sea);\n```\n"
		assert.Equal(t, summarize(t, tides), summarize(t, text))
	})
	t.Run("a text without sentences gives lines", func(t *testing.T) {
		summary := summarize(t, "- salt and water\n- the moon\n- salt of the sea\n- water of the sea")
		assert.Contains(t, summary, "salt of the sea")
		assert.NotContains(t, summary, "- ")
	})
	t.Run("a sentence that is too long is cut, with a sign of it", func(t *testing.T) {
		text := "Rivers " + strings.Repeat("flow and ", 100) + "end."
		summary := summarize(t, text)
		checkSummary(t, text, summary)
		assert.True(t, strings.HasSuffix(summary, "and…") || strings.HasSuffix(summary, "flow…"), summary)
	})
	t.Run("what is behind 100,000 characters does not count", func(t *testing.T) {
		early := strings.Repeat("Ein Fluß fließt ins Meer und wird dort zu Salzwasser. ", maxSummarized/54+1)
		summary := summarize(t, early+strings.Repeat("Tides are what the moon does to the sea. ", 20_000))
		assert.NotContains(t, summary, "Tides")
	})
	for name, text := range map[string]string{
		"French":   "Le Rhin naît dans les Alpes. Il se jette dans la mer du Nord. Le Rhin traverse Bâle.",
		"Chinese":  "莱茵河发源于阿尔卑斯山。莱茵河流入北海。它经过巴塞尔。多瑙河流入黑海。",
		"Hebrew":   "ירושלים היא עיר הבירה. העיר נמצאת בהרים.",
		"no space": strings.Repeat("莱茵河", 1000),
	} {
		t.Run("a text has one in "+name, func(t *testing.T) {
			summary := summarize(t, text)
			assert.NotEmpty(t, summary)
			checkSummary(t, text, summary)
		})
	}
	for name, text := range map[string]string{
		"nothing": "", "white space": " \n\t ", "punctuation": "... --- !!!", "code": "```\nx := 1\n```", "emoji": "🎉🎉",
	} {
		t.Run("there is none of "+name, func(t *testing.T) {
			assert.Empty(t, summarize(t, text))
		})
	}
	t.Run("when the time is over it is unavailable", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := New().Summarize(ctx, tides)
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.ErrorIs(t, err, context.Canceled)
	})
}

func FuzzSummarize(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(texts, "*"))
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(string(text))
		}
	}
	f.Add("> a. b.\n> c.\n\n- d\n\n[1] e")
	f.Fuzz(func(t *testing.T, text string) {
		if utf8.ValidString(text) && len(text) <= 20_000 {
			checkSummary(t, text, summarize(t, text))
		}
	})
}

func BenchmarkSummarize(b *testing.B) {
	for name, part := range map[string]string{
		"prose": tides + "\n\n", "no-space": "字。", "words": "is ", "dots": "1. ", "lines": "a: b\n", "letters": "x", "brackets": "[1]",
	} {
		text := strings.Repeat(part, domain.MaxRawText/len(part))
		b.Run(fmt.Sprintf("%s-1MiB", name), func(b *testing.B) {
			for b.Loop() {
				summarize(b, text)
			}
		})
	}
}
