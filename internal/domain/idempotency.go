package domain

import "time"

// IdempotencyLifetime is how long the answer to a request with an Idempotency-Key is kept.
const IdempotencyLifetime = 24 * time.Hour

// IdempotentRequest is a request that its client has given a key, so that sending it again does nothing twice.
type IdempotentRequest struct {
	// Owner is who made it, "" for nobody.
	Owner UserID
	// Key is the hexadecimal SHA-256 of the client's key.
	Key string
	// Fingerprint is the hexadecimal SHA-256 of what was asked: another request with the same key is a mistake.
	Fingerprint string
	// Status is that of the answer, 0 while there is none.
	Status int
	// Answer is the body of the answer, sealed so that only who knows the client's key can read it.
	Answer    []byte
	CreatedAt time.Time
	// LeaseEnds is when the process that works on it is taken to have stopped.
	LeaseEnds time.Time
	ExpiresAt time.Time
}

// Answered reports whether the answer is there.
func (r IdempotentRequest) Answered() bool { return r.Status != 0 }
