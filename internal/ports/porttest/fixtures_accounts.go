package porttest

import (
	"fmt"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func apiTokenID(n int) domain.APITokenID { return domain.APITokenID(uuid(0xa91, n)) }
func auditID(n int) domain.AuditEntryID  { return domain.AuditEntryID(uuid(0xaad, n)) }

// newAPIToken returns a token in which every field is set.
func newAPIToken(owner domain.UserID, n int) domain.APIToken {
	return domain.APIToken{
		ID: apiTokenID(n), Owner: owner, Name: fmt.Sprintf("Program %d", n), Hash: fmt.Sprintf("%064x", n),
		Scopes: domain.Scopes()[:1+n%4], CreatedAt: at(n), ExpiresAt: at(n + 7200),
	}
}

// network returns the nth network.
func network(n int) string { return fmt.Sprintf("2001:db8:%x::/48", n) }

func newPlace(owner domain.UserID, n int) domain.SignInPlace {
	return domain.SignInPlace{Owner: owner, Network: network(n), FirstSeen: at(n), LastSeen: at(n + 60)}
}

// newAudit returns an entry in which every field is set.
func newAudit(subject domain.UserID, n int) domain.AuditEntry {
	return domain.AuditEntry{
		ID: auditID(n), At: at(n), Subject: subject, Actor: string(userID(n)), Action: domain.ActionSessionEnded,
		Object: string(sessionID(n)), Address: fmt.Sprintf("2001:db8::%d", n),
	}
}

// newDeletion returns the deletion of a person, requested some seconds after start.
func newDeletion(owner domain.UserID, seconds int) domain.Deletion {
	return domain.NewDeletion(owner, at(seconds))
}

// requestKey returns the nth key of a request.
func requestKey(n int) string { return fmt.Sprintf("%064x", n) }

// newRequest returns a request that was begun some seconds after start. Its lease ends a minute later.
func newRequest(owner domain.UserID, n, seconds int) domain.IdempotentRequest {
	return domain.IdempotentRequest{
		Owner: owner, Key: requestKey(n), Fingerprint: fmt.Sprintf("%064x", n+1000), CreatedAt: at(seconds),
		LeaseEnds: at(seconds + 60), ExpiresAt: at(seconds).Add(domain.IdempotencyLifetime),
	}
}

// newAttempts returns what is remembered under a key, in which every field is set.
func newAttempts(key string, n int) domain.Attempts {
	return domain.Attempts{Key: key, Failures: n, LastAt: at(n), ExpiresAt: at(n).Add(time.Hour), Rev: 1}
}
