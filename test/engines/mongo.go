package engines

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// MongoURIVariable names the environment variable with the connection string of a MongoDB server for tests.
const MongoURIVariable = "MONGO_TEST_URI"

// startTime is how long a server may take to start.
const startTime = time.Minute

// startMongo starts the one server of this process. The result keeps it alive: it would end if it were forgotten.
var startMongo = sync.OnceValues(func() (started, error) {
	if path, err := exec.LookPath("mongod"); err == nil {
		return startMongod(path)
	}
	return startFerretDB()
})

type started struct {
	uri    string
	server *server
}

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

// untilInputEnds is a shell script that runs its arguments but the first until they end or standard input does, then
// removes the folder that is the first argument.
const untilInputEnds = `folder=$1; shift; exec 3<&0
"$@" </dev/null >/dev/null & child=$!
(cat <&3; kill "$child") >/dev/null 2>&1 &
wait "$child"; rm -rf "$folder"`

// startMongod starts a mongod on a temporary folder and a free port.
func startMongod(path string) (started, error) {
	folder, err := os.MkdirTemp("", "spacey-mongod-")
	if err != nil {
		return started{}, err
	}
	port, err := freePort()
	if err != nil {
		return started{}, err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	s, _, err := startServer("sh", "-c", untilInputEnds, "sh", folder,
		path, "--dbpath", folder, "--bind_ip", "127.0.0.1", "--port", strconv.Itoa(port), "--quiet")
	if err != nil {
		return started{}, err
	}
	late := time.After(startTime)
	for {
		if connection, err := net.Dial("tcp", address); err == nil {
			return started{uri: "mongodb://" + address + "/", server: s}, connection.Close()
		}
		select {
		case <-s.ended:
			return started{}, fmt.Errorf("%s ended: %s", path, s.stop())
		case <-late:
			return started{}, fmt.Errorf("%s does not accept connections: %s", path, s.stop())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	address, _ := listener.Addr().(*net.TCPAddr)
	return address.Port, listener.Close()
}

// startFerretDB starts FerretDB, which prints its connection string when it is ready.
func startFerretDB() (started, error) {
	program, err := buildFerretDB()
	if err != nil {
		return started{}, err
	}
	s, stdout, err := startServer(program)
	if err != nil {
		return started{}, err
	}
	line := bufio.NewScanner(stdout)
	if !line.Scan() {
		return started{}, fmt.Errorf("FerretDB does not start: %s", s.stop())
	}
	return started{uri: line.Text(), server: s}, nil
}
