package cli

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// configured calls "spacey config" with a standard input.
func configured(t *testing.T, environ []string, stdin string, args ...string) (string, error) {
	t.Helper()
	var stdout strings.Builder
	err := runConfig(t.Context(), args, environ, from(stdin), &stdout)
	return stdout.String(), err
}

func TestConfigKeepsDocuments(t *testing.T) {
	environ, storage := installed(t)
	for _, step := range []struct {
		args   []string
		stdin  string
		said   string
		value  string
		public bool
	}{
		{[]string{"a", `{"b": 1}`}, "", "a is set: private, 8 bytes; services show it within 5s\n", `{"b": 1}`, false},
		{[]string{"a", `{"b": 1}`}, "", "a was so before\n", `{"b": 1}`, false},
		{[]string{"a", "-public"}, "", "a is set: public, 8 bytes; services show it within 5s\n", `{"b": 1}`, true},
		{[]string{"-private", "a", "-"}, "\n[1,\n2]\n", "a is set: private, 6 bytes; services show it within 5s\n", "[1,\n2]", false},
		{[]string{"-public", "b", "--", "-5"}, "", "b is set: public, 2 bytes; services show it within 5s\n", "-5", true},
	} {
		stdout, err := configured(t, environ, step.stdin, append([]string{"set"}, step.args...)...)
		require.NoError(t, err)
		assert.Equal(t, step.said, stdout)
		name := strings.Fields(stdout)[0]
		document, err := storage.Configs.Config(t.Context(), name)
		require.NoError(t, err)
		assert.Equal(t, step.public, document.Public)
		stdout, err = run(t, environ, "config", "get", name)
		require.NoError(t, err)
		assert.Equal(t, step.value+"\n", stdout)
	}
	stdout, err := run(t, environ, "config", "list")
	require.NoError(t, err)
	assert.Regexp(t, `^a +private +\S+Z +6 bytes\nb +public +\S+Z +2 bytes\n$`, stdout)
	stdout, err = run(t, environ, "audit")
	require.NoError(t, err)
	assert.Equal(t, 4, strings.Count(stdout, "  config_set  "), "each change is noted")
	assert.Contains(t, stdout, domain.Operator(systemUser()))
}

func TestConfigListGoesOverAllPages(t *testing.T) {
	environ, storage := installed(t)
	for n := range listPage + 2 {
		require.NoError(t, storage.Configs.InsertConfig(t.Context(), domain.ConfigDocument{Name: string(auditUser(n)), Value: []byte("1"), Rev: 1}))
	}
	stdout, err := run(t, environ, "config", "list")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	assert.Len(t, lines, listPage+2)
	assert.IsIncreasing(t, lines)
}

func TestConfigRefusesWhatIsNoDocument(t *testing.T) {
	environ, storage := installed(t)
	for name, c := range map[string]struct {
		stdin, message string
		args           []string
	}{
		"what is not JSON is refused, and where is told":    {"{\n\"a\": oh}", "line 2, character 6", []string{"set", "a", "-"}},
		"nothing is refused":                                {"", "it is empty", []string{"set", "a", "-"}},
		"more than 256 KiB are refused":                     {"[" + strings.Repeat(" ", 256<<10) + "]", "262144 at most", []string{"set", "a", "-"}},
		"a name that no path can have is refused":           {"", "a to z", []string{"set", "a/b", "1"}},
		"one that is not there cannot be shown":             {"", `no configuration document "a"`, []string{"get", "a"}},
		"one that is not there cannot be made public alone": {"", `no configuration document "a"`, []string{"set", "a", "-public"}},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, err := configured(t, environ, c.stdin, c.args...)
			require.ErrorContains(t, err, c.message)
			assert.NotErrorIs(t, err, process.ErrUsage, "the exit code is 1")
			assert.Empty(t, stdout)
		})
	}
	documents, err := storage.Configs.ListConfigs(t.Context(), "", 10)
	require.NoError(t, err)
	assert.Empty(t, documents)
	entries, err := storage.Audits.Audits(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestConfigRefusesOtherCalls(t *testing.T) {
	for _, args := range [][]string{
		{}, {"delete"}, {"list", "a"}, {"get"}, {"get", "a", "b"}, {"set"}, {"set", "a"}, {"set", "a", "1", "2"},
		{"set", "a", "1", "-public", "-private"}, {"set", "a", "1", "-secret"},
	} {
		stdout, err := run(t, nil, append([]string{"config"}, args...)...)
		assert.ErrorIs(t, err, process.ErrUsage, "%q", args)
		assert.ErrorContains(t, err, "-help\" says how to call it")
		assert.Empty(t, stdout)
	}
	for _, command := range []string{"", "list", "get", "set"} {
		stdout, err := run(t, nil, append(append([]string{"config"}, strings.Fields(command)...), "-help")...)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(stdout, strings.TrimSpace("Usage: spacey config "+command)), stdout)
	}
	stdout, err := run(t, nil, "help")
	require.NoError(t, err)
	for _, command := range []string{"user", "config", "audit"} {
		assert.Contains(t, stdout, "\n  spacey "+command+" ")
	}
}
