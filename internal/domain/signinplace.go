package domain

import "time"

// SignInPlaceLifetime is how long a place stays known after somebody has signed in from it.
const SignInPlaceLifetime = 180 * 24 * time.Hour

// SignInPlace is a network from which a person has signed in. A sign-in from a place that is not known is told to them by mail, and
// strangers who guess the password elsewhere do not keep them out here.
type SignInPlace struct {
	Owner UserID
	// Network is Client.Network, never empty.
	Network             string
	FirstSeen, LastSeen time.Time
}
