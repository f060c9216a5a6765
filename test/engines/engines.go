// Package engines gives tests the database servers that they need, and fails them when a server cannot be had: a test
// that is skipped promises nothing.
package engines

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
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

// startTime is how long a server may take to start.
const startTime = time.Minute

// server is a process that ends when its standard input closes, which the system does when this process ends.
type server struct {
	command *exec.Cmd
	stdin   io.Closer
	stderr  bytes.Buffer
	// ended closes when the process has ended.
	ended chan struct{}
}

// started is a server that accepts connections.
type started struct {
	uri    string
	server *server
}

// startServer starts a process and returns it with its standard output.
func startServer(command *exec.Cmd) (*server, io.Reader, error) {
	s := &server{command: command, ended: make(chan struct{})}
	s.command.Stderr = &s.stderr
	var err error
	if s.stdin, err = s.command.StdinPipe(); err != nil {
		return nil, nil, err
	}
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if s.command.SysProcAttr == nil {
		s.command.SysProcAttr = &syscall.SysProcAttr{}
	}
	// An interrupt from the terminal ends the tests, whose end then ends the server: it must not stop half of this one.
	s.command.SysProcAttr.Setpgid = true
	if err = s.command.Start(); err != nil {
		return nil, nil, fmt.Errorf("starting %s: %w", command.Path, err)
	}
	go func() {
		defer close(s.ended)
		_ = s.command.Wait()
	}()
	return s, stdout, nil
}

// waitFor waits until a try succeeds. When the server ends first, which ends a try as well, or when it is late, it is an
// error that has the server's log.
func (s *server) waitFor(name string, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	go func() {
		select {
		case <-s.ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
			continue
		case <-ctx.Done():
		}
		select {
		case <-s.ended:
			return fmt.Errorf("%s ended: %s", name, s.stop())
		default:
			return fmt.Errorf("%s does not accept connections: %w\n%s", name, err, s.stop())
		}
	}
}

// stop ends the process and returns the end of what it wrote to its standard error.
func (s *server) stop() string {
	_ = s.stdin.Close()
	<-s.ended
	text := s.stderr.String()
	return text[max(0, len(text)-2000):]
}

// untilInputEnds is a shell script. Its arguments are a signal, a folder and a command. It makes the folder, for its user
// alone, and runs the command until that ends or standard input does. That is when the command gets the signal, again
// each second, since a program that just starts may miss one. Then the folder is removed. Nothing is made before the
// script runs, so whenever the tests are killed, nothing is left.
const untilInputEnds = `signal=$1; folder=$2; shift 2; exec 3<&0
mkdir -m 700 "$folder" || exit
"$@" </dev/null >/dev/null & child=$!
(cat <&3; while kill -s "$signal" "$child"; do sleep 1; done) >/dev/null 2>&1 & watch=$!
wait "$child"; kill "$watch" 2>/dev/null; rm -rf "$folder"`

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	address, _ := listener.Addr().(*net.TCPAddr)
	return address.Port, listener.Close()
}
