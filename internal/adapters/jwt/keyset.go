package jwt

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxKeys is how many keys a key set may hold. Rotation needs two.
const maxKeys = 32

// KeySource finds verification keys.
type KeySource interface {
	// PublicKey returns the key of an id. CodeUnauthenticated when there is none, CodeUnavailable when that cannot be
	// found out now.
	PublicKey(ctx context.Context, id string) (ed25519.PublicKey, error)
}

// keySet holds keys by their ids.
type keySet map[string]ed25519.PublicKey

func newKeySet(keys []ed25519.PublicKey) keySet {
	set := make(keySet, len(keys))
	for _, key := range keys {
		set[KeyID(key)] = key
	}
	return set
}

// StaticKeys is a KeySource of keys that do not change.
type StaticKeys struct{ set keySet }

var _ KeySource = (*StaticKeys)(nil)

// NewStaticKeys returns a source of these keys.
func NewStaticKeys(keys ...ed25519.PublicKey) *StaticKeys { return &StaticKeys{set: newKeySet(keys)} }

// PublicKey returns the key of an id, or CodeUnauthenticated.
func (s *StaticKeys) PublicKey(_ context.Context, id string) (ed25519.PublicKey, error) {
	if key, ok := s.set[id]; ok {
		return key, nil
	}
	return nil, errUnknownKey
}

var errUnknownKey = domain.NewError(domain.CodeUnauthenticated, "The token is signed with an unknown key.")

// jwkDocument is a JWK set (RFC 7517, section 5).
type jwkDocument struct {
	Keys []jwk `json:"keys"`
}

// jwk is a public Ed25519 key (RFC 8037, section 2).
type jwk struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	ID        string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
}

func encodeKeySet(keys []ed25519.PublicKey) []byte {
	document := jwkDocument{Keys: make([]jwk, 0, len(keys))}
	for _, key := range keys {
		document.Keys = append(document.Keys, jwk{
			KeyType: "OKP", Curve: "Ed25519", X: base64.RawURLEncoding.EncodeToString(key),
			ID: KeyID(key), Use: "sig", Algorithm: algorithm,
		})
	}
	text, _ := json.Marshal(document) // strings alone always marshal
	return text
}

// parseKeySet reads a JWK set. Keys of other kinds are left out; the id of a key is always its thumbprint, whatever the
// document calls it.
func parseKeySet(text []byte) (keySet, error) {
	var document jwkDocument
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, domain.WrapError(domain.CodeUnavailable, "The key set cannot be read.", err)
	}
	if len(document.Keys) > maxKeys {
		return nil, domain.NewError(domain.CodeUnavailable, "The key set holds too many keys.")
	}
	var keys []ed25519.PublicKey
	for _, entry := range document.Keys {
		if key, ok := entry.publicKey(); ok {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, domain.NewError(domain.CodeUnavailable, "The key set holds no key that can be used.")
	}
	return newKeySet(keys), nil
}

func (k jwk) publicKey() (ed25519.PublicKey, bool) {
	if k.KeyType != "OKP" || k.Curve != "Ed25519" {
		return nil, false
	}
	if k.Use != "" && k.Use != "sig" || k.Algorithm != "" && k.Algorithm != algorithm {
		return nil, false
	}
	key, err := base64.RawURLEncoding.DecodeString(k.X)
	return key, err == nil && len(key) == ed25519.PublicKeySize
}
