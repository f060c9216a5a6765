package cli

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/argon2"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/app/simulation"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var small = []string{"simulate", "-users", "2", "-days", "6", "-cards", "20"}

// stored opens the database of a folder.
func stored(t *testing.T, folder string) ports.Storage {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(folder, "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	return store.Ports()
}

func TestSimulateWritesTheSameLogForTheSameSeed(t *testing.T) {
	folders := []string{t.TempDir(), t.TempDir()}
	var logs [2][]domain.Event
	for i, folder := range folders {
		stdout, err := run(t, []string{"DATA_DIR=" + folder}, small...)
		require.NoError(t, err)
		assert.Regexp(t, regexp.MustCompile(`two buttons +1 +20 +\d+ +\d+\.\d %`), stdout)
		assert.Regexp(t, regexp.MustCompile(`all +2 +40 +\d+ +\d+\.\d %`), stdout)
		assert.Regexp(t, regexp.MustCompile(`12 days of learners in .*: \d+ reviews/s`), stdout)
		logs[i], err = stored(t, folder).ReviewLog.Events(t.Context(), simulation.NewPerson(1, 2).ID, 0, 10_000)
		require.NoError(t, err)
	}
	require.NotEmpty(t, logs[0])
	assert.Equal(t, logs[0], logs[1])
	assert.Equal(t, 2025, logs[0][0].RecordedAt.Year())

	stdout, err := run(t, []string{"DATA_DIR=" + folders[0]}, "verify")
	require.NoError(t, err)
	assert.Contains(t, stdout, "2 people, 40 cards")

	user, err := stored(t, folders[0]).Users.UserByEmail(t.Context(), "simulated-1-2@example.org")
	require.NoError(t, err)
	right, err := argon2.New().Verify(t.Context(), simulatedPassword, user.PasswordHash, nil)
	require.NoError(t, err)
	assert.True(t, right, "one can sign in")

	t.Run("and refuses to do it again in the same storage", func(t *testing.T) {
		_, err := run(t, []string{"DATA_DIR=" + folders[0]}, small...)
		require.ErrorContains(t, err, "learners of seed 1 are there already; take another -seed")
		assert.NotErrorIs(t, err, process.ErrUsage, "the exit code is 1")
		again, err := stored(t, folders[0]).ReviewLog.Events(t.Context(), simulation.NewPerson(1, 2).ID, 0, 10_000)
		require.NoError(t, err)
		assert.Equal(t, logs[0], again)
	})
	t.Run("but takes another seed", func(t *testing.T) {
		_, err := run(t, []string{"DATA_DIR=" + folders[0]}, append(small, "-seed", "2")...)
		require.NoError(t, err)
	})
}

func TestSimulateStaysOutOfProduction(t *testing.T) {
	folder := t.TempDir()
	production := []string{"DATA_DIR=" + folder, "ENVIRONMENT=production", "SERVICE_TOKEN=sixteen-characters"}
	for _, args := range [][]string{small, append(small, "-api", "http://127.0.0.1:1")} {
		_, err := run(t, production, args...)
		require.ErrorContains(t, err, "ENVIRONMENT is production")
	}
	require.NoFileExists(t, filepath.Join(folder, "spacey.db"))

	t.Run("unless it is told to, and then nobody can sign in", func(t *testing.T) {
		_, err := run(t, production, append(small, "-force")...)
		require.NoError(t, err)
		user, err := stored(t, folder).Users.UserByEmail(t.Context(), "simulated-1-1@example.org")
		require.NoError(t, err)
		right, err := argon2.New().Verify(t.Context(), simulatedPassword, user.PasswordHash, nil)
		require.NoError(t, err)
		assert.False(t, right)
	})
}

func TestSimulateRefusesOtherCallsAndSaysWhy(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"everything", `"everything" is not expected`},
		{"-users 0", "-users must be between 1 and 100000"},
		{"-users many", "many"},
		{"-days 0", "-days must be between 1 and 36500"},
		{"-cards -1", "-cards must be between"},
		{"-seed -1", "-seed"},
		{"-start yesterday", "-start must be a date"},
		{"-start 1960-01-01", "-start must be a date from 1971 on"},
		{"-start 9000-01-01", "is not over everywhere"},
		{"-speed 9", "-speed"},
		{"-api", "-api"},
	} {
		_, err := run(t, nil, append([]string{"simulate"}, strings.Fields(c.args)...)...)
		assert.ErrorIs(t, err, process.ErrUsage, c.args)
		assert.ErrorContains(t, err, c.says)
		assert.ErrorContains(t, err, "spacey simulate -help")
	}
	for _, address := range []string{"localhost:8080", "ftp://localhost", "http://", "://"} {
		_, err := run(t, nil, "simulate", "-api", address)
		assert.ErrorContains(t, err, "-api must be an address like")
	}
	stdout, err := run(t, nil, "simulate", "-help")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(stdout, "Usage: spacey simulate"))
}

func TestParseSimulate(t *testing.T) {
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	t.Run("by default it is the year 2025, whatever today is", func(t *testing.T) {
		call, err := parseSimulate(nil, noon)
		require.NoError(t, err)
		assert.Equal(t, simulation.Options{Seed: 1, Learners: 10, Days: 365, Cards: 1000, First: 20089, AtOnce: simulatedAtOnce}, call.Options)
		assert.Equal(t, "2025-01-01", call.First.Date().Format(time.DateOnly))
	})
	t.Run("the last day has to be over, west of Greenwich too", func(t *testing.T) {
		_, err := parseSimulate([]string{"-start", "2026-03-01", "-days", "8"}, noon)
		require.NoError(t, err)
		_, err = parseSimulate([]string{"-start", "2026-03-01", "-days", "9"}, noon)
		require.ErrorContains(t, err, "the last day, 2026-03-09, is not over everywhere")
		_, err = parseSimulate([]string{"-start", "2026-03-01", "-days", "9"}, noon.Add(4*time.Hour))
		require.NoError(t, err)
	})
}

func TestSimulateTellsHowFarItIs(t *testing.T) {
	var stdout strings.Builder
	w := &watcher{options: simulation.Options{Learners: 4, Days: 100}, stdout: &stdout}
	w.progress()
	assert.Equal(t, "... 0 of 4 learners enrolled\n", stdout.String())
	assert.WithinDuration(t, time.Now(), w.studying, time.Minute, "the days have not begun")
}
