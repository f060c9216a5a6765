package jwt

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// The notes of a keyring stand before a key, on a line of their own: programs that read PEM pass over them (RFC 7468,
// section 2).
const (
	noteAdded   = "Added: "
	noteRetired = "Retired: "
)

// dashes stand before and behind the first and the last line of a key.
var dashes = []byte("-----")

// Keyring is the keys of user-service. The first one signs, all verify. A further signing key waits for its turn; of one
// that has had it the public half is enough.
type Keyring struct{ keys []ringKey }

// ringKey is a key of a keyring.
type ringKey struct {
	private ed25519.PrivateKey // nil for a key that has retired
	public  ed25519.PublicKey
	// since is when a waiting key was added or a retired one has retired, zero when that is not known.
	since time.Time
}

// NewKeyring returns the keyring of one key.
func NewKeyring(key ed25519.PrivateKey) Keyring {
	public, _ := publicOf(key)
	return Keyring{[]ringKey{{private: key, public: public}}}
}

// Signer returns the signer of these keys.
func (k Keyring) Signer(clock ports.Clock) *Signer {
	verifying := make([]ed25519.PublicKey, 0, len(k.keys))
	for _, key := range k.keys[1:] {
		verifying = append(verifying, key.public)
	}
	return NewSigner(k.keys[0].private, clock, verifying...)
}

// KeyIDs returns the ids of the keys, in order.
func (k Keyring) KeyIDs() []string {
	var ids []string
	for _, key := range k.keys {
		ids = append(ids, KeyID(key.public))
	}
	return ids
}

// ParseKeyring reads PEM text: a signing key, and behind it any further keys, signing keys or public ones. CodeInvalid for
// anything else, and for a key that is there twice; the error says which key it is about and never holds the text.
func ParseKeyring(text []byte) (Keyring, error) {
	var ring Keyring
	seen := map[string]bool{}
	for rest := text; len(ring.keys) == 0 || bytes.Contains(rest, dashes); {
		key, after, err := parseRingKey(rest)
		if err == nil && len(ring.keys) == 0 && key.private == nil {
			err = errors.New("it cannot sign")
		}
		if err == nil && seen[KeyID(key.public)] {
			err = errors.New("it is there twice")
		}
		if err == nil && len(ring.keys) == maxKeys {
			err = fmt.Errorf("there may be %d keys", maxKeys)
		}
		if err != nil {
			return Keyring{}, domain.WrapError(domain.CodeInvalid, fmt.Sprintf("Key %d cannot be used.", len(ring.keys)+1), err)
		}
		seen[KeyID(key.public)] = true
		ring.keys, rest = append(ring.keys, key), after
	}
	return ring, nil
}

// parseRingKey reads the first key of a text, and returns what stands behind it.
func parseRingKey(text []byte) (ringKey, []byte, error) {
	block, rest := pem.Decode(text)
	if block == nil {
		return ringKey{}, nil, errors.New("this is not PEM text")
	}
	read := text[:len(text)-len(rest)]
	if bytes.Count(read, dashes) != 4 {
		// The decoder passes over what it cannot read. A key that is missing silently would refuse everybody's token.
		return ringKey{}, nil, errors.New("the PEM block is broken")
	}
	one := pem.EncodeToMemory(block)
	key := ringKey{since: noted(read)}
	var err error
	if block.Type == publicBlock {
		key.public, err = ParsePublicKey(one)
		return key, rest, err
	}
	if key.private, err = ParsePrivateKey(one); err == nil {
		key.public, _ = publicOf(key.private)
	}
	return key, rest, err
}

// noted returns the time in the notes before a key.
func noted(text []byte) time.Time {
	before, _, _ := strings.Cut(string(text), "-----BEGIN")
	var at time.Time
	for line := range strings.Lines(before) {
		line = strings.TrimSpace(line)
		for _, note := range []string{noteAdded, noteRetired} {
			if value, ok := strings.CutPrefix(line, note); ok {
				at, _ = time.Parse(time.RFC3339, value)
			}
		}
	}
	return at
}

// Encode returns the keyring as PEM text, with notes of when keys were added and retired.
func (k Keyring) Encode() ([]byte, error) {
	var text bytes.Buffer
	for i, key := range k.keys {
		note, block, err := key.encode()
		if err != nil {
			return nil, err
		}
		if i > 0 && !key.since.IsZero() {
			text.WriteString(note + key.since.UTC().Format(time.RFC3339) + "\n")
		}
		text.Write(block)
	}
	return text.Bytes(), nil
}

// encode returns the PEM block of a key, and what a note before it begins with.
func (k ringKey) encode() (note string, block []byte, err error) {
	if k.private == nil {
		block, err = EncodePublicKey(k.public)
		return noteRetired, block, err
	}
	block, err = EncodePrivateKey(k.private)
	return noteAdded, block, err
}
