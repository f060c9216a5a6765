package sqlite

import (
	"github.com/moshrank/spacey-backend/internal/domain"
)

// An owner has one account, whose key is the owner. Documents and tokens are nobody's.
const (
	archivedUsers query = "SELECT " + userColumns + " FROM users WHERE id = ? AND id > ? LIMIT ?"
	putUser       query = insertUser + ` ON CONFLICT (id) DO UPDATE SET email_key = excluded.email_key, name = excluded.name,
		email = excluded.email, password_hash = excluded.password_hash, email_verified = excluded.email_verified, beta = excluded.beta,
		disabled = excluded.disabled, created_at = excluded.created_at, updated_at = excluded.updated_at, rev = excluded.rev`
	removeUsers query = "DELETE FROM users WHERE id = ? AND id IN (SELECT value FROM json_each(?))"

	archivedSessions query = "SELECT " + sessionColumns + " FROM sessions WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?"
	putSession       query = insertSession + ` ON CONFLICT (user_id, id) DO UPDATE SET created_at = excluded.created_at,
		expires_at = excluded.expires_at, program = excluded.program, address = excluded.address`
	removeSessions query = "DELETE FROM sessions WHERE user_id = ? AND id IN (SELECT value FROM json_each(?))"

	archivedAPITokens query = "SELECT " + apiTokenColumns + " FROM api_tokens WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?"
	removeAPITokens   query = "DELETE FROM api_tokens WHERE user_id = ? AND id IN (SELECT value FROM json_each(?))"

	archivedPlaces query = "SELECT " + placeColumns + ` FROM sign_in_places WHERE user_id = ? AND network > ?
		ORDER BY network LIMIT ?`
	putPlace query = insertPlace + ` ON CONFLICT (user_id, network) DO UPDATE SET first_seen = excluded.first_seen,
		last_seen = excluded.last_seen`
	removePlaces query = "DELETE FROM sign_in_places WHERE user_id = ? AND network IN (SELECT value FROM json_each(?))"

	archivedAudits query = "SELECT " + auditColumns + " FROM audit_entries WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?"
	putAudit       query = insertAudit + ` ON CONFLICT (user_id, id) DO UPDATE SET at = excluded.at, actor = excluded.actor,
		action = excluded.action, object = excluded.object, address = excluded.address`
	removeAudits query = "DELETE FROM audit_entries WHERE user_id = ? AND id IN (SELECT value FROM json_each(?))"

	// An owner has one deletion at most, whose key is the owner.
	archivedDeletions query = "SELECT " + deletionColumns + " FROM deletions WHERE user_id = ? AND user_id > ? LIMIT ?"
	putDeletion       query = insertDeletion + ` ON CONFLICT (user_id) DO UPDATE SET requested_at = excluded.requested_at,
		cleared = excluded.cleared, finished = excluded.finished, rev = excluded.rev`
	removeDeletions query = "DELETE FROM deletions WHERE user_id = ? AND user_id IN (SELECT value FROM json_each(?))"

	archivedTokens query = `SELECT hash, user_id, purpose, created_at, expires_at FROM one_time_tokens
		WHERE ? = '' AND hash > ? ORDER BY hash LIMIT ?`
	putToken query = insertToken + ` ON CONFLICT (hash) DO UPDATE SET user_id = excluded.user_id, purpose = excluded.purpose,
		created_at = excluded.created_at, expires_at = excluded.expires_at`
	removeTokens query = "DELETE FROM one_time_tokens WHERE ? = '' AND hash IN (SELECT value FROM json_each(?))"

	archivedConfigs query = "SELECT " + configColumns + " FROM configs WHERE ? = '' AND name > ? ORDER BY name LIMIT ?"
	putConfig       query = insertConfig + ` ON CONFLICT (name) DO UPDATE SET public = excluded.public, value = excluded.value,
		updated_at = excluded.updated_at, rev = excluded.rev`
	removeConfigs query = "DELETE FROM configs WHERE ? = '' AND name IN (SELECT value FROM json_each(?))"
)

// userValues returns the columns of insertUser.
func userValues(_ domain.UserID, u *domain.User) []any {
	return []any{
		u.ID, domain.EmailKey(u.Email), u.Name, u.Email, u.PasswordHash, u.EmailVerified, u.Beta, u.Disabled,
		millis(u.CreatedAt), millis(u.UpdatedAt), u.Rev,
	}
}

func tokenFields(o *domain.OneTimeToken) []any {
	return []any{&o.Hash, (*string)(&o.Owner), (*string)(&o.Purpose), instant{&o.CreatedAt}, instant{&o.ExpiresAt}}
}

func tokenValues(_ domain.UserID, o *domain.OneTimeToken) []any {
	return []any{o.Hash, o.Owner, o.Purpose, millis(o.CreatedAt), millis(o.ExpiresAt)}
}
