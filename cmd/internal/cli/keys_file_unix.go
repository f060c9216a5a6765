//go:build unix

package cli

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// keepOwner gives a file the owner of another one: a service that runs as somebody else must be able to read it.
func keepOwner(file *os.File, of os.FileInfo) error {
	owner, ok := of.Sys().(*syscall.Stat_t)
	if !ok || int(owner.Uid) == os.Geteuid() {
		return nil
	}
	if err := file.Chown(int(owner.Uid), int(owner.Gid)); err != nil {
		return fmt.Errorf("it belongs to another user: %w", err)
	}
	return nil
}

// syncFolder puts the entries of a folder on disk.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
