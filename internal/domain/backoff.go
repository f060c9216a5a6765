package domain

import "time"

// Attempts is what is remembered of failed sign-ins under a key, which may stand for an address, a network, or both.
type Attempts struct {
	Key      string
	Failures int
	// LastAt is when the last one was.
	LastAt time.Time
	// ExpiresAt is when all of it is forgotten.
	ExpiresAt time.Time
	Rev       int64
}

// BackOff says how long to wait after failed attempts.
type BackOff struct {
	// Free is how many failures there may be without waiting.
	Free int
	// First is the wait after the first failure that is not free. It doubles with each further one up to Longest.
	First, Longest time.Duration
	// Forget is how long after the last failure all of them are forgotten.
	Forget time.Duration
}

// Wait returns how long it is until another attempt may be made, 0 for at once.
func (b BackOff) Wait(a Attempts, now time.Time) time.Duration {
	over := a.Failures - b.Free
	if over <= 0 || !now.Before(a.ExpiresAt) {
		return 0
	}
	wait := b.Longest
	if doublings := over - 1; doublings < 63 && b.First <= b.Longest>>doublings {
		wait = b.First << doublings
	}
	return max(0, a.LastAt.Add(wait).Sub(now))
}

// Count adds a failure.
func (b BackOff) Count(a *Attempts, now time.Time) {
	if !now.Before(a.ExpiresAt) {
		a.Failures = 0
	}
	a.Failures++
	a.LastAt, a.ExpiresAt = now, now.Add(b.Forget)
}
