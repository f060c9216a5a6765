package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// postgresURLVariable names the variable with the URL of a server on which databases may be made. How durably it writes
// is up to whoever runs it.
const postgresURLVariable = "POSTGRES_TEST_URL"

// postgres returns the URL of the stand's server: that of POSTGRES_TEST_URL, else of one that is started with the settings
// that initdb gives a server, which wait for the disk.
func (s *stand) postgres(ctx context.Context) (string, error) {
	if s.postgresURL == "" {
		s.postgresURL = os.Getenv(postgresURLVariable)
	}
	if s.postgresURL != "" {
		return s.postgresURL, nil
	}
	initdb, server, found := findPostgres()
	if !found {
		return "", &notMeasured{"not measured: there is no " + postgresURLVariable + ", and no PostgreSQL on the path or in /usr/lib/postgresql"}
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	password := rand.Text()
	owner, folder, err := s.postgresFolder(password)
	if err != nil {
		return "", err
	}
	command := func(path string, arguments ...string) *exec.Cmd {
		c := exec.Command(path, append([]string{"-D", filepath.Join(folder, "data")}, arguments...)...)
		c.Dir, c.Env = folder, append(os.Environ(), "LC_ALL=C")
		c.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
		return c
	}
	initialize := command(initdb, "-U", "postgres", "--auth=scram-sha-256", "--pwfile=password", "--locale=C", "--encoding=UTF8")
	if out, err := initialize.CombinedOutput(); err != nil {
		return "", fmt.Errorf("making a cluster of PostgreSQL: %w\n%s", err, out)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	uri := "postgres://postgres:" + password + "@" + address + "/postgres?sslmode=disable"
	p := &process{
		name: "postgres", address: address, command: command(server, "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-c", "unix_socket_directories="),
		stopSignal: syscall.SIGQUIT, // it need not save what is removed at once
		ready:      func(ctx context.Context) bool { return execute(ctx, uri, "SELECT 1") == nil },
	}
	if err := s.start(ctx, p); err != nil {
		return "", err
	}
	s.postgresURL = uri
	return uri, nil
}

// findPostgres returns the programs on the path, else the newest ones where Debian's packages put them.
func findPostgres() (initdb, server string, found bool) {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is right
	slices.SortFunc(folders, func(a, b string) int { return postgresVersion(b) - postgresVersion(a) })
	for _, folder := range append([]string{""}, folders...) {
		initdb, missing := exec.LookPath(filepath.Join(folder, "initdb"))
		server, err := exec.LookPath(filepath.Join(folder, "postgres"))
		if missing == nil && err == nil {
			return initdb, server, true
		}
	}
	return "", "", false
}

// postgresVersion returns 15 of a folder like 15/bin.
func postgresVersion(folder string) int {
	version, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder))) // others come last
	return version
}

// postgresFolder makes a folder for a server, with the password in a file. PostgreSQL refuses root, so for root the folder
// belongs to the account that is returned. It is within the stand's folder, or in /var/tmp where the account cannot enter that.
func (s *stand) postgresFolder(password string) (owner *syscall.Credential, folder string, err error) {
	within := s.data
	if os.Geteuid() == 0 {
		owner = unprivileged()
		if err := errors.Join(os.Chmod(s.lab.folder, 0o711), os.Chmod(s.data, 0o711)); err != nil {
			return nil, "", err
		}
		look := exec.Command("test", "-x", s.data)
		look.Dir, look.SysProcAttr = "/", &syscall.SysProcAttr{Credential: owner}
		if look.Run() != nil {
			within = "/var/tmp"
		}
	}
	if folder, err = os.MkdirTemp(within, "spacey-bench-postgres-"); err != nil {
		return nil, "", err
	}
	s.cleanups = append(s.cleanups, func() { _ = os.RemoveAll(folder) })
	file := filepath.Join(folder, "password")
	err = os.WriteFile(file, []byte(password), 0o600)
	if owner != nil {
		err = errors.Join(err, os.Chown(file, int(owner.Uid), int(owner.Gid)), os.Chown(folder, int(owner.Uid), int(owner.Gid)))
	}
	return owner, folder, err
}

// unprivileged returns the account that a server runs as for root.
func unprivileged() *syscall.Credential {
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, unknown := strconv.ParseUint(account.Uid, 10, 32)
		gid, err := strconv.ParseUint(account.Gid, 10, 32)
		if unknown == nil && err == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return &syscall.Credential{Uid: 65534, Gid: 65534}
}
