package graph

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
)

func newKeyText(t *testing.T) string {
	t.Helper()
	key, err := jwt.GenerateKey()
	require.NoError(t, err)
	text, err := jwt.EncodePrivateKey(key)
	require.NoError(t, err)
	return string(text)
}

// published returns how many keys a configuration publishes.
func published(t *testing.T, c config.Config) int {
	t.Helper()
	signer, err := NewSigner(c, system.Clock{})
	require.NoError(t, err)
	var set struct{ Keys []any }
	require.NoError(t, json.Unmarshal(signer.JWKS(), &set))
	return len(set.Keys)
}

func TestTheKeysOfUserService(t *testing.T) {
	two := newKeyText(t) + newKeyText(t)
	t.Run("are all that AUTH_PRIVATE_KEY holds", func(t *testing.T) {
		assert.Equal(t, 1, published(t, config.Config{AuthPrivateKey: newKeyText(t)}))
		assert.Equal(t, 2, published(t, config.Config{AuthPrivateKey: two}))
	})
	t.Run("are in development all that the file in DATA_DIR holds, which is made with one", func(t *testing.T) {
		c := config.Config{DataDir: t.TempDir()}
		assert.Equal(t, 1, published(t, c))
		require.NoError(t, os.WriteFile(filepath.Join(c.DataDir, "signing-key.pem"), []byte(two), 0o600))
		assert.Equal(t, 2, published(t, c))
	})
	t.Run("are never made up in place of those that cannot be read", func(t *testing.T) {
		_, err := NewSigner(config.Config{AuthPrivateKey: newKeyText(t) + "-----BEGIN secret-text"}, system.Clock{})
		require.ErrorContains(t, err, "AUTH_PRIVATE_KEY must hold")
		assert.NotContains(t, err.Error(), "secret-text")
		c := config.Config{DataDir: t.TempDir()}
		require.NoError(t, os.WriteFile(filepath.Join(c.DataDir, "signing-key.pem"), []byte("secret-text"), 0o600))
		_, err = NewSigner(c, system.Clock{})
		require.ErrorContains(t, err, "signing-key.pem does not hold a signing key")
		assert.NotContains(t, err.Error(), "secret-text")
	})
	t.Run("must be given in production", func(t *testing.T) {
		_, err := NewSigner(config.Config{Environment: "production", DataDir: t.TempDir()}, system.Clock{})
		require.ErrorContains(t, err, "AUTH_PRIVATE_KEY must be set in production")
	})
}
