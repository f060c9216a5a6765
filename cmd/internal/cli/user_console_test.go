package cli

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAQuestionThatNobodyAnswersEndsWithTheProgram(t *testing.T) {
	silent, _ := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := console{in: silent, prompt: io.Discard}
	_, err := c.ask(ctx, "Well? ")
	require.ErrorIs(t, err, errInterrupted)
	_, err = c.password(ctx)
	require.ErrorIs(t, err, errInterrupted)
}

func TestWhatPeopleHaveChosenIsPrintedWithoutWhatSteersATerminal(t *testing.T) {
	for text, want := range map[string]string{
		"Ada Lovelace": "Ada Lovelace", "Ä 漢字 🙂": "Ä 漢字 🙂", "a\x1b[31mb": "a\ufffd[31mb", "a\nb\x00": "a\ufffdb\ufffd",
		"a\u202eb": "a\ufffdb", "a\u009bb": "a\ufffdb", strings.Repeat("é", 3): "ééé", "a\xffb": "a\ufffdb",
	} {
		assert.Equal(t, want, printable(text))
	}
}
