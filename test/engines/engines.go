// Package engines gives tests the database servers that they need, and fails them when a server cannot be had: a test
// that is skipped promises nothing.
package engines

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// module is the first line of the go.mod of the repository's root.
const module = "module github.com/moshrank/spacey-backend"

// repositoryRoot returns the folder of the repository, from the folder of the package under test.
func repositoryRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		content, err := os.ReadFile(filepath.Join(folder, "go.mod"))
		if line, _, _ := strings.Cut(string(content), "\n"); err == nil && strings.TrimSpace(line) == module {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("tests must run within the repository")
		}
		folder = parent
	}
}

// uniqueName returns a name for a database that no other test has.
func uniqueName(t testing.TB) string {
	t.Helper()
	random := make([]byte, 8)
	if _, err := rand.Read(random); err != nil {
		t.Fatal(err)
	}
	return "spacey_test_" + hex.EncodeToString(random)
}

// server is a process that ends when its standard input closes, which the system does when this process ends.
type server struct {
	command *exec.Cmd
	stdin   io.Closer
	stderr  bytes.Buffer
	// ended closes when the process has ended.
	ended chan struct{}
}

// startServer starts a process and returns it with its standard output.
func startServer(name string, arguments ...string) (*server, io.Reader, error) {
	s := &server{command: exec.Command(name, arguments...), ended: make(chan struct{})}
	s.command.Stderr = &s.stderr
	var err error
	if s.stdin, err = s.command.StdinPipe(); err != nil {
		return nil, nil, err
	}
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err = s.command.Start(); err != nil {
		return nil, nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go func() {
		defer close(s.ended)
		_ = s.command.Wait()
	}()
	return s, stdout, nil
}

// stop ends the process and returns the end of what it wrote to its standard error.
func (s *server) stop() string {
	_ = s.stdin.Close()
	<-s.ended
	text := s.stderr.String()
	return text[max(0, len(text)-2000):]
}
