package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
)

func TestCompareTellsHowWellEachAlgorithmPredictsEverybody(t *testing.T) {
	folder := t.TempDir()
	environ := []string{"DATA_DIR=" + folder}
	_, err := run(t, environ, "simulate", "-users", "3", "-days", "40", "-cards", "40")
	require.NoError(t, err)
	stdout, err := run(t, environ, "compare")
	require.NoError(t, err)
	assert.Regexp(t, `3 people, \d+ cards, \d+ reviews predicted`, stdout)
	for _, line := range []string{`FSRS-6 +0\.\d{4} +0\.\d{4} +0\.\d{4}`, `half-life +\d+\.\d{4}`, `SM-2 +\d+\.\d{4}`, `0\.90 to 0\.95 +\d+ +0\.9\d\d +[01]\.\d{3}`} {
		assert.Regexp(t, line, stdout)
	}
	_, err = run(t, environ, "compare", "-user", "me")
	assert.ErrorIs(t, err, process.ErrUsage)
}

func TestCompareOfNobodyKnowsNothing(t *testing.T) {
	folder, _ := learned(t)
	stdout, err := run(t, []string{"DATA_DIR=" + folder}, "compare", "-user", string(auditUser(1)))
	require.NoError(t, err)
	assert.Regexp(t, `FSRS-6 +- +- +-`, stdout, "first answers are not predicted")
}
