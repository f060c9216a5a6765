// Package e2e tests the running product: real processes, real sockets, each storage engine.
package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net"
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

	"github.com/moshrank/spacey-backend/test/engines"
)

// binaries is the folder of the programs under test, built once.
var binaries string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (int, error) {
	folder, err := os.MkdirTemp("", "spacey-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	build := exec.Command("go", "build", "-o", folder, "github.com/moshrank/spacey-backend/cmd/...")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	binaries = folder
	return m.Run(), nil
}

// storage is where a system keeps its data: it outlives the processes.
type storage struct {
	name        string
	environment []string
}

// engineNames are the engines that every scenario runs on.
var engineNames = []string{"sqlite", "mongo"}

// newStorage returns fresh storage of an engine.
func newStorage(t *testing.T, engine string) storage {
	t.Helper()
	data := t.TempDir()
	switch engine {
	case "sqlite":
		return storage{engine, []string{"STORAGE=sqlite", "DATA_DIR=" + data}}
	case "mongo":
		return storage{engine, []string{
			"STORAGE=mongo", "DATA_DIR=" + data, "MONGO_DB_CONNECTION=" + engines.Mongo(t), "DB_NAME=" + engines.DatabaseName(t),
		}}
	default:
		t.Fatalf("engine %q is not known", engine)
		return storage{}
	}
}

// onEveryEngine runs a scenario on a fresh system of each engine.
func onEveryEngine(t *testing.T, scenario func(t *testing.T, s *system)) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			scenario(t, start(t, newStorage(t, engine)))
		})
	}
}

// system is a running `spacey serve`.
type system struct {
	t       *testing.T
	storage storage
	// URL is the address of the gateway.
	URL     string
	port    int
	extra   []string
	process *exec.Cmd
	exited  chan error
	output  *lockedBuffer
}

// start runs `spacey serve` on free ports and waits until it is ready. extra are more variables of the environment.
func start(t *testing.T, storage storage, extra ...string) *system {
	t.Helper()
	port := freePort(t)
	s := &system{t: t, storage: storage, port: port, URL: fmt.Sprintf("http://127.0.0.1:%d", port), extra: extra, output: &lockedBuffer{}}
	s.run()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("output of spacey serve:\n%s", s.output.tail(6000))
		}
	})
	return s
}

// run starts the process and waits until it is ready.
func (s *system) run() {
	s.t.Helper()
	s.process = exec.Command(filepath.Join(binaries, "spacey"), "serve")
	s.process.Dir = s.t.TempDir()
	s.process.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.process.Dir, fmt.Sprintf("PORT=%d", s.port),
		fmt.Sprintf("ADMIN_PORT=%d", freePort(s.t)), "USER_RATE_LIMIT=100000",
	}, append(s.storage.environment, s.extra...)...)
	s.process.Stdout, s.process.Stderr = s.output, s.output
	require.NoError(s.t, s.process.Start())
	s.exited = make(chan error, 1)
	go func(p *exec.Cmd, exited chan<- error) { exited <- p.Wait() }(s.process, s.exited)
	s.waitReady()
}

// waitReady returns when the gateway says that it is ready for work.
func (s *system) waitReady() {
	s.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for time.Now().Before(deadline) {
		select {
		case err := <-s.exited:
			s.exited <- err
			s.t.Fatalf("spacey serve ended while it was awaited: %v\n%s", err, s.output.tail(3000))
		default:
		}
		if get(s.URL+"/readyz") == http.StatusOK {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Fatalf("spacey serve was not ready in time\n%s", s.output.tail(3000))
}

func get(url string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}

// kill ends the process as a power cut would, and waits until it is gone.
func (s *system) kill() { _ = s.signal(syscall.SIGKILL) }

// stop asks the process to end and returns how it did.
func (s *system) stop() error { return s.signal(syscall.SIGTERM) }

func (s *system) signal(signal syscall.Signal) error {
	_ = s.process.Process.Signal(signal)
	select {
	case err := <-s.exited:
		s.exited <- err
		return err
	case <-time.After(30 * time.Second):
		return fmt.Errorf("the process did not end after %v", signal)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
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

func (b *lockedBuffer) tail(n int) string {
	text := b.String()
	if len(text) > n {
		text = "... " + text[strings.IndexByte(text[len(text)-n:], '\n')+len(text)-n:]
	}
	return text
}
