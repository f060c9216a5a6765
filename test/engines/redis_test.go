package engines

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// ping asks a server whether it is there.
func ping(t *testing.T, uri string) error {
	t.Helper()
	options, err := redis.ParseURL(uri)
	require.NoError(t, err)
	options.MaxRetries, options.DialerRetries, options.DialTimeout = -1, 1, 10*time.Second
	client := redis.NewClient(options)
	defer client.Close()
	return client.Ping(t.Context()).Err()
}

func TestRedis(t *testing.T) {
	t.Run("there is a server that answers, the same for all tests of a process", func(t *testing.T) {
		uri := Redis(t)
		require.Equal(t, uri, Redis(t))
		require.NoError(t, ping(t, uri))
	})

	t.Run("the server that is asked for is used", func(t *testing.T) {
		t.Setenv(RedisURLVariable, "redis://elsewhere/")
		require.Equal(t, "redis://elsewhere/", Redis(t))
	})

	t.Run("a server needs a password, has a folder of its own, and ends and leaves nothing when its input closes", func(t *testing.T) {
		folder := temporary(t)
		program, err := provide("redis", findRedis, installRedis, unpackRedis)
		require.NoError(t, err)
		running, err := program.start()
		require.NoError(t, err)
		require.Len(t, entries(t, folder), 1)
		options, err := redis.ParseURL(running.uri)
		require.NoError(t, err)
		require.ErrorContains(t, ping(t, "redis://"+options.Addr), "NOAUTH")

		running.server.stop()
		require.Empty(t, entries(t, folder))
		require.ErrorContains(t, ping(t, running.uri), "refused")
	})

	t.Run("one that does not start is told at once", func(t *testing.T) {
		_, err := redisProgram{server: "/nowhere/redis-server"}.start()
		require.ErrorContains(t, err, "/nowhere/redis-server ended: ")
	})
}

func TestRedisFromDebian(t *testing.T) {
	t.Run("root installs the package once", func(t *testing.T) {
		folder, commands := fakeDebian(t)
		for range 2 {
			program, err := installRedis()
			require.NoError(t, err)
			require.Equal(t, redisProgram{server: filepath.Join(folder, "path", "redis-server")}, program)
		}
		require.Equal(t, "apt-get install", commands())
	})

	t.Run("a failure is told with what apt-get said", func(t *testing.T) {
		folder, _ := fakeDebian(t)
		failures(t, folder, 2)
		_, err := installRedis()
		require.ErrorContains(t, err, "install redis-server: exit status 100\nE: Unable to locate package")
	})

	t.Run("anyone else unpacks it once, and it runs with its own libraries", func(t *testing.T) {
		_, commands := fakeDebian(t)
		folder := t.TempDir()
		for range 2 {
			program, err := unpackRedis(folder)
			require.NoError(t, err)
			ready := filepath.Join(folder, entries(t, folder)[0].Name())
			require.Equal(t, filepath.Join(ready, "usr", "bin", "redis-server"), program.server)
			require.Equal(t, filepath.Join(ready, "usr", "lib", "x86_64-linux-gnu"), program.libraries)
		}
		require.Equal(t, "apt-get update, apt-get --download-only install, dpkg -x", commands())
	})

	t.Run("a folder without the program is told", func(t *testing.T) {
		fakeDebian(t)
		folder := t.TempDir()
		program, err := unpackRedis(folder)
		require.NoError(t, err)
		require.NoError(t, os.Remove(program.server))
		_, err = unpackRedis(folder)
		require.ErrorContains(t, err, "there is no redis-server in ")
		require.ErrorContains(t, err, "remove that folder")
	})
}
