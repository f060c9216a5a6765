package argon2

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// params is what argon2id costs.
type params struct {
	// memory is in KiB.
	memory    uint32
	passes    uint32
	lanes     uint8
	keyLength uint32
}

// current are the parameters of new hashes.
var current = params{memory: 19 * 1024, passes: 2, lanes: 1, keyLength: 32}

const saltLength = 16

// Bounds of what a stored hash may ask for: room for dearer parameters in years to come, none for a hash that stops the
// machine.
const (
	maxMemory = 256 * 1024 // KiB
	maxPasses = 16
	maxLanes  = 16
	minSalt   = 8
	maxSalt   = 64
	minKey    = 16
	maxKey    = 64
)

// phc is a hash in the form of the password hashing competition:
// $argon2id$v=19$m=19456,t=2,p=1$<salt>$<key>, base64 without padding.
type phc struct {
	params
	salt []byte
	key  []byte
}

// String writes the hash.
func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.lanes,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.key))
}

var errMalformed = errors.New("this is no argon2id hash in PHC form, or one with parameters out of bounds")

// parse reads what String wrote, within the bounds.
func parse(text string) (phc, error) {
	// Function and version are compared below, with the whole text.
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" {
		return phc{}, errMalformed
	}
	var h phc
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil {
		return phc{}, errMalformed
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return phc{}, errMalformed
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return phc{}, errMalformed
	}
	h.keyLength = uint32(len(h.key))
	// What does not come back as it was has something more, or something else, in it.
	if !h.bounded() || h.String() != text {
		return phc{}, errMalformed
	}
	return h, nil
}

func (h phc) bounded() bool {
	within := func(n, low, high int) bool { return low <= n && n <= high }
	return within(int(h.passes), 1, maxPasses) && within(int(h.lanes), 1, maxLanes) &&
		within(int(h.memory), 8*int(h.lanes), maxMemory) &&
		within(len(h.salt), minSalt, maxSalt) && within(len(h.key), minKey, maxKey)
}
