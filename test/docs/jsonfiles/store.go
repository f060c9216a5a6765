// Package jsonfiles keeps configuration documents as files of JSON in a folder. It is the example of docs/Adapters.md: a
// storage engine on its first day, with one port. No program of spacey uses it.
package jsonfiles

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/moshrank/spacey-backend/internal/ports"
)

// Store is a folder. All methods may be called at the same time, also by several processes.
type Store struct {
	folder string
	closed atomic.Bool
}

// Open returns the store in a folder, which it makes when it is not there. It does not look at the schema: see Migrate and
// CheckSchema. The error is CodeUnavailable.
func Open(ctx context.Context, folder string) (*Store, error) {
	s := &Store{folder: folder}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, s.failure(ctx, "make the folder", err)
	}
	return s, nil
}

// Ports returns the storage ports that there are.
func (s *Store) Ports() ports.Storage {
	return ports.Storage{
		Configs: &Configs{s},
	}
}

// Ping reports whether the folder is there. The error is CodeUnavailable when it is not.
func (s *Store) Ping(ctx context.Context) error {
	_, err := os.Stat(s.folder)
	return s.failure(ctx, "look for the folder", err)
}

// Close ends the use of the folder. Calls made later are CodeUnavailable.
func (s *Store) Close() error {
	s.closed.Store(true)
	return nil
}

// path returns a numbered file of an object. Its name is a hash, since a text may hold what no file system takes, and since some
// file systems take "a" and "A" for the same.
func (s *Store) path(kind, key string, number int) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(s.folder, fmt.Sprintf("%s-%s-%010d.json", kind, hex.EncodeToString(sum[:]), number))
}

// create makes a file with a content, or returns an error that is fs.ErrExist and changes nothing. The file is never there
// without its whole content, and is on disk when create returns.
func (s *Store) create(path string, content []byte) (err error) {
	file, err := os.CreateTemp(s.folder, "new-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	// A link is refused when the name is taken. A rename would replace what is there.
	if err := os.Link(file.Name(), path); err != nil {
		return err
	}
	return syncFolder(s.folder)
}

// syncFolder brings the names of new files to disk.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// exists reports whether an error says that a file is there already.
func exists(err error) bool { return errors.Is(err, fs.ErrExist) }

// missing reports whether an error says that a file is not there.
func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
