//go:build linux

package documents_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/documents"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// parentVariable makes this program, in place of its tests, read a page that never ends.
const parentVariable = "TEST_DOCUMENT_PARENT"

// readForEver is a parent: it has a child until it is killed.
func readForEver() {
	never, _ := io.Pipe()
	_, _ = documents.New(documents.Options{}).ReadDocument(context.Background(), domain.FormatHTML, "https://example.org/", never)
}

func TestAChildDiesWithItsParent(t *testing.T) {
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentVariable+"=1")
	require.NoError(t, parent.Start())
	var child string
	require.Eventually(t, func() bool { child = childOf(parent.Process.Pid); return child != "" }, 20*time.Second, 10*time.Millisecond)
	require.NoError(t, parent.Process.Kill())
	_ = parent.Wait() // it was killed
	assert.Eventually(t, func() bool {
		content, err := os.ReadFile(filepath.Join("/proc", child, "cmdline"))
		return err != nil || !bytes.HasPrefix(content, []byte("spacey-document"))
	}, 20*time.Second, 10*time.Millisecond)
}

// childOf returns the process that reads documents for another one, "" when there is none.
func childOf(parent int) string {
	found, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range found {
		content, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(content), fmt.Sprintf(") S %d ", parent)) {
			continue
		}
		command, err := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
		if err == nil && bytes.HasPrefix(command, []byte("spacey-document")) {
			return filepath.Base(filepath.Dir(file))
		}
	}
	return ""
}

func TestAChildKnowsNoSecrets(t *testing.T) {
	t.Setenv("SPACEY_SECRET", "hidden")
	never, writer := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := documents.New(documents.Options{}).ReadDocument(ctx, domain.FormatHTML, "https://example.org/", never)
		done <- err
	}()
	var child string
	require.Eventually(t, func() bool { child = childOf(os.Getpid()); return child != "" }, 20*time.Second, 10*time.Millisecond)
	environment, err := os.ReadFile(filepath.Join("/proc", child, "environ"))
	require.NoError(t, err)
	assert.Equal(t, "SPACEY_DOCUMENT_CHILD=1\x00", string(environment))
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.NoError(t, writer.Close())
}

func TestNoMoreChildrenThanAllowed(t *testing.T) {
	reader := documents.New(documents.Options{Parallel: 1})
	never, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := reader.ReadDocument(ctx, domain.FormatHTML, "https://example.org/", never)
		done <- err
	}()
	require.Eventually(t, func() bool { return childOf(os.Getpid()) != "" }, 20*time.Second, 10*time.Millisecond)
	waiting, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	_, err := reader.ReadDocument(waiting, domain.FormatHTML, "https://example.org/", strings.NewReader("<p>text"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	_, err = reader.ReadDocument(t.Context(), domain.FormatHTML, "https://example.org/", strings.NewReader("<p>text"))
	require.NoError(t, err)
}
