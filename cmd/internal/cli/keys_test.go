package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
)

func TestKeysGeneratePrintsANewKeyThatUserServiceAccepts(t *testing.T) {
	first, err := run(t, nil, "keys", "generate")
	require.NoError(t, err)
	_, err = jwt.ParsePrivateKey([]byte(first))
	require.NoError(t, err)

	second, err := run(t, nil, "keys", "generate")
	require.NoError(t, err)
	assert.NotEqual(t, first, second)
}

func TestKeysRefusesOtherCalls(t *testing.T) {
	for _, args := range [][]string{{"keys"}, {"keys", "delete"}, {"keys", "generate", "key.pem"}} {
		stdout, err := run(t, nil, args...)
		assert.ErrorIs(t, err, process.ErrUsage, "%q", args)
		assert.Empty(t, stdout)
	}
}

func TestHelpNamesEveryCommand(t *testing.T) {
	stdout, err := run(t, nil, "help")
	require.NoError(t, err)
	for _, command := range []string{"serve", "migrate", "backup FILE", "restore FILE", "verify", "rebuild", "compare", "simulate", "healthcheck", "keys generate", "keys rotate", "help"} {
		assert.Contains(t, stdout, "\n  spacey "+command+" ")
	}
}
