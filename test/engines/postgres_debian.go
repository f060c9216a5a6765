package engines

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// installedPostgres is where Debian's packages put the programs, a folder for each major version.
const installedPostgres = "/usr/lib/postgresql/*/bin"

// providePostgres returns the programs on the path, else the newest in the folders of a pattern, else those of Debian's
// package: root installs it, anyone else unpacks it under .cache. Test processes that run at the same time do that once.
func providePostgres(pattern string) (postgresPrograms, error) {
	if programs, found := findPostgres(pattern); found {
		return programs, nil
	}
	root, err := repositoryRoot()
	if err != nil {
		return postgresPrograms{}, err
	}
	folder := filepath.Join(root, ".cache", "postgres")
	if err = os.MkdirAll(folder, 0o755); err != nil {
		return postgresPrograms{}, err
	}
	release, err := lock(filepath.Join(folder, "lock"))
	if err != nil {
		return postgresPrograms{}, err
	}
	defer release()
	if os.Geteuid() == 0 {
		return installPostgres(pattern)
	}
	return unpackPostgres(folder)
}

// findPostgres returns the programs on the path, else the newest in the folders of a pattern.
func findPostgres(pattern string) (postgresPrograms, bool) {
	initdb, err := exec.LookPath("initdb")
	postgres, missing := exec.LookPath("postgres")
	if err == nil && missing == nil {
		return postgresPrograms{initdb: initdb, postgres: postgres}, true
	}
	return newestPostgres(pattern)
}

// newestPostgres returns the programs of the newest version in folders named like 15/bin.
func newestPostgres(pattern string) (postgresPrograms, bool) {
	folders, _ := filepath.Glob(pattern)
	folders = slices.DeleteFunc(folders, func(folder string) bool {
		_, initdb := exec.LookPath(filepath.Join(folder, "initdb"))
		_, postgres := exec.LookPath(filepath.Join(folder, "postgres"))
		return initdb != nil || postgres != nil
	})
	if len(folders) == 0 {
		return postgresPrograms{}, false
	}
	newest := slices.MaxFunc(folders, func(a, b string) int { return cmp.Compare(majorVersion(a), majorVersion(b)) })
	return postgresPrograms{initdb: filepath.Join(newest, "initdb"), postgres: filepath.Join(newest, "postgres")}, true
}

func majorVersion(folder string) float64 {
	version, _ := strconv.ParseFloat(filepath.Base(filepath.Dir(folder)), 64)
	return version
}

// installPostgres installs Debian's package, unless another process has just done so.
func installPostgres(pattern string) (postgresPrograms, error) {
	if programs, found := findPostgres(pattern); found {
		return programs, nil
	}
	install := []string{"-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "install", "postgresql"}
	if _, err := debian("apt-get", install...); err != nil {
		// The lists of packages may be missing or old.
		_, updateErr := debian("apt-get", "update")
		if _, err = debian("apt-get", install...); err != nil {
			return postgresPrograms{}, errors.Join(err, updateErr)
		}
	}
	programs, found := findPostgres(pattern)
	if !found {
		return programs, fmt.Errorf("the package postgresql is installed, but there is no initdb and postgres in %s", pattern)
	}
	return programs, nil
}

// unpackPostgres downloads Debian's package and what it needs that is not installed, and unpacks them in a folder, unless
// another process has done so. It needs no rights.
func unpackPostgres(folder string) (postgresPrograms, error) {
	// The packages fit the system that they were chosen for. One that does not tell its name has no apt-get either.
	system, _ := os.ReadFile("/etc/os-release")
	hash := sha256.Sum256(append(system, runtime.GOARCH...))
	ready := filepath.Join(folder, "system-"+hex.EncodeToString(hash[:8]))
	_, err := os.Stat(ready)
	if errors.Is(err, os.ErrNotExist) {
		// Unpacked under another name, so that a download that is stopped leaves nothing that looks ready.
		unfinished := filepath.Join(folder, "unfinished")
		err = errors.Join(os.RemoveAll(unfinished), downloadPostgres(unfinished))
		if err == nil {
			err = os.Rename(filepath.Join(unfinished, "files"), ready)
		}
		err = errors.Join(err, os.RemoveAll(unfinished))
	}
	if err != nil {
		return postgresPrograms{}, fmt.Errorf("downloading Debian's package of PostgreSQL: %w", err)
	}
	programs, found := newestPostgres(filepath.Join(ready, installedPostgres))
	if !found {
		return programs, fmt.Errorf("there is no initdb and postgres in %s: remove that folder", filepath.Join(ready, installedPostgres))
	}
	libraries, _ := filepath.Glob(filepath.Join(ready, "usr", "lib", "*-linux-*"))
	older, _ := filepath.Glob(filepath.Join(ready, "lib", "*-linux-*"))
	programs.libraries = strings.Join(append(libraries, older...), ":")
	return programs, nil
}

// serverPackage finds the package of the server among what the package postgresql depends on.
var serverPackage = regexp.MustCompile(`(?m)^\s*\|?Depends: postgresql-([0-9.]+)$`)

// downloadPostgres unpacks the packages in folder/files. apt gets lists and a cache of its own, since those of the system
// belong to root and may be empty.
func downloadPostgres(folder string) error {
	state, files := filepath.Join(folder, "apt"), filepath.Join(folder, "files")
	for _, path := range []string{files, filepath.Join(state, "lists", "partial"), filepath.Join(state, "archives", "partial")} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return err
		}
	}
	options := []string{
		"-o", "Dir::State=" + state, "-o", "Dir::State::status=/var/lib/dpkg/status", "-o", "Dir::Cache=" + state,
		"-o", "Debug::NoLocking=1",
	}
	// One source of many that does not answer, or a script that only root may run, is no reason to stop.
	_, updateErr := debian("apt-get", append(options, "update")...)
	dependencies, err := debian("apt-cache", append(options, "depends", "postgresql")...)
	version := serverPackage.FindStringSubmatch(dependencies)
	if err != nil || version == nil {
		return errors.Join(fmt.Errorf("finding out which version of PostgreSQL there is: %s", dependencies), err, updateErr)
	}
	if _, err = debian("apt-get", append(options, "-y", "--no-install-recommends", "--download-only", "--reinstall", "install",
		"postgresql-"+version[1], "postgresql-client-"+version[1], "libpq5")...); err != nil {
		return errors.Join(err, updateErr)
	}
	packages, err := filepath.Glob(filepath.Join(state, "archives", "*.deb"))
	for _, path := range packages {
		if _, failed := debian("dpkg", "-x", path, files); failed != nil {
			err = errors.Join(err, failed)
		}
	}
	return err
}

// debian runs a program of Debian's package management and returns what it printed, which an error repeats the end of.
func debian(program string, arguments ...string) (string, error) {
	command := exec.Command(program, arguments...)
	command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	output, err := command.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, output[max(0, len(output)-2000):])
	}
	return string(output), err
}
