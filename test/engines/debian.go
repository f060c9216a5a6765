package engines

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// provide returns what is found on the system, else the programs of a Debian package: root installs it, anyone else
// unpacks it in a folder under .cache. Test processes that run at the same time do that once.
func provide[Programs any](name string, find func() (Programs, bool), install func() (Programs, error),
	unpack func(folder string) (Programs, error)) (Programs, error) {
	var none Programs
	if programs, found := find(); found {
		return programs, nil
	}
	root, err := repositoryRoot()
	if err != nil {
		return none, err
	}
	folder := filepath.Join(root, ".cache", name)
	if err = os.MkdirAll(folder, 0o755); err != nil {
		return none, err
	}
	release, err := lock(filepath.Join(folder, "lock"))
	if err != nil {
		return none, err
	}
	defer release()
	if os.Geteuid() == 0 {
		return install()
	}
	return unpack(folder)
}

// installPackage installs one of Debian's packages.
func installPackage(name string) error {
	install := []string{"-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "install", name}
	_, err := debian("apt-get", install...)
	if err == nil {
		return nil
	}
	// The lists of packages may be missing or old.
	_, updateErr := debian("apt-get", "update")
	if _, err = debian("apt-get", install...); err != nil {
		return errors.Join(err, updateErr)
	}
	return nil
}

// unpackPackages downloads packages of Debian and what they need that is not installed, and unpacks all in a folder within
// the given one, unless another process has done so. It needs no rights. choose returns the names of the packages; it is
// given options for apt.
func unpackPackages(folder string, choose func(options []string) ([]string, error)) (ready string, err error) {
	// The packages fit the system that they were chosen for. One that does not tell its name has no apt-get either.
	system, _ := os.ReadFile("/etc/os-release")
	hash := sha256.Sum256(append(system, runtime.GOARCH...))
	ready = filepath.Join(folder, "system-"+hex.EncodeToString(hash[:8]))
	if _, err = os.Stat(ready); !errors.Is(err, os.ErrNotExist) {
		return ready, err
	}
	// Unpacked under another name, so that a download that is stopped leaves nothing that looks ready.
	unfinished := filepath.Join(folder, "unfinished")
	err = errors.Join(os.RemoveAll(unfinished), downloadPackages(unfinished, choose))
	if err == nil {
		err = os.Rename(filepath.Join(unfinished, "files"), ready)
	}
	return ready, errors.Join(err, os.RemoveAll(unfinished))
}

// downloadPackages unpacks packages in folder/files. apt gets lists and a cache of its own, since those of the system
// belong to root and may be empty.
func downloadPackages(folder string, choose func(options []string) ([]string, error)) error {
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
	names, err := choose(options)
	if err != nil {
		return errors.Join(err, updateErr)
	}
	download := append(options, "-y", "--no-install-recommends", "--download-only", "--reinstall", "install")
	if _, err = debian("apt-get", append(download, names...)...); err != nil {
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

// sharedLibraries returns the folders of shared libraries in a folder with unpacked packages, as in LD_LIBRARY_PATH.
func sharedLibraries(unpacked string) string {
	libraries, _ := filepath.Glob(filepath.Join(unpacked, "usr", "lib", "*-linux-*"))
	older, _ := filepath.Glob(filepath.Join(unpacked, "lib", "*-linux-*"))
	return strings.Join(append(libraries, older...), ":")
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
