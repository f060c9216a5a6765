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
	// ListUsers returns a page of all accounts, in order of creation, then id. Only operators list them.
	ListUsers(ctx context.Context, page Page) ([]domain.User, error)
}

// Sessions stores sign-ins.
type Sessions interface {
	// InsertSession adds a sign-in. CodeConflict when the owner has one of this id.
	InsertSession(ctx context.Context, session domain.Session) error
	// Session returns a sign-in, expired or not, or CodeNotFound.
	Session(ctx context.Context, owner domain.UserID, id domain.SessionID) (domain.Session, error)
	// EndSession removes a sign-in. One that is not there is no error.
	EndSession(ctx context.Context, owner domain.UserID, id domain.SessionID) error
	// SessionsOf returns a page of the sign-ins of a person, in order of creation, then id, expired ones that were not
	// swept yet included.
	SessionsOf(ctx context.Context, owner domain.UserID, page Page) ([]domain.Session, error)
	// EndSessions removes all sign-ins of a person but one; with an empty id all of them.
	EndSessions(ctx context.Context, owner domain.UserID, except domain.SessionID) error
}

// APITokens stores the tokens of programs.
type APITokens interface {
	// PutAPIToken adds a token, or replaces the one of the same owner and id.
	PutAPIToken(ctx context.Context, token domain.APIToken) error
	// APIToken returns a token, expired or not, or CodeNotFound.
	APIToken(ctx context.Context, owner domain.UserID, id domain.APITokenID) (domain.APIToken, error)
	// APITokensOf returns a page of the tokens of a person, in order of creation, then id.
	APITokensOf(ctx context.Context, owner domain.UserID, page Page) ([]domain.APIToken, error)
	// DeleteAPIToken removes a token. CodeNotFound when there is none.
	DeleteAPIToken(ctx context.Context, owner domain.UserID, id domain.APITokenID) error
	// DeleteAPITokens removes all tokens of a person.
	DeleteAPITokens(ctx context.Context, owner domain.UserID) error
}

// SignInPlaces stores from where people have signed in.
type SignInPlaces interface {
	// KnowsPlace reports whether a person has signed in from a network, as long as that is remembered.
	KnowsPlace(ctx context.Context, owner domain.UserID, network string) (bool, error)
	// SeePlace notes that a person has signed in: LastSeen becomes that of place, FirstSeen stays when the place is known. It
	// reports whether the place was known. Of several callers at once who see a new place exactly one is told that it is new.
	SeePlace(ctx context.Context, place domain.SignInPlace) (known bool, err error)
}

// SignInAttempts stores failed sign-ins, for all replicas. The keys belong to nobody: an address may have no account.
type SignInAttempts interface {
	// Attempts returns what is remembered under a key, expired or not. When nothing is, only Key is set.
	Attempts(ctx context.Context, key string) (domain.Attempts, error)
	// UpdateAttempts changes what is remembered under a key, beginning with a zero one whose Key is set when there is
	// nothing, and returns it as stored. See the package on edit functions; Key is ignored too.
	UpdateAttempts(ctx context.Context, key string, edit func(*domain.Attempts) error) (domain.Attempts, error)
	// ForgetAttempts removes what is remembered under keys. Those that are not there are no error.
	ForgetAttempts(ctx context.Context, keys []string) error
}

// Audits stores the audit log. Entries are never changed.
type Audits interface {
	// InsertAudit adds an entry. CodeConflict when the subject has one of this id.
	InsertAudit(ctx context.Context, entry domain.AuditEntry) error
	// Audits returns a page of all entries, in order of time, then id. Only operators read them.
	Audits(ctx context.Context, page Page) ([]domain.AuditEntry, error)
	// AuditsOf returns a page of the entries about a person, or with "" about the installation, in order of time, then id.
	AuditsOf(ctx context.Context, subject domain.UserID, page Page) ([]domain.AuditEntry, error)
}

// Deletions stores which people are to be removed, until they are.
type Deletions interface {
	// InsertDeletion adds a deletion. When there is one of this person nothing is changed, and that is no error.
	InsertDeletion(ctx context.Context, deletion domain.Deletion) error
	// Deletions returns a page of all deletions, in order of RequestedAt, then owner.
	Deletions(ctx context.Context, page Page) ([]domain.Deletion, error)
	// UpdateDeletion changes a deletion and returns it as stored; RequestedAt cannot be changed. CodeNotFound when there is
	// none.
	UpdateDeletion(ctx context.Context, owner domain.UserID, edit func(*domain.Deletion) error) (domain.Deletion, error)
	// RemoveDeletion removes a deletion. One that is not there is no error.
	RemoveDeletion(ctx context.Context, owner domain.UserID) error
}

// Erasure removes everything of a person, by parts. Each call does a bounded piece of work; done is false when there may be
// more. Calls may be repeated, and run at once: what is gone is no error. Nothing of other people is touched.
type Erasure interface {
	// EraseAccount removes the account, sign-ins, API tokens, one-time tokens, places, audit entries, and answers that are
	// kept for an Idempotency-Key.
	EraseAccount(ctx context.Context, owner domain.UserID) (done bool, err error)
	// EraseDecks removes decks, tombstones too, and cards with their memories.
	EraseDecks(ctx context.Context, owner domain.UserID) (done bool, err error)
	// EraseLearning removes the review log, sittings, learning settings, memories and what was counted. Of the log the newest
	// events go first: between two calls it is a log without gaps.
	EraseLearning(ctx context.Context, owner domain.UserID) (done bool, err error)
	// EraseGeneration removes jobs on contents, contents with their texts, blobs, notes, and what was counted of the use of language
	// models. Jobs go first.
	EraseGeneration(ctx context.Context, owner domain.UserID) (done bool, err error)
}

// Idempotency stores the answers to requests that their clients have given a key.
type Idempotency interface {
	// BeginRequest stores a request that is not answered, and returns it with mine true: the caller is to do it. When there is
	// one of this owner and key that has not expired by now, that is returned instead, as it is, with mine false; unless it
	// has the same Fingerprint, no answer, and its lease has ended by now: then the caller takes it over, with mine true and
	// the LeaseEnds of request. Of several callers at once exactly one gets mine.
	BeginRequest(ctx context.Context, request domain.IdempotentRequest, now time.Time) (stored domain.IdempotentRequest, mine bool, err error)
	// FinishRequest stores the answer of a request. When the request is gone, or answered already, nothing happens.
	FinishRequest(ctx context.Context, owner domain.UserID, key string, status int, answer []byte) error
	// DropRequest removes a request that has not been answered, so that it can be made again. One that is not there, or is
	// answered, stays as it is; that is no error.
	DropRequest(ctx context.Context, owner domain.UserID, key string) error
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
	// Hash returns the hash of a password in PHC form. It waits for its turn. CodeBusy when too many wait already, CodeUnavailable
	// when ctx ends first.
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether the password belongs to the hash. With an empty hash it takes as long and reports
	// false. Begin, if it is not nil, is called once it is the caller's turn, before the password is looked at; its error ends
	// the call. The other errors are those of Hash.
	Verify(ctx context.Context, password, hash string, begin func() error) (bool, error)
	// Outdated reports whether a hash that has just verified a password should be replaced by a new one of Hash.
	Outdated(hash string) bool
	// Common reports whether a password is among the most common ones, however it is written.
	Common(password string) bool
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
