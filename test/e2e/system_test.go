// Package e2e tests the running product: real processes, real sockets, each storage engine.
package e2e

import (
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

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
	if err := lookAtSources(); err != nil {
		return 1, err
	}
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

// lookAtSources looks at each file of the programs, so that Go knows that a result depends on them and does not take an
// old one for it: the programs are built here, out of its sight.
func lookAtSources() error {
	for _, folder := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join("..", "..", folder), func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// storage is where a system keeps its data: it outlives the processes.
type storage struct {
	engine      string
	environment []string
}

// engineNames are the engines that every scenario runs on.
var engineNames = []string{"sqlite", "mongo", "postgres"}

// sized returns how much a scenario does on an engine: less on the one that stands in for MongoDB, which reads a whole
// collection for each question.
func sized(engine string, usual, onMongo int) int {
	if engine == "mongo" {
		return onMongo
	}
	return usual
}

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
	case "postgres":
		// Many processes of many tests share one server.
		few := "pool_max_conns=6"
		place, err := url.Parse(engines.PostgresDatabase(t))
		require.NoError(t, err)
		place.RawQuery = strings.TrimPrefix(place.RawQuery+"&"+few, "&")
		return storage{engine, []string{"STORAGE=postgres", "DATA_DIR=" + data, "DATABASE_URL=" + place.String()}}
	default:
		t.Fatalf("engine %q is not known", engine)
		return storage{}
	}
}

// onEverySystem runs a scenario on a fresh system of each shape over each engine.
func onEverySystem(t *testing.T, scenario func(t *testing.T, s *system)) {
	for _, engine := range engineNames {
		t.Run("one process, "+engine, func(t *testing.T) {
			t.Parallel()
			scenario(t, start(t, newStorage(t, engine)))
		})
		t.Run("a process a service, "+engine, func(t *testing.T) {
			t.Parallel()
			scenario(t, startServices(t, newStorage(t, engine)))
		})
	}
}

// system is a running spacey.
type system struct {
	t       *testing.T
	storage storage
	// URL is the address of the gateway.
	URL string
	// processes are in order of their start; the gateway is the last.
	processes []*running
}

// start runs `spacey serve` and waits until it is ready. extra are more variables of the environment.
func start(t *testing.T, storage storage, extra ...string) *system {
	t.Helper()
	whole := &running{t: t, program: "spacey", args: []string{"serve"}, port: freePort(t)}
	whole.environment = append(append([]string{"USER_RATE_LIMIT=100000", "API_RATE_LIMIT=1000000"}, storage.environment...), extra...)
	s := &system{t: t, storage: storage, URL: whole.url(), processes: []*running{whole}}
	s.run()
	return s
}

// replicas is how often each service runs where it is a process of its own.
const replicas = 2

// startServices runs a gateway and two replicas of each service, and waits until they are ready. extra are more variables
// of the environment.
func startServices(t *testing.T, storage storage, extra ...string) *system {
	t.Helper()
	migrate := exec.Command(filepath.Join(binaries, "spacey"), "migrate")
	migrate.Dir, migrate.Env = t.TempDir(), storage.environment
	out, err := migrate.CombinedOutput()
	require.NoError(t, err, string(out))

	common := append(append([]string{"USER_RATE_LIMIT=100000", "API_RATE_LIMIT=1000000"}, storage.environment...), extra...)
	s := &system{t: t, storage: storage}
	for variable, program := range map[string]string{
		"USER_SERVICE_HOST_NAME": "user-service", "CONFIG_SERVICE_HOST_NAME": "config-service",
		"DECK_SERVICE_HOST_NAME": "deck-management-service", "LEARNING_SERVICE_HOST_NAME": "learning-service",
		"CARD_GENERATION_SERVICE_HOST_NAME": "card-generation-service",
	} {
		var addresses []string
		for range replicas {
			process := &running{t: t, program: program, port: freePort(t)}
			addresses = append(addresses, fmt.Sprintf("127.0.0.1:%d", process.port))
			s.processes = append(s.processes, process)
		}
		common = append(common, variable+"="+strings.Join(addresses, ","))
	}
	gateway := &running{t: t, program: "api", port: freePort(t)}
	s.processes, s.URL = append(s.processes, gateway), gateway.url()
	for _, process := range s.processes {
		process.environment = common
	}
	s.run()
	return s
}

// run starts the processes that do not run, and waits until all are ready.
func (s *system) run() {
	s.t.Helper()
	for _, process := range s.processes {
		if !process.alive() {
			process.run()
		}
	}
	for _, process := range s.processes {
		process.waitReady()
	}
}

// kill ends all processes as a power cut would, and waits until they are gone.
func (s *system) kill() {
	for _, process := range s.processes {
		_ = process.process.Process.Kill()
	}
	for _, process := range s.processes {
		_ = process.signal(syscall.SIGKILL)
	}
}

// of returns the replicas of a service.
func (s *system) of(program string) []*running {
	var found []*running
	for _, process := range s.processes {
		if process.program == program {
			found = append(found, process)
		}
	}
	return found
}

// nextPort counts through ports that no outgoing connection is given.
var nextPort atomic.Int64

func init() { nextPort.Store(20000 + int64(os.Getpid()%4000)) }

// freePort returns a port that nobody listens at and that it has not returned before.
func freePort(t *testing.T) int {
	t.Helper()
	for range 5000 {
		port := 20000 + int(nextPort.Add(1)%12000)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			listener.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}
