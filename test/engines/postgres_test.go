package engines

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestPostgres(t *testing.T) {
	t.Run("there is a server that answers, the same for all tests of a process", func(t *testing.T) {
		server := Postgres(t)
		require.Equal(t, server, Postgres(t))
		require.NoError(t, executeInTime(server, "SELECT 1"))
	})

	t.Run("a password is needed", func(t *testing.T) {
		t.Setenv(PostgresURLVariable, "")
		address, err := url.Parse(Postgres(t))
		require.NoError(t, err)
		for _, login := range []*url.Userinfo{url.User("postgres"), url.UserPassword("postgres", "postgres")} {
			address.User = login
			require.Error(t, executeInTime(address.String(), "SELECT 1"))
		}
	})

	t.Run("the server that is asked for is used", func(t *testing.T) {
		t.Setenv(PostgresURLVariable, "postgres://elsewhere/")
		require.Equal(t, "postgres://elsewhere/", Postgres(t))
	})
}

func TestPostgresDatabase(t *testing.T) {
	t.Run("a database is new, empty and encoded in UTF-8", func(t *testing.T) {
		connection := connect(t, PostgresDatabase(t))
		var encoding string
		require.NoError(t, connection.QueryRow(t.Context(), "SHOW server_encoding").Scan(&encoding))
		require.Equal(t, "UTF8", encoding)
		var tables int
		require.NoError(t, connection.QueryRow(t.Context(),
			"SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'").Scan(&tables))
		require.Zero(t, tables)
	})

	t.Run("no two are one, also when they are made at the same time", func(t *testing.T) {
		databases := make(chan string, 10)
		t.Run("made", func(t *testing.T) {
			for i := range cap(databases) {
				t.Run(fmt.Sprint(i), func(t *testing.T) {
					t.Parallel()
					databases <- PostgresDatabase(t)
				})
			}
		})
		close(databases)
		seen := map[string]bool{}
		for database := range databases {
			seen[database] = true
		}
		require.Len(t, seen, cap(databases))
	})

	t.Run("it is dropped after the test, also on a server that stays and when a connection is left open", func(t *testing.T) {
		t.Setenv(PostgresURLVariable, Postgres(t))
		var database string
		t.Run("test", func(t *testing.T) {
			database = PostgresDatabase(t)
			connection, err := pgx.Connect(t.Context(), database)
			require.NoError(t, err)
			require.NoError(t, connection.Ping(t.Context()))
		})
		require.ErrorContains(t, executeInTime(database, "SELECT 1"), "does not exist")
	})

	t.Run("an address that is no URL fails the test, which tells what is expected and no password", func(t *testing.T) {
		for _, address := range []string{"host=localhost password=secret", "postgres://user:secret@host:port/", "mysql://user:secret@host/"} {
			t.Setenv(PostgresURLVariable, address)
			message := failure(t, func(t testing.TB) { PostgresDatabase(t) })
			require.Contains(t, message, PostgresURLVariable+" is no URL of a PostgreSQL server (postgres://user:password@host:port/database)")
			require.NotContains(t, message, "secret")
		}
	})

	t.Run("a server that is not there fails the test", func(t *testing.T) {
		port, err := freePort()
		require.NoError(t, err)
		t.Setenv(PostgresURLVariable, fmt.Sprintf("postgres://user:secret@127.0.0.1:%d/", port))
		message := failure(t, func(t testing.TB) { PostgresDatabase(t) })
		require.Contains(t, message, "creating the database spacey_test_")
		require.NotContains(t, message, "secret")
	})
}

func TestPostgresServer(t *testing.T) {
	programs, err := providePostgres(installedPostgres)
	require.NoError(t, err)

	t.Run("it has a folder of its own, and ends and leaves nothing when its input closes", func(t *testing.T) {
		folder := temporary(t)
		running, err := programs.start(freePort)
		require.NoError(t, err)
		require.Len(t, entries(t, folder), 1)
		connect(t, running.uri)

		running.server.stop()
		require.Empty(t, entries(t, folder))
		require.Error(t, executeInTime(running.uri, "SELECT 1"))
	})

	t.Run("it ends and leaves nothing also when it has just begun to start", func(t *testing.T) {
		folder := temporary(t)
		port, err := freePort()
		require.NoError(t, err)
		s, err := programs.launch(port, "password")
		require.NoError(t, err)
		require.Eventually(t, func() bool { return len(entries(t, folder)) == 1 }, startTime, time.Millisecond)
		require.NoError(t, s.stdin.Close())
		select {
		case <-s.ended:
		case <-time.After(startTime):
			t.Fatal("it goes on")
		}
		require.Empty(t, entries(t, folder))
	})

	t.Run("when another program takes the port, another port is tried, but not forever", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, listener.Close()) })
		taken := listener.Addr().(*net.TCPAddr).Port

		ports := []int{taken}
		running, err := programs.start(func() (int, error) {
			if len(ports) == 0 {
				return freePort()
			}
			port := ports[0]
			ports = ports[1:]
			return port, nil
		})
		require.NoError(t, err)
		running.server.stop()

		tries := 0
		_, err = programs.start(func() (int, error) { tries++; return taken, nil })
		require.ErrorIs(t, err, errPortTaken)
		require.Equal(t, 3, tries)
	})

	t.Run("one that does not start is told at once, with its log, and leaves nothing", func(t *testing.T) {
		folder := temporary(t)
		_, err := postgresPrograms{initdb: "/nowhere/initdb", postgres: "/nowhere/postgres"}.start(freePort)
		require.ErrorContains(t, err, "/nowhere/postgres ended: ")
		require.ErrorContains(t, err, "/nowhere/initdb: not found")
		require.Empty(t, entries(t, folder))
	})

	t.Run("a temporary folder that the server could not reach is not used", func(t *testing.T) {
		folder := temporary(t)
		mode := func(path string, mode os.FileMode) { require.NoError(t, os.Chmod(path, mode)) }
		require.True(t, openToAll(folder))
		mode(folder, 0o755)
		require.False(t, openToAll(folder), "nobody else can make a folder there")
		inner := filepath.Join(folder, "inner")
		require.NoError(t, os.Mkdir(inner, 0o700))
		mode(inner, 0o777)
		require.True(t, openToAll(inner))
		mode(folder, 0o700)
		require.False(t, openToAll(inner), "nobody else can enter the folder around it")
		require.False(t, openToAll(filepath.Join(folder, "missing")))
	})
}

// connect opens a connection that is closed after the test.
func connect(t *testing.T, server string) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), server)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), startTime)
		defer cancel()
		_ = connection.Close(ctx)
	})
	return connection
}

// temporary makes the tests use a temporary folder that begins empty and that everyone can reach.
func temporary(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "spacey-test-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	require.NoError(t, os.Chmod(folder, 0o777))
	t.Setenv("TMPDIR", folder)
	return folder
}

func entries(t *testing.T, folder string) []os.DirEntry {
	t.Helper()
	found, err := os.ReadDir(folder)
	require.NoError(t, err)
	return found
}

// failingTest is a test that may fail.
type failingTest struct {
	testing.TB
	message string
}

// Fatalf keeps the message and ends the goroutine.
func (f *failingTest) Fatalf(format string, arguments ...any) {
	f.message = fmt.Sprintf(format, arguments...)
	runtime.Goexit()
}

// failure returns how a test fails.
func failure(t *testing.T, test func(testing.TB)) string {
	t.Helper()
	f := &failingTest{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(f)
	}()
	<-done
	require.NotEmpty(t, f.message, "it does not fail")
	return f.message
}
