//go:build unix

package cli

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeysRotateKeepsTheOwnerOfTheFile(t *testing.T) {
	path, _ := keyFile(t)
	owner := os.Geteuid()
	if owner == 0 {
		owner = 12345 // a service runs as somebody else
		require.NoError(t, os.Chown(path, owner, owner))
	}
	_, err := run(t, nil, "keys", "rotate", "-file", path, "add")
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, owner, info.Sys().(*syscall.Stat_t).Uid)
}
