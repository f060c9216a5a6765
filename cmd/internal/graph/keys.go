package graph

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// identityCacheSize is how many people's identity tokens a process remembers as checked.
const identityCacheSize = 20_000

// NewSigner returns the signer of user-service, with the configured keys, or in development one that is made once.
func NewSigner(c config.Config, clock ports.Clock) (*jwt.Signer, error) {
	ring, err := keyring(c)
	if err != nil {
		return nil, err
	}
	return ring.Signer(clock), nil
}

func keyring(c config.Config) (jwt.Keyring, error) {
	if c.AuthPrivateKey != "" {
		ring, err := jwt.ParseKeyring([]byte(c.AuthPrivateKey))
		if err != nil {
			return jwt.Keyring{}, fmt.Errorf(
				"AUTH_PRIVATE_KEY must hold Ed25519 keys in PEM, the first one private (\"spacey keys generate\" makes one): %w", err)
		}
		return ring, nil
	}
	if c.Production() {
		return jwt.Keyring{}, errors.New("AUTH_PRIVATE_KEY must be set in production; make a key with \"spacey keys generate\"")
	}
	return developmentKeys(c.KeyPath())
}

// developmentKeys reads the keys of a file, and makes one when there is none. Of several processes that make it at once one
// wins, and all use that one's.
func developmentKeys(path string) (jwt.Keyring, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the folder
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKey(path)
	}
	if err != nil {
		return jwt.Keyring{}, fmt.Errorf("reading the signing key: %w", err)
	}
	ring, err := jwt.ParseKeyring(text)
	if err != nil {
		return jwt.Keyring{}, fmt.Errorf("%s does not hold a signing key (delete it and everybody signs in again): %w", path, err)
	}
	return ring, nil
}

func makeKey(path string) ([]byte, error) {
	key, err := jwt.GenerateKey()
	if err != nil {
		return nil, err
	}
	text, err := jwt.EncodePrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), "signing-key-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // a draft that stays does no harm
	if _, err := draft.Write(text); err != nil {
		return nil, err
	}
	if err := errors.Join(draft.Sync(), draft.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path) //nolint:gosec // see above
}

// NewRemoteVerifier returns a verifier of tokens with the keys that user-service publishes.
func NewRemoteVerifier(c config.Config, network Network, clock ports.Clock) *jwt.Verifier {
	client, urls := network.Client(rest.Users)
	for i := range urls {
		urls[i] += "/internal/jwks"
	}
	return jwt.NewVerifier(jwt.NewRemoteKeys(jwt.FetchFrom(client, c.ServiceToken, urls...), clock), clock)
}

// NewIdentityVerifier returns a verifier that remembers the identity tokens it has checked.
func NewIdentityVerifier(verifier *jwt.Verifier, clock ports.Clock) ports.IdentityVerifier {
	return jwt.NewCache(verifier, identityCacheSize, clock)
}
