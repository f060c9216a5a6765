//go:build unix

package sqlite

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// inProcess runs a test of this package in a process of its own, which it tells what to do, and returns how that ended.
func inProcess(t *testing.T, test string, environ ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$", "-test.v")
	command.Env = append(os.Environ(), environ...)
	output, err := command.CombinedOutput()
	return string(output), err
}

// killAt returns what ends the process, as kill -9 does, at a step.
func killAt(at string) func(step) {
	return func(s step) {
		if string(s) == at {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
}

func requireKilled(t *testing.T, output string, err error) {
	t.Helper()
	var ended *exec.ExitError
	require.ErrorAs(t, err, &ended, output)
	status, ok := ended.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	require.Equal(t, syscall.SIGKILL, status.Signal(), output)
}

const (
	childDatabase = "SPACEY_TEST_DATABASE"
	childFile     = "SPACEY_TEST_FILE"
	childStep     = "SPACEY_TEST_STEP"
	childLimit    = "SPACEY_TEST_LIMIT"
)

func TestBackupKilled(t *testing.T) {
	if path := os.Getenv(childDatabase); path != "" { // this is the process that is killed
		_, err := openStore(t, path).Backup(t.Context(), os.Getenv(childFile), BackupOptions{reached: killAt(os.Getenv(childStep))})
		require.NoError(t, err)
		return
	}
	store := freshStore(t)
	fillStore(t, store, 1, 20)
	for _, at := range []step{partBegun, partWritten, partChecked} {
		t.Run("a backup that is killed when "+string(at)+" leaves no backup, and the next one succeeds", func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "b.db")
			output, err := inProcess(t, "TestBackupKilled", childDatabase+"="+store.path, childFile+"="+file, childStep+"="+string(at))
			requireKilled(t, output, err)
			requireFolder(t, filepath.Dir(file), "b.db"+partSuffix)
			_, err = store.Backup(t.Context(), file, BackupOptions{})
			require.NoError(t, err)
			requireFolder(t, filepath.Dir(file), "b.db")
		})
	}
}

func TestRestoreKilled(t *testing.T) {
	if path := os.Getenv(childDatabase); path != "" {
		_, err := Restore(t.Context(), os.Getenv(childFile), path, nil, BackupOptions{reached: killAt(os.Getenv(childStep))})
		require.NoError(t, err)
		return
	}
	backup := backupOf(t, 3)
	for at, people := range map[step]int64{copyWritten: 1, copyMigrated: 1, formerSettled: 1, formerKept: 1, copyPlaced: 3} {
		t.Run("a restore that is killed when "+string(at)+" leaves one of the two databases, and can be done again", func(t *testing.T) {
			path := closedStore(t)
			output, err := inProcess(t, "TestRestoreKilled", childDatabase+"="+path, childFile+"="+backup, childStep+"="+string(at))
			requireKilled(t, output, err)
			requirePeople(t, path, people)
			_, err = Restore(t.Context(), backup, path, nil, BackupOptions{})
			require.NoError(t, err)
			requirePeople(t, path, 3)
			kept, err := filepath.Glob(path + ".before-restore-*")
			require.NoError(t, err)
			require.NotEmpty(t, kept)
			requirePeople(t, kept[0], 1)
			left, err := filepath.Glob(path + restoringSuffix + "*")
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

// A limit on the size of files stands for a disk that is full.
func TestDiskFull(t *testing.T) {
	if path := os.Getenv(childDatabase); path != "" {
		signal.Ignore(syscall.SIGXFSZ)
		limit := syscall.Rlimit{Cur: 40_000, Max: 40_000}
		store := openStore(t, path)
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
		_, err := store.Backup(t.Context(), os.Getenv(childFile), BackupOptions{})
		require.ErrorContains(t, err, os.Getenv(childFile)+" cannot be written. ")
		if from := os.Getenv(childLimit); from != "" {
			_, err = Restore(t.Context(), from, os.Getenv(childFile), nil, BackupOptions{})
			require.ErrorContains(t, err, "cannot be written. ")
		}
		return
	}
	store := freshStore(t)
	fillStore(t, store, 2, 60)
	folder := t.TempDir()
	backup := filepath.Join(folder, "whole.db")
	contents, err := store.Backup(t.Context(), backup, BackupOptions{})
	require.NoError(t, err)
	require.Greater(t, contents.Bytes, int64(80_000))
	path := filepath.Join(folder, "b.db")
	output, err := inProcess(t, "TestDiskFull", childDatabase+"="+store.path, childFile+"="+path, childLimit+"="+backup)
	require.NoError(t, err, output)
	require.True(t, strings.Contains(output, "PASS"), output)
	requireFolder(t, folder, "whole.db", "b.db.lock")
}
