package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// running is one process of spacey.
type running struct {
	t           *testing.T
	program     string
	args        []string
	port        int
	environment []string

	process *exec.Cmd
	exited  chan error
	output  *lockedBuffer
}

func (r *running) url() string { return fmt.Sprintf("http://127.0.0.1:%d", r.port) }

// run starts the process.
func (r *running) run() {
	r.t.Helper()
	if r.output == nil {
		r.output = &lockedBuffer{}
		r.t.Cleanup(r.clean)
	}
	r.process = exec.Command(filepath.Join(binaries, r.program), r.args...)
	r.process.Dir = r.t.TempDir()
	r.process.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.process.Dir, "XDG_CACHE_HOME=" + filepath.Join(binaries, "cache"),
		fmt.Sprintf("PORT=%d", r.port), fmt.Sprintf("ADMIN_PORT=%d", freePort(r.t)),
	}, r.environment...)
	r.process.Stdout, r.process.Stderr = r.output, r.output
	require.NoError(r.t, r.process.Start())
	r.exited = make(chan error, 1)
	go func(p *exec.Cmd, exited chan<- error) { exited <- p.Wait() }(r.process, r.exited)
}

func (r *running) clean() {
	_ = r.signal(syscall.SIGKILL)
	if r.t.Failed() {
		r.t.Logf("output of %s:\n%s", r.program, r.output.tail(3000))
	}
}

// alive reports whether the process was started and has not ended.
func (r *running) alive() bool {
	if r.process == nil {
		return false
	}
	select {
	case err := <-r.exited:
		r.exited <- err
		return false
	default:
		return true
	}
}

// waitReady returns when the process says that it is ready for work.
func (r *running) waitReady() {
	r.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for time.Now().Before(deadline) {
		if !r.alive() {
			r.t.Fatalf("%s ended while it was awaited\n%s", r.program, r.output.tail(3000))
		}
		if get(r.url()+"/readyz") == http.StatusOK {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	r.t.Fatalf("%s was not ready in time\n%s", r.program, r.output.tail(3000))
}

// stop asks the process to end and returns how it did.
func (r *running) stop() error { return r.signal(syscall.SIGTERM) }

// kill ends the process as a power cut would, and waits until it is gone.
func (r *running) kill() { _ = r.signal(syscall.SIGKILL) }

func (r *running) signal(signal syscall.Signal) error {
	_ = r.process.Process.Signal(signal)
	select {
	case err := <-r.exited:
		r.exited <- err
		return err
	case <-time.After(30 * time.Second):
		return fmt.Errorf("%s did not end after %v", r.program, signal)
	}
}

// get returns the status that an address answers, 0 for no answer.
func get(url string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}

// lockedBuffer keeps what a process prints.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// tail returns whole lines from the end.
func (b *lockedBuffer) tail(n int) string {
	text := b.String()
	if len(text) <= n {
		return text
	}
	_, lines, _ := strings.Cut(text[len(text)-n:], "\n")
	return "...\n" + lines
}
