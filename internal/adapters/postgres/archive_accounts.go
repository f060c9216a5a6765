package postgres

import (
	"github.com/moshrank/spacey-backend/internal/domain"
)

// An owner has one account, and one deletion at most, whose key is the owner. Documents and one-time tokens are nobody's.
const (
	archivedUsers query = "SELECT " + userColumns + " FROM users WHERE id = $1 AND id > $2 LIMIT $3"
	putUser       query = insertUser + ` ON CONFLICT (id) DO UPDATE SET email_key = excluded.email_key, name = excluded.name,
		email = excluded.email, password_hash = excluded.password_hash, email_verified = excluded.email_verified, beta = excluded.beta,
		disabled = excluded.disabled, created_at = excluded.created_at, updated_at = excluded.updated_at, rev = excluded.rev`
	removeUsers query = "DELETE FROM users WHERE id = $1 AND id = ANY($2)"

	archivedDeletions query = "SELECT " + deletionColumns + " FROM deletions WHERE user_id = $1 AND user_id > $2 LIMIT $3"
	putDeletion       query = insertDeletion + ` ON CONFLICT (user_id) DO UPDATE SET requested_at = excluded.requested_at,
		cleared = excluded.cleared, finished = excluded.finished, rev = excluded.rev`
	removeDeletions query = "DELETE FROM deletions WHERE user_id = $1 AND user_id = ANY($2)"

	archivedSessions query = "SELECT " + sessionColumns + " FROM sessions WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"
	putSession       query = insertSession + ` ON CONFLICT (user_id, id) DO UPDATE SET created_at = excluded.created_at,
		expires_at = excluded.expires_at, program = excluded.program, address = excluded.address`
	removeSessions query = "DELETE FROM sessions WHERE user_id = $1 AND id = ANY($2)"

	archivedAPITokens query = "SELECT " + apiTokenColumns + " FROM api_tokens WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"
	removeAPITokens   query = "DELETE FROM api_tokens WHERE user_id = $1 AND id = ANY($2)"

	archivedPlaces query = "SELECT " + placeColumns + ` FROM sign_in_places WHERE user_id = $1 AND network > $2
		ORDER BY network LIMIT $3`
	putPlace query = insertPlace + ` ON CONFLICT (user_id, network) DO UPDATE SET first_seen = excluded.first_seen,
		last_seen = excluded.last_seen`
	removePlaces query = "DELETE FROM sign_in_places WHERE user_id = $1 AND network = ANY($2)"

	archivedAudits query = "SELECT " + auditColumns + " FROM audit_entries WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"
	putAudit       query = insertAudit + ` ON CONFLICT (user_id, id) DO UPDATE SET at = excluded.at, actor = excluded.actor,
		action = excluded.action, object = excluded.object, address = excluded.address`
	removeAudits query = "DELETE FROM audit_entries WHERE user_id = $1 AND id = ANY($2)"

	archivedTokens query = `SELECT hash, user_id, purpose, created_at, expires_at FROM one_time_tokens
		WHERE $1::text = '' AND hash > $2 ORDER BY hash LIMIT $3`
	putToken query = insertToken + ` ON CONFLICT (hash) DO UPDATE SET user_id = excluded.user_id, purpose = excluded.purpose,
		created_at = excluded.created_at, expires_at = excluded.expires_at`
	removeTokens query = "DELETE FROM one_time_tokens WHERE $1::text = '' AND hash = ANY($2)"

	archivedConfigs query = "SELECT " + configColumns + " FROM configs WHERE $1::text = '' AND name > $2 ORDER BY name LIMIT $3"
	putConfig       query = insertConfig + ` ON CONFLICT (name) DO UPDATE SET public = excluded.public, value = excluded.value,
		updated_at = excluded.updated_at, rev = excluded.rev`
	removeConfigs query = "DELETE FROM configs WHERE $1::text = '' AND name = ANY($2)"
)

func tokenFields(o *domain.OneTimeToken) []any {
	return []any{&o.Hash, (*string)(&o.Owner), (*string)(&o.Purpose), instant{&o.CreatedAt}, instant{&o.ExpiresAt}}
}

func tokenValues(_ domain.UserID, o *domain.OneTimeToken) []any {
	return []any{o.Hash, string(o.Owner), string(o.Purpose), moment(o.CreatedAt), moment(o.ExpiresAt)}
}
