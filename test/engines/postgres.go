package engines

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// PostgresURLVariable names the environment variable with the URL of a PostgreSQL server for tests, as
// postgres://user:password@host:port/database. The user may create databases.
const PostgresURLVariable = "POSTGRES_TEST_URL"

// startPostgres starts the one server of this process. The result keeps it alive: it would end if it were forgotten.
var startPostgres = sync.OnceValues(func() (started, error) {
	programs, err := providePostgres(installedPostgres)
	if err != nil {
		return started{}, err
	}
	return programs.start(freePort)
})

// Postgres returns the URL of a PostgreSQL server for tests, on which databases may be created: that of
// POSTGRES_TEST_URL, else a server that is started from the programs on the path or those of a Debian package, which is
// fetched when it is missing. A server that is started is shared by the tests of the process and ends with it.
func Postgres(t testing.TB) string {
	t.Helper()
	if given := os.Getenv(PostgresURLVariable); given != "" {
		return given
	}
	postgres, err := startPostgres()
	if err != nil {
		t.Fatalf("there is no PostgreSQL to test with: %v\nSet %s to the URL (postgres://user:password@host:port/database) of a "+
			"server on which databases may be created, or put PostgreSQL's initdb and postgres on the PATH.",
			err, PostgresURLVariable)
	}
	return postgres.uri
}

// PostgresDatabase creates a database that no other test has, encoded in UTF-8, and returns its URL. It is dropped after
// the test.
func PostgresDatabase(t testing.TB) string {
	t.Helper()
	server, name := Postgres(t), uniqueName(t)
	database, err := databaseURL(server, name)
	if err != nil {
		t.Fatalf("%s is no URL of a PostgreSQL server (postgres://user:password@host:port/database): %v",
			PostgresURLVariable, err)
	}
	// Of the templates only template0 is sure to be empty, to allow an encoding, and to be in use by nobody.
	if err = executeInTime(server, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		t.Fatalf("creating the database %s: %v", name, err)
	}
	t.Cleanup(func() {
		if err := executeInTime(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("dropping the database %s: %v", name, err)
		}
	})
	return database
}

// databaseURL returns the URL of another database of a server.
func databaseURL(server, name string) (string, error) {
	address, err := url.Parse(server)
	if err != nil {
		// The parser's error repeats the URL, and with it the password.
		return "", errors.New("it does not parse as a URL")
	}
	if address.Scheme != "postgres" && address.Scheme != "postgresql" {
		return "", fmt.Errorf("its scheme is %q", address.Scheme)
	}
	address.Path = "/" + name
	return address.String(), nil
}

// executeInTime runs one statement on a connection of its own, in the time that a server may take to start.
func executeInTime(server, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	return execute(ctx, server, statement)
}

// execute runs one statement on a connection of its own.
func execute(ctx context.Context, server, statement string) error {
	connection, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = connection.Exec(ctx, statement)
	return errors.Join(err, connection.Close(ctx))
}
