package engines

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// buildFerretDB returns the path of the FerretDB program, built from test/ferretdb when that has changed. Test processes
// that run at the same time build it once.
func buildFerretDB() (string, error) {
	root, err := repositoryRoot()
	if err != nil {
		return "", err
	}
	source, folder := filepath.Join(root, "test", "ferretdb"), filepath.Join(root, ".cache", "ferretdb")
	if err = os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	release, err := lock(filepath.Join(folder, "lock"))
	if err != nil {
		return "", err
	}
	defer release()

	version, err := contentHash(source)
	if err != nil {
		return "", err
	}
	program := filepath.Join(folder, "ferretdb-"+version)
	if _, err = os.Stat(program); err == nil {
		return program, nil
	}
	older, _ := filepath.Glob(filepath.Join(folder, "ferretdb-*"))
	for _, path := range older {
		_ = os.Remove(path)
	}
	// Built under another name, so that a build that is stopped leaves nothing that looks ready.
	unfinished := filepath.Join(folder, "unfinished")
	build := exec.Command("go", "build", "-o", unfinished, ".")
	build.Dir = source
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=", "GOARCH=", "GOWORK=off")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building FerretDB in %s: %w\n%s", source, err, output)
	}
	return program, os.Rename(unfinished, program)
}

// lock waits until this process alone has a file locked. The lock ends with the process at the latest.
func lock(path string) (release func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return func() { file.Close() }, nil
}

// contentHash names the files that a program is built from, and the compiler.
func contentHash(folder string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	fmt.Fprintln(hash, runtime.Version())
	for _, entry := range entries {
		if entry.IsDir() || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(hash, "%s %d\n%s", entry.Name(), len(content), content)
	}
	return hex.EncodeToString(hash.Sum(nil)[:8]), nil
}
