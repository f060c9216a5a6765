package domain

import "time"

// AuditEntryID names an entry of the audit log. Ids are in order of time.
type AuditEntryID string

// Action is what somebody did to an account or to the installation.
type Action string

// The actions that are noted.
const (
	ActionSignedUp          Action = "signed_up"
	ActionSignedIn          Action = "signed_in"
	ActionSignedOut         Action = "signed_out"
	ActionEmailVerified     Action = "email_verified"
	ActionNameChanged       Action = "name_changed"
	ActionPasswordChanged   Action = "password_changed"
	ActionResetAsked        Action = "password_reset_asked"
	ActionPasswordReset     Action = "password_reset"
	ActionSessionEnded      Action = "session_ended"
	ActionSessionsEnded     Action = "sessions_ended"
	ActionTokenCreated      Action = "token_created"
	ActionTokenDeleted      Action = "token_deleted"
	ActionExported          Action = "exported"
	ActionAccountCreated    Action = "account_created"
	ActionBetaGiven         Action = "beta_given"
	ActionBetaTaken         Action = "beta_taken"
	ActionDisabled          Action = "account_disabled"
	ActionEnabled           Action = "account_enabled"
	ActionDeletionRequested Action = "deletion_requested"
	ActionConfigSet         Action = "config_set"
)

// AuditLifetime is how long entries of the audit log are kept.
const AuditLifetime = 400 * 24 * time.Hour

// AuditEntry says who did what, when, and from where. It holds no contents: neither names nor passwords nor addresses of mail.
type AuditEntry struct {
	ID AuditEntryID
	At time.Time
	// Subject is the person whose account it is about, "" when it is about the installation.
	Subject UserID
	// Actor is the id of the person who did it, or "operator:" and the name of the system's user.
	Actor  string
	Action Action
	// Object is the id or the name of what was acted on, if that is not the account: a session, a token, a document.
	Object string
	// Address is the IP address it came from, "" when that is not known.
	Address string
}

// Operator returns the actor for somebody who works on the machine itself.
func Operator(systemUser string) string { return "operator:" + systemUser }

// DeletionEntry returns the entry that stays when a person is removed: it is about the installation, and holds no more of them than
// their id.
func DeletionEntry(id AuditEntryID, user UserID, actor string, now time.Time) AuditEntry {
	return AuditEntry{ID: id, At: now, Actor: actor, Action: ActionDeletionRequested, Object: string(user)}
}
