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
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// postgresPrograms are the programs of a PostgreSQL server.
type postgresPrograms struct {
	initdb, postgres string
	// libraries are the folders of shared libraries that the system does not have, as in LD_LIBRARY_PATH.
	libraries string
}

// runPostgres is a shell script that makes a cluster and becomes its server. Its arguments are the two programs, a folder
// and a port; the variable SPACEY_PASSWORD is the superuser's password, which a command line would show to everyone. The
// server writes to disk when it likes: what is lost when the machine stops is of no use to a test. A process that is
// killed, the server included, loses nothing by that.
const runPostgres = `umask 077 && echo "$SPACEY_PASSWORD" > "$3/password" &&
"$1" -D "$3/data" -U postgres --auth=scram-sha-256 --pwfile="$3/password" \
  --locale=C --encoding=UTF8 --no-sync >/dev/null &&
exec "$2" -D "$3/data" -h 127.0.0.1 -p "$4" -c unix_socket_directories= \
  -c fsync=off -c full_page_writes=off -c max_connections=400 -c shared_buffers=128MB \
  -c log_min_messages=fatal`

// errPortTaken is the error of a server whose port was free a moment ago.
var errPortTaken = errors.New("another program has taken the port")

// start starts a server on a temporary folder and a free port, on another one if a program is faster to take it.
func (p postgresPrograms) start(freePort func() (int, error)) (started, error) {
	for attempt := 1; ; attempt++ {
		port, err := freePort()
		if err != nil {
			return started{}, err
		}
		postgres, err := p.startAt(port)
		if attempt == 3 || !errors.Is(err, errPortTaken) {
			return postgres, err
		}
	}
}

func (p postgresPrograms) startAt(port int) (started, error) {
	password := rand.Text()
	s, err := p.launch(port, password)
	if err != nil {
		return started{}, err
	}
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword("postgres", password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/postgres", RawQuery: "sslmode=disable",
	}
	err = s.waitFor(p.postgres, func(ctx context.Context) error { return execute(ctx, address.String(), "SELECT 1") })
	if err != nil && strings.Contains(err.Error(), "could not create any TCP/IP sockets") {
		err = fmt.Errorf("%w: %w", errPortTaken, err)
	}
	return started{uri: address.String(), server: s}, err
}

// launch starts the making of a cluster and its server, and waits for neither.
func (p postgresPrograms) launch(port int, password string) (*server, error) {
	owner, parent := unprivileged(), os.TempDir()
	if owner != nil && !openToAll(parent) {
		parent = "/tmp"
	}
	folder := filepath.Join(parent, "spacey-postgres-"+rand.Text())
	command := exec.Command("sh", "-c", untilInputEnds, "sh", "INT", folder,
		"sh", "-c", runPostgres, "sh", p.initdb, p.postgres, folder, strconv.Itoa(port))
	// Who runs the server may not enter the current folder.
	command.Dir = parent
	command.Env = append(os.Environ(), "LC_ALL=C", "SPACEY_PASSWORD="+password)
	if p.libraries != "" {
		command.Env = append(command.Env, "LD_LIBRARY_PATH="+p.libraries)
	}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	s, _, err := startServer(command)
	return s, err
}

// unprivileged returns who runs the server when root runs the tests, since PostgreSQL refuses root; nil for anyone else.
func unprivileged() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return &syscall.Credential{Uid: 65534, Gid: 65534}
}

// openToAll tells whether everyone may reach a folder and make folders in it.
func openToAll(folder string) bool {
	path, err := filepath.Abs(folder)
	if err != nil {
		return false
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return false
	}
	for needed := os.FileMode(0o003); ; needed = 0o001 {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&needed != needed {
			return false
		}
		if path == filepath.Dir(path) {
			return true
		}
		path = filepath.Dir(path)
	}
}
