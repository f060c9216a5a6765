package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

const (
	// startTime is how long a process may take until it is ready, stopTime until it has stopped.
	startTime = 30 * time.Second
	stopTime  = 5 * time.Second
)

// lab is where things are measured: the programs, built anew, and a folder for their data.
type lab struct {
	pace
	folder string
	// profiles is the folder for profiles of the services, empty for none.
	profiles string
}

// newLab builds the programs into a temporary folder within a folder.
func newLab(ctx context.Context, within, profiles string, p pace, stderr io.Writer) (*lab, error) {
	for _, folder := range []string{within, profiles} {
		if folder == "" {
			continue
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	folder, err := os.MkdirTemp(within, "bench-")
	if err != nil {
		return nil, err
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return nil, err
	}
	l := &lab{pace: p, folder: folder, profiles: profiles}
	fmt.Fprintln(stderr, "building the programs")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", filepath.Join(folder, "bin")+string(filepath.Separator), "github.com/moshrank/spacey-backend/cmd/...")
	if out, err := build.CombinedOutput(); err != nil {
		l.close()
		return nil, fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	return l, nil
}

func (l *lab) close() { _ = os.RemoveAll(l.folder) }

// program returns the path of a program.
func (l *lab) program(name string) string { return filepath.Join(l.folder, "bin", name) }

// stand is what one row sets up: processes, and a folder with their data.
type stand struct {
	lab       *lab
	data      string
	processes []*process
	// postgresURL is the URL of the PostgreSQL server, once there is one.
	postgresURL string
	// cleanups remove what is neither a process nor in the folder, when the processes have stopped.
	cleanups []func()
}

// newStand returns a stand without processes, with an empty folder.
func (l *lab) newStand() (*stand, error) {
	data, err := os.MkdirTemp(l.folder, "data-")
	return &stand{lab: l, data: data}, err
}

// close stops the processes, the last one first, and removes the data.
func (s *stand) close() {
	for i := len(s.processes) - 1; i >= 0; i-- {
		s.processes[i].stop()
	}
	for _, cleanup := range slices.Backward(s.cleanups) {
		cleanup()
	}
	_ = os.RemoveAll(s.data)
}

// process is a running program.
type process struct {
	name    string
	address string
	// admin is the address of its metrics and profiles, empty for a program that has none.
	admin   string
	command *exec.Cmd
	// ready asks whether it is ready; nil asks for /readyz.
	ready func(ctx context.Context) bool
	// stopSignal ends it; nil stands for SIGTERM.
	stopSignal os.Signal
	output     *os.File
	ended      chan struct{}
}

// service starts a program of spacey on free ports and waits until it is ready. environment comes before the stand's own.
func (s *stand) service(ctx context.Context, environment []string, name string, arguments ...string) (*process, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	admin, err := freePort()
	if err != nil {
		return nil, err
	}
	p := &process{
		name: name, address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), admin: net.JoinHostPort("127.0.0.1", strconv.Itoa(admin)),
	}
	p.command = exec.Command(s.lab.program(name), arguments...)
	p.command.Env = append([]string{
		"DATA_DIR=" + s.data, "PORT=" + strconv.Itoa(port), "ADMIN_PORT=" + strconv.Itoa(admin), "USER_RATE_LIMIT=1000000",
		"API_RATE_LIMIT=100000000",
	}, environment...)
	return p, s.start(ctx, p)
}

// start starts a process whose address is known and waits until it is ready.
func (s *stand) start(ctx context.Context, p *process) error {
	p.command.Dir = cmp.Or(p.command.Dir, s.data)
	var err error
	if p.output, err = os.CreateTemp(s.data, p.name+"-*.log"); err != nil {
		return err
	}
	p.command.Stdout, p.command.Stderr = p.output, p.output
	if err := p.command.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	p.ended = make(chan struct{})
	go func() {
		defer close(p.ended)
		_ = p.command.Wait()
	}()
	s.processes = append(s.processes, p)
	return p.waitReady(ctx)
}

func (p *process) waitReady(ctx context.Context) error {
	late := time.After(startTime)
	for {
		if p.isReady(ctx) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.ended:
			return fmt.Errorf("%s ended while it was awaited:\n%s", p.name, p.tail())
		case <-late:
			return fmt.Errorf("%s was not ready in time:\n%s", p.name, p.tail())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (p *process) isReady(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if p.ready != nil {
		return p.ready(ctx)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func (p *process) stop() {
	_ = p.command.Process.Signal(cmp.Or[os.Signal](p.stopSignal, syscall.SIGTERM))
	select {
	case <-p.ended:
	case <-time.After(stopTime):
		_ = p.command.Process.Kill()
		<-p.ended
	}
	_ = p.output.Close()
}

// tail returns the end of what a process printed.
func (p *process) tail() string {
	text, err := os.ReadFile(p.output.Name())
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(text[max(0, len(text)-2000):]))
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.Join(errors.New("the listener has no port"), listener.Close())
	}
	return address.Port, listener.Close()
}

// migrate brings the schema of the stand's storage up to date.
func (s *stand) migrate(ctx context.Context, environment []string) error {
	command := exec.CommandContext(ctx, s.lab.program("spacey"), "migrate")
	command.Dir, command.Env = s.data, append([]string{"DATA_DIR=" + s.data}, environment...)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("migrating: %w\n%s", err, out)
	}
	return nil
}
