package engines

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// MongoURIVariable names the environment variable with the connection string of a MongoDB server for tests.
const MongoURIVariable = "MONGO_TEST_URI"

// startMongo starts the one server of this process. The result keeps it alive: it would end if it were forgotten.
var startMongo = sync.OnceValues(func() (started, error) {
	if path, err := exec.LookPath("mongod"); err == nil {
		return startMongod(path)
	}
	return startFerretDB()
})

// Mongo returns the connection string of a server that speaks MongoDB's protocol: that of MONGO_TEST_URI, else a mongod
// on the path, else FerretDB, which is built when it is needed for the first time. A server that is started is shared by
// the tests of the process and ends with it.
func Mongo(t testing.TB) string {
	t.Helper()
	if uri := os.Getenv(MongoURIVariable); uri != "" {
		return uri
	}
	mongo, err := startMongo()
	if err != nil {
		t.Fatalf("there is no MongoDB to test with: %v\nSet %s to the connection string of a server whose data may be lost, "+
			"or put a mongod on the PATH.", err, MongoURIVariable)
	}
	return mongo.uri
}

// DatabaseName returns the name of a database that no other test has. On a server that stays it is dropped after the test.
func DatabaseName(t testing.TB) string {
	t.Helper()
	name := uniqueName(t)
	if uri := os.Getenv(MongoURIVariable); uri != "" {
		t.Cleanup(func() {
			if err := dropDatabase(uri, name); err != nil {
				t.Errorf("dropping the database %s: %v", name, err)
			}
		})
	}
	return name
}

func dropDatabase(uri, name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return err
	}
	return errors.Join(client.Database(name).Drop(ctx), client.Disconnect(ctx))
}

// startMongod starts a mongod on a temporary folder and a free port.
func startMongod(path string) (started, error) {
	folder := filepath.Join(os.TempDir(), "spacey-mongod-"+rand.Text())
	port, err := freePort()
	if err != nil {
		return started{}, err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	s, _, err := startServer(exec.Command("sh", "-c", untilInputEnds, "sh", "TERM", folder,
		path, "--dbpath", folder, "--bind_ip", "127.0.0.1", "--port", strconv.Itoa(port), "--quiet"))
	if err != nil {
		return started{}, err
	}
	err = s.waitFor(path, func(ctx context.Context) error {
		connection, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return err
		}
		return connection.Close()
	})
	return started{uri: "mongodb://" + address + "/", server: s}, err
}

// startFerretDB starts FerretDB, which prints its connection string when it is ready.
func startFerretDB() (started, error) {
	program, err := buildFerretDB()
	if err != nil {
		return started{}, err
	}
	s, stdout, err := startServer(exec.Command(program))
	if err != nil {
		return started{}, err
	}
	line := bufio.NewScanner(stdout)
	if !line.Scan() {
		return started{}, fmt.Errorf("FerretDB does not start: %s", s.stop())
	}
	return started{uri: line.Text(), server: s}, nil
}
