package sqlite

import (
	"context"
	"encoding/json"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// SignInAttempts stores failed sign-ins.
type SignInAttempts struct{ store *Store }

var _ ports.SignInAttempts = (*SignInAttempts)(nil)

const (
	attemptsOf query = "SELECT failures, last_at, expires_at, rev FROM sign_in_attempts WHERE key = ?"
	// insertAttempts writes nothing when somebody else was faster.
	insertAttempts query = `INSERT INTO sign_in_attempts (failures, last_at, expires_at, rev, key) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`
	updateAttempts query = "UPDATE sign_in_attempts SET failures = ?, last_at = ?, expires_at = ?, rev = ? WHERE key = ? AND rev = ?"
	forgetAttempts query = "DELETE FROM sign_in_attempts WHERE key IN (SELECT value FROM json_each(?))"
)

// Attempts returns what is remembered under a key, expired or not.
func (a *SignInAttempts) Attempts(ctx context.Context, key string) (domain.Attempts, error) {
	attempts := domain.Attempts{Key: key}
	_, err := a.store.row(ctx, "read failed sign-ins", attemptsOf, []any{key},
		whole(&attempts.Failures), instant{&attempts.LastAt}, instant{&attempts.ExpiresAt}, &attempts.Rev)
	if err != nil {
		return domain.Attempts{}, err
	}
	return attempts, nil
}

// UpdateAttempts changes what is remembered under a key and returns it as stored.
func (a *SignInAttempts) UpdateAttempts(
	ctx context.Context, key string, edit func(*domain.Attempts) error,
) (domain.Attempts, error) {
	read := func() (domain.Attempts, error) { return a.Attempts(ctx, key) }
	return ports.Update(ctx, "count of failed sign-ins", read, edit, func(before, attempts *domain.Attempts) (bool, error) {
		attempts.Key, attempts.Rev = key, before.Rev+1
		attempts.LastAt, attempts.ExpiresAt = stored(attempts.LastAt), stored(attempts.ExpiresAt)
		values := []any{attempts.Failures, millis(attempts.LastAt), millis(attempts.ExpiresAt), attempts.Rev, key}
		if before.Rev == 0 {
			rows, err := a.store.exec(ctx, "insert failed sign-ins", insertAttempts, values...)
			return rows == 1, err
		}
		rows, err := a.store.exec(ctx, "update failed sign-ins", updateAttempts, append(values, before.Rev)...)
		return rows == 1, err
	})
}

// ForgetAttempts removes what is remembered under keys.
func (a *SignInAttempts) ForgetAttempts(ctx context.Context, keys []string) error {
	named, err := json.Marshal(keys)
	if err != nil {
		return a.store.failure(ctx, "name failed sign-ins", err)
	}
	_, err = a.store.exec(ctx, "forget failed sign-ins", forgetAttempts, string(named))
	return err
}
