package porttest

import (
	"os"
	"os/exec"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/ports"
)

// noSuiteVariable is set in the environment of a child process that asks for a suite that is not there.
const noSuiteVariable = "PORTTEST_NO_SUITE"

// TestNoSuite asks for a suite that is not there. It is started by TestSuites, since a test cannot run another one that is
// meant to fail; by itself it asks for nothing.
func TestNoSuite(t *testing.T) {
	if os.Getenv(noSuiteVariable) != "" {
		RunSuite(t, "Config", Engine{})
	}
}

func TestSuites(t *testing.T) {
	t.Run("every storage port has one of its name", func(t *testing.T) {
		named := map[string]bool{}
		for _, suite := range suites {
			named[suite.name] = true
		}
		for field := range reflect.TypeFor[ports.Storage]().Fields() {
			require.True(t, named[field.Name], field.Name)
		}
	})
	t.Run("a name that is none fails", func(t *testing.T) {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoSuite$", "-test.v", "-test.count=1")
		child.Env = append(os.Environ(), noSuiteVariable+"=1")
		out, err := child.CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), `there is no suite "Config"`)
	})
}
