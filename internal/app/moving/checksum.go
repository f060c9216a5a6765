package moving

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
)

// Checksum stands for a set of items: how many there are, and the sum of their digests, modulo 2^128, which is the same in
// whatever order they are added. A digest is the first half of the SHA-256 of the item's canonical form.
type Checksum struct {
	Count     int64
	high, low uint64
}

// add adds an item in its canonical form.
func (c *Checksum) add(canonical []byte) {
	digest := sha256.Sum256(canonical)
	c.merge(Checksum{1, binary.BigEndian.Uint64(digest[:8]), binary.BigEndian.Uint64(digest[8:16])})
}

// merge adds the items of another checksum.
func (c *Checksum) merge(other Checksum) {
	var carry uint64
	c.low, carry = bits.Add64(c.low, other.low, 0)
	c.high, _ = bits.Add64(c.high, other.high, carry)
	c.Count += other.Count
}

// String returns the sum as 32 hexadecimal digits.
func (c Checksum) String() string { return fmt.Sprintf("%016x%016x", c.high, c.low) }
