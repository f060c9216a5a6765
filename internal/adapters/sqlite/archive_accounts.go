package sqlite

import (
	"github.com/moshrank/spacey-backend/internal/domain"
)

// An owner has one account, whose key is the owner. Documents and tokens are nobody's.
const (
	archivedUsers query = "SELECT " + userColumns + " FROM users WHERE id = ? AND id > ? LIMIT ?"
	putUser       query = insertUser + ` ON CONFLICT (id) DO UPDATE SET email_key = excluded.email_key, name = excluded.name,
		email = excluded.email, password_hash = excluded.password_hash, email_verified = excluded.email_verified, beta = excluded.beta,
		created_at = excluded.created_at, updated_at = excluded.updated_at, rev = excluded.rev`
	removeUsers query = "DELETE FROM users WHERE id = ? AND id IN (SELECT value FROM json_each(?))"

	archivedSessions query = `SELECT user_id, id, created_at, expires_at FROM sessions WHERE user_id = ? AND id > ?
		ORDER BY id LIMIT ?`
	putSession query = insertSession + ` ON CONFLICT (user_id, id) DO UPDATE SET created_at = excluded.created_at,
		expires_at = excluded.expires_at`
	removeSessions query = "DELETE FROM sessions WHERE user_id = ? AND id IN (SELECT value FROM json_each(?))"

	archivedTokens query = `SELECT hash, user_id, purpose, created_at, expires_at FROM one_time_tokens
		WHERE ? = '' AND hash > ? ORDER BY hash LIMIT ?`
	putToken query = insertToken + ` ON CONFLICT (hash) DO UPDATE SET user_id = excluded.user_id, purpose = excluded.purpose,
		created_at = excluded.created_at, expires_at = excluded.expires_at`
	removeTokens query = "DELETE FROM one_time_tokens WHERE ? = '' AND hash IN (SELECT value FROM json_each(?))"

	archivedConfigs query = `SELECT name, public, value, updated_at, rev FROM configs WHERE ? = '' AND name > ?
		ORDER BY name LIMIT ?`
	putConfig query = insertConfig + ` ON CONFLICT (name) DO UPDATE SET public = excluded.public, value = excluded.value,
		updated_at = excluded.updated_at, rev = excluded.rev`
	removeConfigs query = "DELETE FROM configs WHERE ? = '' AND name IN (SELECT value FROM json_each(?))"
)

// userValues returns the columns of insertUser.
func userValues(_ domain.UserID, u *domain.User) []any {
	return []any{
		u.ID, domain.EmailKey(u.Email), u.Name, u.Email, u.PasswordHash, u.EmailVerified, u.Beta,
		millis(u.CreatedAt), millis(u.UpdatedAt), u.Rev,
	}
}

func sessionFields(s *domain.Session) []any {
	return []any{(*string)(&s.Owner), (*string)(&s.ID), instant{&s.CreatedAt}, instant{&s.ExpiresAt}}
}

func sessionValues(owner domain.UserID, s *domain.Session) []any {
	return []any{owner, s.ID, millis(s.CreatedAt), millis(s.ExpiresAt)}
}

func tokenFields(o *domain.OneTimeToken) []any {
	return []any{&o.Hash, (*string)(&o.Owner), (*string)(&o.Purpose), instant{&o.CreatedAt}, instant{&o.ExpiresAt}}
}

func tokenValues(_ domain.UserID, o *domain.OneTimeToken) []any {
	return []any{o.Hash, o.Owner, o.Purpose, millis(o.CreatedAt), millis(o.ExpiresAt)}
}

func configFields(c *domain.ConfigDocument) []any {
	return []any{&c.Name, &c.Public, (*[]byte)(&c.Value), instant{&c.UpdatedAt}, &c.Rev}
}

func configValues(_ domain.UserID, c *domain.ConfigDocument) []any {
	return []any{c.Name, c.Public, []byte(c.Value), millis(c.UpdatedAt), c.Rev}
}
