package porttest_test

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/ports/porttest"
)

// tries is how often a fault is looked for: one that shows only when goroutines meet may not show every time.
const tries = 5

// faultVariable names the fault in the environment of a child process.
const faultVariable = "PORTTEST_FAULT"

func TestAStoreThatKeepsTheContractPasses(t *testing.T) {
	t.Run("with transactions", func(t *testing.T) { porttest.Run(t, engineOf("", false)) })
	t.Run("without transactions", func(t *testing.T) { porttest.Run(t, engineOf("", true)) })
}

// TestChild runs the suite against the store with the fault that the environment names. It is started by
// TestEveryFaultIsCaught, since a test cannot run another one that is meant to fail; by itself the store has no fault.
func TestChild(t *testing.T) {
	porttest.Run(t, engineOf(os.Getenv(faultVariable), false))
}

func TestEveryFaultIsCaught(t *testing.T) {
	cases, failed := runChild(t, "")
	require.Empty(t, failed, "the suite passes without a fault")
	require.NotEmpty(t, cases)

	caught := map[string][]string{}
	var mu sync.Mutex
	var running sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, fault := range faults {
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			var failed []string
			for try := 0; try < tries && len(failed) == 0; try++ {
				_, failed = runChild(t, fault)
			}
			mu.Lock()
			defer mu.Unlock()
			caught[fault] = failed
		})
	}
	running.Wait()

	idle := map[string]bool{}
	for _, name := range cases {
		idle[name] = true
	}
	for _, fault := range faults {
		for _, name := range caught[fault] {
			delete(idle, name)
		}
		if len(caught[fault]) == 0 {
			t.Errorf("no case catches: %s", fault)
			continue
		}
		t.Logf("%-60s caught by %3d: %s", fault, len(caught[fault]), caught[fault][0])
	}
	require.Empty(t, slices.Sorted(maps.Keys(idle)), "these cases catch no fault at all")
}

var (
	startedLine = regexp.MustCompile(`(?m)^=== RUN +TestChild/(\S+/\S+)$`)
	failedLine  = regexp.MustCompile(`(?m)^ +--- FAIL: TestChild/(\S+/\S+) `)
)

// runChild runs the suite against a store in a child process. It returns the cases that ran and those that failed.
func runChild(t *testing.T, fault string) (cases, failed []string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.v", "-test.timeout=5m", "-test.count=1")
	child.Env = append(os.Environ(), faultVariable+"="+fault)
	out, err := child.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Errorf("%s: the child process cannot be run: %v", fault, err)
	}
	output := string(out)
	if strings.Contains(output, "\npanic:") || (err != nil) != strings.Contains(output, "--- FAIL: TestChild") {
		t.Errorf("%s: the child process ended with %v and:\n%s", fault, err, output)
	}
	return names(startedLine, output), names(failedLine, output)
}

func names(line *regexp.Regexp, output string) []string {
	found := []string{}
	for _, match := range line.FindAllStringSubmatch(output, -1) {
		found = append(found, match[1])
	}
	slices.Sort(found)
	return found
}
