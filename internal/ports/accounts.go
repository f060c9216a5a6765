package ports

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Users stores accounts.
type Users interface {
	// InsertUser adds an account. CodeEmailTaken when another account has an e-mail address with the same
	// domain.EmailKey, CodeConflict when the id is taken.
	InsertUser(ctx context.Context, user domain.User) error
	// User returns an account, or CodeNotFound.
	User(ctx context.Context, id domain.UserID) (domain.User, error)
	// UserByEmail returns the account with an e-mail address of this domain.EmailKey, or CodeNotFound.
	UserByEmail(ctx context.Context, emailKey string) (domain.User, error)
	// UpdateUser changes an account and returns it as stored. CodeNotFound when there is none; CodeEmailTaken when the
	// new address belongs to another account.
	UpdateUser(ctx context.Context, id domain.UserID, edit func(*domain.User) error) (domain.User, error)
}

// Sessions stores sign-ins.
type Sessions interface {
	// InsertSession adds a sign-in. CodeConflict when the owner has one of this id.
	InsertSession(ctx context.Context, session domain.Session) error
	// Session returns a sign-in, expired or not, or CodeNotFound.
	Session(ctx context.Context, owner domain.UserID, id domain.SessionID) (domain.Session, error)
	// EndSession removes a sign-in. One that is not there is no error.
	EndSession(ctx context.Context, owner domain.UserID, id domain.SessionID) error
}

// OneTimeTokens stores secrets that were mailed, by their hashes.
type OneTimeTokens interface {
	// InsertToken adds a token. CodeConflict when the hash is there.
	InsertToken(ctx context.Context, token domain.OneTimeToken) error
	// ConsumeToken removes a token and returns it. Of several callers at once exactly one gets it. CodeNotFound when the
	// hash is unknown, belongs to another purpose or owner, or expired before now.
	ConsumeToken(ctx context.Context, owner domain.UserID, hash string, purpose domain.TokenPurpose, now time.Time) (domain.OneTimeToken, error)
}

// Sweeper removes what has expired and completes what a crash left half done. Each storage has some.
type Sweeper interface {
	// Sweep does a bounded piece of work; done is false when there is more to do. Safe to run from many processes.
	Sweep(ctx context.Context, now time.Time) (done bool, err error)
}

// Passwords hashes passwords slowly and compares them in a time that tells nothing.
type Passwords interface {
	// Hash returns the hash of a password in PHC form. It waits for its turn and fails only when ctx ends.
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether the password belongs to the hash. With an empty hash it takes as long and reports false.
	Verify(ctx context.Context, password, hash string) (bool, error)
}

// TokenIssuer signs tokens. Only the user-service has one.
type TokenIssuer interface {
	// IssueSession returns a session token.
	IssueSession(claims domain.SessionClaims) (string, error)
	// IssueIdentity returns an identity token.
	IssueIdentity(identity domain.Identity) (string, error)
}

// SessionVerifier checks session tokens.
type SessionVerifier interface {
	// VerifySession returns what a session token says. CodeUnauthenticated when it is not one of ours, is meant for
	// another purpose, or has expired.
	VerifySession(ctx context.Context, token string) (domain.SessionClaims, error)
}

// IdentityVerifier checks identity tokens.
type IdentityVerifier interface {
	// VerifyIdentity returns who a token stands for. CodeUnauthenticated when it is not one of ours, is meant for
	// another purpose, or has expired; CodeUnavailable when the keys to check it cannot be had.
	VerifyIdentity(ctx context.Context, token string) (domain.Identity, error)
}

// Mailer sends mail to people about their accounts. Of each method: CodeUnavailable when mail cannot be sent now. The name of
// a person, and whatever else somebody has chosen, adds no header, no recipient and no HTML to a mail.
type Mailer interface {
	// SendVerification sends a person the link that proves that the address is theirs.
	SendVerification(ctx context.Context, user domain.User, link string) error
	// SendPasswordReset sends a person the link by which they choose a new password. The mail says that it works once, for
	// one hour.
	SendPasswordReset(ctx context.Context, user domain.User, link string) error
	// SendPasswordChanged tells a person that their password was changed, when (shown in UTC, to the minute), and what to do
	// if it was not them.
	SendPasswordChanged(ctx context.Context, user domain.User, at time.Time) error
	// SendNewSignIn tells a person that somebody has signed in from a place that is new, when, and what to do if it was not
	// them. A place is what they may know it by, like "Firefox on Linux, 203.0.113.7"; it is shown as one line of at most 100
	// characters, an empty one not at all. What a client says of itself is for the caller to put into own words: whoever
	// signs up with a stranger's address would choose words that we send to that stranger.
	SendNewSignIn(ctx context.Context, user domain.User, at time.Time, place string) error
}
