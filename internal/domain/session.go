package domain

import (
	"slices"
	"time"
)

// Session is one sign-in. It ends by sign-out, by expiry, or when somebody ends it from elsewhere.
type Session struct {
	ID        SessionID
	Owner     UserID
	CreatedAt time.Time
	ExpiresAt time.Time
	// Program and Address say where it was opened, as Client has them; "" when that is not known.
	Program, Address string
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
	// Token is the API token by which the caller shows who they are, "" for a session. Scopes is what it allows.
	Token     APITokenID
	Scopes    []Scope
	ExpiresAt time.Time
}

// Allows reports whether the identity reaches as far as a scope. A session reaches everywhere.
func (i Identity) Allows(scope Scope) bool { return i.Token == "" || slices.Contains(i.Scopes, scope) }

// SignedIn reports whether the identity is somebody.
func (i Identity) SignedIn() bool { return i.User != "" }

// IdentityLifetime is how long an identity is believed when the user-service cannot be asked again.
const IdentityLifetime = 10 * time.Minute
