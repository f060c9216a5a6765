package postgres

import (
	"github.com/moshrank/spacey-backend/internal/domain"
)

// An owner has one account, whose key is the owner. Documents and tokens are nobody's.
const (
	archivedUsers query = "SELECT " + userColumns + " FROM users WHERE id = $1 AND id > $2 LIMIT $3"
	putUser       query = insertUser + ` ON CONFLICT (id) DO UPDATE SET email_key = excluded.email_key, name = excluded.name,
		email = excluded.email, password_hash = excluded.password_hash, email_verified = excluded.email_verified, beta = excluded.beta,
		created_at = excluded.created_at, updated_at = excluded.updated_at, rev = excluded.rev`
	removeUsers query = "DELETE FROM users WHERE id = $1 AND id = ANY($2)"

	archivedSessions query = "SELECT user_id, id, created_at, expires_at FROM sessions WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"
	putSession       query = insertSession + ` ON CONFLICT (user_id, id) DO UPDATE SET created_at = excluded.created_at,
		expires_at = excluded.expires_at`
	removeSessions query = "DELETE FROM sessions WHERE user_id = $1 AND id = ANY($2)"

	archivedTokens query = `SELECT hash, user_id, purpose, created_at, expires_at FROM one_time_tokens
		WHERE $1::text = '' AND hash > $2 ORDER BY hash LIMIT $3`
	putToken query = insertToken + ` ON CONFLICT (hash) DO UPDATE SET user_id = excluded.user_id, purpose = excluded.purpose,
		created_at = excluded.created_at, expires_at = excluded.expires_at`
	removeTokens query = "DELETE FROM one_time_tokens WHERE $1::text = '' AND hash = ANY($2)"

	archivedConfigs query = `SELECT name, public, value, updated_at, rev FROM configs
		WHERE $1::text = '' AND name > $2 ORDER BY name LIMIT $3`
	putConfig query = insertConfig + ` ON CONFLICT (name) DO UPDATE SET public = excluded.public, value = excluded.value,
		updated_at = excluded.updated_at, rev = excluded.rev`
	removeConfigs query = "DELETE FROM configs WHERE $1::text = '' AND name = ANY($2)"
)

// userFields returns where userColumns go.
func userFields(u *domain.User) []any {
	return []any{
		(*string)(&u.ID), &u.Name, &u.Email, &u.PasswordHash, &u.EmailVerified, &u.Beta, instant{&u.CreatedAt}, instant{&u.UpdatedAt},
		&u.Rev,
	}
}

// userValues returns the parameters of insertUser.
func userValues(_ domain.UserID, u *domain.User) []any {
	return []any{
		string(u.ID), domain.EmailKey(u.Email), u.Name, u.Email, u.PasswordHash, u.EmailVerified, u.Beta,
		moment(u.CreatedAt), moment(u.UpdatedAt), u.Rev,
	}
}

func sessionFields(s *domain.Session) []any {
	return []any{(*string)(&s.Owner), (*string)(&s.ID), instant{&s.CreatedAt}, instant{&s.ExpiresAt}}
}

func sessionValues(owner domain.UserID, s *domain.Session) []any {
	return []any{string(owner), string(s.ID), moment(s.CreatedAt), moment(s.ExpiresAt)}
}

func tokenFields(o *domain.OneTimeToken) []any {
	return []any{&o.Hash, (*string)(&o.Owner), (*string)(&o.Purpose), instant{&o.CreatedAt}, instant{&o.ExpiresAt}}
}

func tokenValues(_ domain.UserID, o *domain.OneTimeToken) []any {
	return []any{o.Hash, string(o.Owner), string(o.Purpose), moment(o.CreatedAt), moment(o.ExpiresAt)}
}

func configFields(c *domain.ConfigDocument) []any {
	return []any{&c.Name, &c.Public, (*[]byte)(&c.Value), instant{&c.UpdatedAt}, &c.Rev}
}

func configValues(_ domain.UserID, c *domain.ConfigDocument) []any {
	return []any{c.Name, c.Public, []byte(c.Value), moment(c.UpdatedAt), c.Rev}
}
