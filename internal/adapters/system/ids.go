package system

import (
	"github.com/google/uuid"

	"github.com/moshrank/spacey-backend/internal/ports"
)

// IDs makes ids of version 7 (RFC 9562, section 5.7).
type IDs struct{}

var _ ports.IDs = IDs{}

// NewID returns a new id: the time in milliseconds, a counter that keeps ids of the process in order even when the
// clock goes back, and 62 random bits. Safe for concurrent use.
func (IDs) NewID() string {
	// The only error is one of the random source, and crypto/rand ends the process rather than return it.
	return uuid.Must(uuid.NewV7()).String()
}
