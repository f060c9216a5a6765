package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/app/simulation"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/engines"
)

// simulated makes a database in which some people have learned for some days, and returns its path.
func simulated(t *testing.T, users, days string) string {
	t.Helper()
	folder := t.TempDir()
	_, err := run(t, []string{"DATA_DIR=" + folder}, "simulate", "-users", users, "-days", days, "-cards", "30")
	require.NoError(t, err)
	return filepath.Join(folder, "spacey.db")
}

func simulatedUser(n int) domain.UserID { return simulation.NewPerson(1, n).ID }

// row returns a regular expression for a row of a table.
func row(name string, cells ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^ *` + name + ` +` + strings.Join(cells, " +") + ` *$`)
}

func TestCopyBringsEverythingToAnotherStorage(t *testing.T) {
	from, to := simulated(t, "3", "8"), filepath.Join(t.TempDir(), "target", "copy.db")
	stdout, err := run(t, nil, "copy", "-from", from, "-to", "sqlite:"+to)
	require.NoError(t, err)
	assert.Contains(t, stdout, "from  SQLite, "+from+"\nto    SQLite, "+to+"\n")
	assert.Regexp(t, row("", "read", "added", "changed", "removed", "seconds"), stdout)
	assert.Regexp(t, row("cards", "90", "90", "0", "0", `\d+\.\d`), stdout)
	assert.Regexp(t, row("accounts", "3", "3", "0", "0", `\d+\.\d`), stdout)
	assert.Regexp(t, row("cards", "90", "90", "[0-9a-f]{32}", "equal"), stdout)
	assert.Regexp(t, row("events", `\d+`, `\d+`, "[0-9a-f]{32}", "equal"), stdout)
	assert.Contains(t, stdout, "3 people copied in ")
	assert.Contains(t, stdout, "... copying: 3 of 3 people")
	assert.Contains(t, stdout, "... comparing: 3 of 3 people")
	assert.True(t, strings.HasSuffix(stdout, "source and target are equal: 3 people\n"))

	t.Run("where spacey goes on", func(t *testing.T) {
		folder := t.TempDir()
		require.NoError(t, os.Rename(to, filepath.Join(folder, "spacey.db")))
		stdout, err := run(t, []string{"DATA_DIR=" + folder}, "verify")
		require.NoError(t, err)
		assert.Contains(t, stdout, "3 people, 90 cards")
	})
}

func TestCopyAgainBringsWhatHasChanged(t *testing.T) {
	from, to := simulated(t, "2", "6"), filepath.Join(t.TempDir(), "copy.db")
	call := []string{"-from", from, "-to", to}
	_, err := run(t, nil, append([]string{"copy"}, call...)...)
	require.NoError(t, err)
	store, err := sqlite.Open(t.Context(), from, nil)
	require.NoError(t, err)
	defer store.Close()
	storage, user := store.Ports(), simulatedUser(2)
	_, err = storage.Users.UpdateUser(t.Context(), user, func(u *domain.User) error {
		u.Name = "Somebody Else"
		return nil
	})
	require.NoError(t, err)

	stdout, err := run(t, nil, append([]string{"copy", "-compare"}, call...)...)
	require.ErrorContains(t, err, "source and target differ")
	assert.NotErrorIs(t, err, process.ErrUsage, "the exit code is 1")
	assert.Contains(t, stdout, "user "+string(user)+": 1 accounts in the source, 1 in the target, and they differ\n")
	assert.Regexp(t, row("accounts", "2", "2", "[0-9a-f]{32}", "[0-9a-f]{32}"), stdout)

	stdout, err = run(t, nil, append([]string{"copy", "-dry-run"}, call...)...)
	require.NoError(t, err)
	assert.Regexp(t, row("accounts", "2", "0", "1", "0", `\d+\.\d`), stdout)
	assert.Contains(t, stdout, "would be changed")
	_, err = run(t, nil, append([]string{"copy", "-compare"}, call...)...)
	require.ErrorContains(t, err, "source and target differ", "the dry run has changed nothing")

	_, err = run(t, nil, append([]string{"copy", "-user", strings.ToUpper(string(simulatedUser(1)))}, call...)...)
	require.NoError(t, err, "the other person is equal")
	stdout, err = run(t, nil, append([]string{"copy"}, call...)...)
	require.NoError(t, err)
	assert.Regexp(t, row("accounts", "2", "0", "1", "0", `\d+\.\d`), stdout)
	_, err = run(t, nil, append([]string{"copy", "-compare"}, call...)...)
	require.NoError(t, err)

	t.Run("but not into a database that is in use", func(t *testing.T) {
		_, err := run(t, nil, "copy", "-from", to, "-to", from)
		require.ErrorContains(t, err, "the target: ")
		require.ErrorContains(t, err, from+" is in use")
	})
	t.Run("and not in the wrong direction", func(t *testing.T) {
		_, err := storage.Users.UpdateUser(t.Context(), user, func(u *domain.User) error {
			u.Beta = !u.Beta
			return nil
		})
		require.NoError(t, err)
		require.NoError(t, store.Close())
		stdout, err := run(t, nil, "copy", "-from", to, "-to", from)
		require.ErrorContains(t, err, "person "+string(user)+", accounts")
		require.ErrorContains(t, err, "wrong way round")
		assert.NotContains(t, stdout, "added", "nothing was done that could be told")
	})
}

func TestCopyRefusesOtherCallsAndSaysWhy(t *testing.T) {
	folder := t.TempDir()
	from := filepath.Join(folder, "from.db")
	require.NoError(t, os.WriteFile(from, nil, 0o600))
	link := filepath.Join(folder, "link.db")
	require.NoError(t, os.Symlink(from, link))
	for _, c := range []struct{ args, says string }{
		{"", "-from is missing"},
		{"-from a.db", "-to is missing"},
		{"-from a.db -to b.db c.db", `"c.db" is not expected`},
		{"-from a.db -to b.db -dry-run -compare", "exclude each other"},
		{"-from a.db -to b.db -workers 0", "-workers must be between 1 and 64"},
		{"-from a.db -to b.db -user me", `"me" is not an id`},
		{"-from a.db -to b.db -speed 9", "-speed"},
		{"-from a.db -to sqlite:./a.db", "are the same storage: SQLite, "},
		{"-from " + from + " -to " + link, "are the same storage"},
		{"-from postgres://a:secret@h/x -to postgres://b:hidden@h/x?sslmode=disable", "are the same storage: PostgreSQL, h/x"},
	} {
		_, err := run(t, nil, append([]string{"copy"}, strings.Fields(c.args)...)...)
		assert.ErrorIs(t, err, process.ErrUsage, c.args)
		assert.ErrorContains(t, err, c.says)
		assert.ErrorContains(t, err, "spacey copy -help")
		assert.NotContains(t, err.Error(), "secret")
		assert.NotContains(t, err.Error(), "hidden")
	}
	stdout, err := run(t, nil, "copy", "-help")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(stdout, "Usage: spacey copy"))
}

func TestCopyTellsOneStorageUnderTwoNames(t *testing.T) {
	place := engines.PostgresDatabase(t)
	_, err := run(t, []string{"STORAGE=postgres", "DATABASE_URL=" + place}, "migrate")
	require.NoError(t, err)
	parsed, err := url.Parse(place)
	require.NoError(t, err)
	query := parsed.Query()
	query.Set("host", cmp.Or(query.Get("host"), parsed.Hostname())) // this is the server, whatever stands before the path
	query.Set("port", cmp.Or(query.Get("port"), parsed.Port()))
	parsed.Host, parsed.RawQuery = "elsewhere.example.org", query.Encode()
	_, err = run(t, nil, "copy", "-from", place, "-to", parsed.String())
	require.ErrorContains(t, err, "Source and target are the same storage")
}

func TestCopyMakesNoDatabaseForAWrongPath(t *testing.T) {
	from := simulated(t, "1", "2")
	missing := filepath.Join(t.TempDir(), "missing", "spacey.db")
	for _, args := range [][]string{
		{"-from", missing, "-to", from},
		{"-from", from, "-to", missing, "-compare"},
	} {
		_, err := run(t, nil, append([]string{"copy"}, args...)...)
		require.ErrorContains(t, err, "there is no such database")
		assert.NotErrorIs(t, err, process.ErrUsage)
		assert.NoDirExists(t, filepath.Dir(missing))
	}
	t.Run("nor for a dry run, which takes it for empty", func(t *testing.T) {
		stdout, err := run(t, nil, "copy", "-from", from, "-to", missing, "-dry-run")
		require.NoError(t, err)
		assert.Contains(t, stdout, "SQLite, "+missing)
		assert.Regexp(t, `accounts +1 +1 +0 +0`, stdout)
		assert.NoDirExists(t, filepath.Dir(missing))
	})
	t.Run("and needs the source to have this program's schema", func(t *testing.T) {
		empty := filepath.Join(t.TempDir(), "empty.db")
		require.NoError(t, os.WriteFile(empty, nil, 0o600))
		_, err := run(t, nil, "copy", "-from", empty, "-to", filepath.Join(t.TempDir(), "new.db"))
		require.ErrorContains(t, err, "the source: SQLite, "+empty)
		assert.Equal(t, domain.CodeSchema, domain.CodeOf(err))
	})
	t.Run("and says nothing that a URL holds", func(t *testing.T) {
		for _, url := range []string{"postgres://u:se/cret@h/x", "mongodb://u:secret@h:port/x", "http://u:secret@h"} {
			stdout, err := run(t, nil, "copy", "-from", from, "-to", url)
			require.Error(t, err)
			assert.NotContains(t, stdout+err.Error(), "cret")
		}
	})
}

// stopping cancels a context when something is written that contains a text.
type stopping struct {
	strings.Builder
	text string
	stop func()
}

// Write writes, and cancels the context.
func (s *stopping) Write(p []byte) (int, error) {
	if strings.Contains(string(p), s.text) {
		s.stop()
	}
	return s.Builder.Write(p)
}

func TestACopyThatIsStoppedSaysHowToGoOn(t *testing.T) {
	from, to := simulated(t, "2", "4"), filepath.Join(t.TempDir(), "copy.db")
	ctx, cancel := context.WithCancel(t.Context())
	stdout := &stopping{text: "to    SQLite", stop: cancel}
	err := Run(nil)(ctx, []string{"copy", "-from", from, "-to", to}, nil, stdout)
	require.ErrorIs(t, err, context.Canceled)
	assert.ErrorContains(t, err, "stopped; run the same command again to go on")
	assert.NotErrorIs(t, err, process.ErrUsage)
	_, err = run(t, nil, "copy", "-from", from, "-to", to)
	require.NoError(t, err)
}

// copyProcess is the variable with which a process of the test is told to copy, from one path to another.
const copyProcess = "SPACEY_TEST_COPY"

// TestMain runs the tests, or, in a process that a test has started, a copy.
func TestMain(m *testing.M) {
	if paths := os.Getenv(copyProcess); paths != "" {
		from, to, _ := strings.Cut(paths, "\n")
		err := Run(nil)(context.Background(), []string{"copy", "-from", from, "-to", to}, nil, os.Stdout)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(process.ExitFailure)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// copying starts a process that copies, and returns when it begins to. What it prints later is read by lines.
func copying(t *testing.T, from, to string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	executable, err := os.Executable()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), executable)
	command.Env = append(os.Environ(), copyProcess+"="+from+"\n"+to)
	stdout, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	lines := bufio.NewScanner(stdout)
	until(t, lines, "to    ")
	return command, lines
}

// until reads lines up to one that contains a text.
func until(t *testing.T, lines *bufio.Scanner, text string) {
	t.Helper()
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return
		}
	}
	require.Fail(t, "the process ended early", text)
}

func TestACopyGoesOnAfterItsProcessWasKilled(t *testing.T) {
	from, folder := simulated(t, "3", "12"), t.TempDir()
	command, lines := copying(t, from, filepath.Join(folder, "whole.db"))
	began := time.Now()
	until(t, lines, "people copied in")
	long := time.Since(began)
	until(t, lines, "source and target are equal: 3 people")
	require.NoError(t, command.Wait())

	for n := range 4 {
		to := filepath.Join(folder, fmt.Sprintf("copy%d.db", n))
		command, _ := copying(t, from, to)
		time.Sleep(long * time.Duration(n) / 3) // another moment each time, the first and the last one too
		_ = command.Process.Kill()
		_ = command.Wait()

		command, lines := copying(t, from, to)
		until(t, lines, "source and target are equal: 3 people")
		require.NoError(t, command.Wait())
	}
}
