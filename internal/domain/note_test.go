package domain

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckNoteText(t *testing.T) {
	for outcome, text := range map[string]string{
		"one word is enough":               "Photosynthese",
		"as long as may be":                strings.Repeat("🎉", MaxNoteText),
		"line ends and tabs may be in it":  "a\r\n\tb",
		"white space around it is allowed": "\n a \n",
	} {
		t.Run(outcome, func(t *testing.T) { assert.NoError(t, CheckNoteText(text, MaxNoteText)) })
	}
	for outcome, text := range map[string]string{
		"nothing is refused": "", "white space is refused": " \n\t\u00a0", "one character too much is refused": strings.Repeat("a", MaxNoteText+1),
		"what cannot be stored is refused": "a\x00b",
	} {
		t.Run(outcome, func(t *testing.T) {
			err := CheckNoteText(text, MaxNoteText)
			assert.Equal(t, CodeInvalid, CodeOf(err))
			var problem *Error
			require.ErrorAs(t, err, &problem)
			require.Len(t, problem.Fields, 1)
			assert.Equal(t, "text", problem.Fields[0].Field)
		})
	}
	t.Run("the limit is the caller's", func(t *testing.T) {
		assert.NoError(t, CheckNoteText("äöü", 3))
		assert.Error(t, CheckNoteText("äöüß", 3))
	})
}

func TestANoteIsOpenUntilItsCardsAreAdded(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	assert.True(t, Note{}.Open())
	assert.True(t, Note{AddingAt: now}.Open())
	assert.False(t, Note{AddingAt: now, AddedAt: now}.Open())
}
