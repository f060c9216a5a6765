package jwt

import (
	"context"
	"crypto/sha256"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// DefaultCacheSize is how many identities a Cache keeps when it is not told, about 200 bytes each.
const DefaultCacheSize = 10_000

// Cache is an IdentityVerifier that remembers what another one accepted, until it expires: a signature check costs more
// than all else that a small request does. Refusals are not kept.
type Cache struct {
	verifier ports.IdentityVerifier
	clock    ports.Clock
	// The key is the hash of a token: short, and of no use to whoever reads the memory.
	accepted *lru.Cache[[sha256.Size]byte, domain.Identity]
}

var _ ports.IdentityVerifier = (*Cache)(nil)

// NewCache returns a cache of at most size identities in front of a verifier; zero or less is DefaultCacheSize.
func NewCache(verifier ports.IdentityVerifier, size int, clock ports.Clock) *Cache {
	if size <= 0 {
		size = DefaultCacheSize
	}
	accepted, _ := lru.New[[sha256.Size]byte, domain.Identity](size) // fails only for sizes below 1
	return &Cache{verifier: verifier, clock: clock, accepted: accepted}
}

// VerifyIdentity returns who a token stands for, with the errors of the verifier behind the cache.
func (c *Cache) VerifyIdentity(ctx context.Context, token string) (domain.Identity, error) {
	key := sha256.Sum256([]byte(token))
	if identity, ok := c.accepted.Get(key); ok {
		if c.clock.Now().Before(identity.ExpiresAt) {
			return identity, nil
		}
		c.accepted.Remove(key)
	}
	identity, err := c.verifier.VerifyIdentity(ctx, token)
	if err == nil {
		c.accepted.Add(key, identity)
	}
	return identity, err
}
