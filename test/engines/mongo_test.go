package engines

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// fakeMongod makes this test program behave like a mongod that writes a file into its folder and accepts connections.
const fakeMongod = "FAKE_MONGOD"

func TestMain(m *testing.M) {
	if os.Getenv(fakeMongod) == "" {
		os.Exit(m.Run())
	}
	argument := func(name string) string {
		for i, text := range os.Args[:len(os.Args)-1] {
			if text == name {
				return os.Args[i+1]
			}
		}
		return ""
	}
	if err := os.WriteFile(filepath.Join(argument("--dbpath"), "data"), []byte("data"), 0o600); err != nil {
		panic(err)
	}
	if _, err := net.Listen("tcp", net.JoinHostPort(argument("--bind_ip"), argument("--port"))); err != nil {
		panic(err)
	}
	select {}
}

func TestMongo(t *testing.T) {
	t.Run("there is a server that answers, the same for all tests of a process", func(t *testing.T) {
		uri := Mongo(t)
		require.Equal(t, uri, Mongo(t))
		client, err := mongo.Connect(options.Client().ApplyURI(uri))
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), startTime)
		defer cancel()
		require.NoError(t, client.Ping(ctx, nil))
		require.NoError(t, client.Disconnect(ctx))
	})

	t.Run("no two databases have one name", func(t *testing.T) {
		require.NotEqual(t, DatabaseName(t), DatabaseName(t))
	})

	t.Run("the server that is asked for is used", func(t *testing.T) {
		t.Setenv(MongoURIVariable, "mongodb://elsewhere/")
		require.Equal(t, "mongodb://elsewhere/", Mongo(t))
	})

	t.Run("a mongod is started on a folder of its own, and ends and leaves nothing when its input closes", func(t *testing.T) {
		t.Setenv(fakeMongod, "1")
		t.Setenv("TMPDIR", t.TempDir())
		program, err := os.Executable()
		require.NoError(t, err)
		running, err := startMongod(program)
		require.NoError(t, err)
		data := filepath.Join(os.Getenv("TMPDIR"), "*", "data")
		found, err := filepath.Glob(data)
		require.NoError(t, err)
		require.Len(t, found, 1)

		running.server.stop()
		found, err = filepath.Glob(data)
		require.NoError(t, err)
		require.Empty(t, found)
		address := strings.Trim(strings.TrimPrefix(running.uri, "mongodb:"), "/")
		_, err = net.DialTimeout("tcp", address, time.Second)
		require.Error(t, err)
	})

	t.Run("a mongod that does not start is told at once", func(t *testing.T) {
		_, err := startMongod("/nowhere/mongod")
		require.ErrorContains(t, err, "/nowhere/mongod ended")
	})
}
