package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// replaceFile gives a file, where a link leads to it too, a new content that only its owner can read. Whoever reads the file
// gets the old content or the new one; after a crash it is one of the two.
func replaceFile(path string, content []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	former, err := os.Stat(path)
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	draft, err := os.CreateTemp(folder, filepath.Base(path)+"-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // it is not there any more when all went well
	_, err = draft.Write(content)
	if err == nil {
		err = keepOwner(draft, former)
	}
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", draft.Name(), err)
	}
	if err := os.Rename(draft.Name(), path); err != nil {
		return err
	}
	return syncFolder(folder)
}
