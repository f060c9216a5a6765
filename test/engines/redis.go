package engines

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
)

// RedisURLVariable names the environment variable with the URL of a Redis server for tests, as
// redis://user:password@host:port/0.
const RedisURLVariable = "REDIS_TEST_URL"

// startRedis starts the one server of this process. The result keeps it alive: it would end if it were forgotten.
var startRedis = sync.OnceValues(func() (started, error) {
	programs, err := provide("redis", findRedis, installRedis, unpackRedis)
	if err != nil {
		return started{}, err
	}
	return programs.start()
})

// Redis returns the URL of a Redis server for tests: that of REDIS_TEST_URL, else a redis-server on the path, else that of
// Debian's package, which is fetched when it is missing. A server that is started is shared by the tests of the process
// and ends with it.
func Redis(t testing.TB) string {
	t.Helper()
	if given := os.Getenv(RedisURLVariable); given != "" {
		return given
	}
	redis, err := startRedis()
	if err != nil {
		t.Fatalf("there is no Redis to test with: %v\nSet %s to the URL (redis://user:password@host:port/0) of a server whose "+
			"data may be lost, or put a redis-server on the PATH.", err, RedisURLVariable)
	}
	return redis.uri
}

// redisProgram is the program of a Redis server.
type redisProgram struct {
	server string
	// libraries are the folders of shared libraries that the system does not have, as in LD_LIBRARY_PATH.
	libraries string
}

// findRedis returns the program on the path.
func findRedis() (redisProgram, bool) {
	server, err := exec.LookPath("redis-server")
	return redisProgram{server: server}, err == nil
}

// installRedis installs Debian's package, unless another process has just done so.
func installRedis() (redisProgram, error) {
	if program, found := findRedis(); found {
		return program, nil
	}
	if err := installPackage("redis-server"); err != nil {
		return redisProgram{}, err
	}
	program, found := findRedis()
	if !found {
		return program, errors.New("the package redis-server is installed, but there is no redis-server on the path")
	}
	return program, nil
}

// unpackRedis downloads Debian's package and unpacks it in a folder.
func unpackRedis(folder string) (redisProgram, error) {
	ready, err := unpackPackages(folder, func([]string) ([]string, error) { return []string{"redis-server", "redis-tools"}, nil })
	if err != nil {
		return redisProgram{}, fmt.Errorf("downloading Debian's package of Redis: %w", err)
	}
	server, err := exec.LookPath(filepath.Join(ready, "usr", "bin", "redis-server"))
	if err != nil {
		return redisProgram{}, fmt.Errorf("there is no redis-server in %s: remove that folder: %w", ready, err)
	}
	return redisProgram{server: server, libraries: sharedLibraries(ready)}, nil
}

// runRedis is a shell script that becomes the server. The password comes on its standard input, since a command line would
// show it to everyone.
const runRedis = `exec "$@" - <<end
requirepass $SPACEY_PASSWORD
end`

// start starts a server with a password, which keeps nothing on disk, on a free port.
func (p redisProgram) start() (started, error) {
	folder, password := filepath.Join(os.TempDir(), "spacey-redis-"+rand.Text()), rand.Text()
	port, err := freePort()
	if err != nil {
		return started{}, err
	}
	command := exec.Command("sh", "-c", untilInputEnds, "sh", "TERM", folder, "sh", "-c", runRedis, "sh",
		p.server, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", folder, "--save", "", "--loglevel", "warning")
	command.Env = append(os.Environ(), "SPACEY_PASSWORD="+password)
	if p.libraries != "" {
		command.Env = append(command.Env, "LD_LIBRARY_PATH="+p.libraries)
	}
	s, _, err := startServer(command)
	if err != nil {
		return started{}, err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	client := redis.NewClient(&redis.Options{Addr: address, Password: password, MaxRetries: -1})
	defer client.Close()
	err = s.waitFor(p.server, func(ctx context.Context) error { return client.Ping(ctx).Err() })
	uri := url.URL{Scheme: "redis", User: url.UserPassword("", password), Host: address, Path: "/0"}
	return started{uri: uri.String(), server: s}, err
}
