package domain

import "time"

// Session is one sign-in. It ends by sign-out, by expiry, or when somebody ends it from elsewhere.
type Session struct {
	ID        SessionID
	Owner     UserID
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Live reports whether the session may still be used.
func (s Session) Live(now time.Time) bool { return now.Before(s.ExpiresAt) }

// SessionClaims is what a session token says. Who the person is now, is asked of the user-service.
type SessionClaims struct {
	User      UserID
	Session   SessionID
	ExpiresAt time.Time
}

// Identity is who makes a call, as the user-service vouches for it. The zero Identity is nobody.
type Identity struct {
	User          UserID
	Session       SessionID
	EmailVerified bool
	Beta          bool
	ExpiresAt     time.Time
}

// SignedIn reports whether the identity is somebody.
func (i Identity) SignedIn() bool { return i.User != "" }

// IdentityLifetime is how long an identity is believed when the user-service cannot be asked again.
const IdentityLifetime = 10 * time.Minute
