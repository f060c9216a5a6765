package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// SignInAttempts stores failed sign-ins.
type SignInAttempts struct{ store *Store }

var _ ports.SignInAttempts = (*SignInAttempts)(nil)

const (
	attemptsByKey query = "SELECT key, failures, last_at, expires_at, rev FROM sign_in_attempts WHERE key = $1"
	// insertAttempts writes nothing when somebody else was faster.
	insertAttempts query = `INSERT INTO sign_in_attempts (key, failures, last_at, expires_at, rev) VALUES ($1, $3, $4, $5, $2 + 1)
		ON CONFLICT (key) DO NOTHING`
	updateAttempts query = `UPDATE sign_in_attempts SET failures = $3, last_at = $4, expires_at = $5, rev = $2 + 1
		WHERE key = $1 AND rev = $2`
	forgetAttempts query = "DELETE FROM sign_in_attempts WHERE key = ANY($1)"
)

// Attempts returns what is remembered under a key, expired or not.
func (s *SignInAttempts) Attempts(ctx context.Context, key string) (domain.Attempts, error) {
	var a domain.Attempts
	found, err := s.store.row(ctx, "read failed sign-ins", attemptsByKey, []any{key},
		&a.Key, &a.Failures, instant{&a.LastAt}, instant{&a.ExpiresAt}, &a.Rev)
	if err != nil {
		return domain.Attempts{}, err
	}
	if !found {
		return domain.Attempts{Key: key}, nil
	}
	return a, nil
}

// UpdateAttempts changes what is remembered under a key and returns it as stored.
func (s *SignInAttempts) UpdateAttempts(
	ctx context.Context, key string, edit func(*domain.Attempts) error,
) (domain.Attempts, error) {
	read := func() (domain.Attempts, error) { return s.Attempts(ctx, key) }
	return ports.Update(ctx, "count of failed sign-ins", read, edit, func(before, a *domain.Attempts) (bool, error) {
		a.Key, a.Rev, a.LastAt, a.ExpiresAt = key, before.Rev+1, stored(a.LastAt), stored(a.ExpiresAt)
		write := updateAttempts
		if before.Rev == 0 {
			write = insertAttempts
		}
		rows, err := s.store.exec(ctx, "write failed sign-ins", write, key, before.Rev, a.Failures, a.LastAt, a.ExpiresAt)
		return rows == 1, err
	})
}

// ForgetAttempts removes what is remembered under keys.
func (s *SignInAttempts) ForgetAttempts(ctx context.Context, named []string) error {
	_, err := s.store.exec(ctx, "forget failed sign-ins", forgetAttempts, keys(named))
	return err
}
