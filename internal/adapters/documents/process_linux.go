package documents

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// executable returns the running program, also when its file was replaced meanwhile.
func executable() (string, error) { return "/proc/self/exe", nil }

// bind has a child killed when this process dies, with whatever it may have started. In a group of its own it does not hear what a
// terminal sends.
func bind(child *exec.Cmd) {
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	child.Cancel = func() error { return syscall.Kill(-child.Process.Pid, syscall.SIGKILL) }
}

// bound bounds what this process can write to. The runtime reserves much more address space than that, but makes it writable in steps.
// It is above the limit that is watched from outside, for what grows faster than that is looked at.
func bound(memory int64) {
	limit := uint64(memory + memory/4 + 128<<20)
	_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: limit, Max: limit}) // without it there is the watch
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}

// resident returns how much memory a process has, in bytes, 0 when that cannot be told.
func resident(pid int) int64 {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(content)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// private reports whether a folder is of this user, and of no other one.
func private(info fs.FileInfo) bool {
	status, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.IsDir() && info.Mode().Perm() == 0o700 && int(status.Uid) == os.Geteuid()
}
