//go:build !unix

package documents

import (
	"io/fs"
	"os"
	"os/exec"
)

func executable() (string, error) { return os.Executable() }

// Without this a program does not start on Windows.
func bind(child *exec.Cmd) { child.Env = append(child.Env, "SystemRoot="+os.Getenv("SystemRoot")) }

func bound(int64) {}

// Here memory is bounded by the collector, by what PDFs may take and by time alone.
func resident(int) int64 { return 0 }

// The folders of a user are private there by themselves; there is no other mark.
func private(info fs.FileInfo) bool { return info.IsDir() }
