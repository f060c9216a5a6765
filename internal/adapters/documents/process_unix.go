//go:build unix && !linux

package documents

import (
	"io/fs"
	"os"
	"os/exec"
	"syscall"
)

func executable() (string, error) { return os.Executable() }

// bind has a child killed with whatever it may have started. In a group of its own it does not hear what a terminal sends.
func bind(child *exec.Cmd) {
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	child.Cancel = func() error { return syscall.Kill(-child.Process.Pid, syscall.SIGKILL) }
}

func bound(int64) {}

// Here memory is bounded by the collector, by what PDFs may take and by time alone.
func resident(int) int64 { return 0 }

func private(info fs.FileInfo) bool {
	status, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.IsDir() && info.Mode().Perm() == 0o700 && int(status.Uid) == os.Geteuid()
}
