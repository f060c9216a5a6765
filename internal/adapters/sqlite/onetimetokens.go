package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// OneTimeTokens stores secrets that were mailed, by their hashes.
type OneTimeTokens struct{ store *Store }

var _ ports.OneTimeTokens = (*OneTimeTokens)(nil)

const (
	insertToken query = "INSERT INTO one_time_tokens (hash, user_id, purpose, created_at, expires_at) VALUES (?, ?, ?, ?, ?)"
	takeToken   query = `DELETE FROM one_time_tokens WHERE hash = ? AND user_id = ? AND purpose = ? AND expires_at >= ?
		RETURNING created_at, expires_at`
)

// InsertToken adds a token.
func (o *OneTimeTokens) InsertToken(ctx context.Context, token domain.OneTimeToken) error {
	_, err := o.store.exec(ctx, "insert a one-time token", insertToken, token.Hash, token.Owner, token.Purpose,
		millis(token.CreatedAt), millis(token.ExpiresAt))
	return err
}

// ConsumeToken removes a token and returns it.
func (o *OneTimeTokens) ConsumeToken(
	ctx context.Context, owner domain.UserID, hash string, purpose domain.TokenPurpose, now time.Time,
) (domain.OneTimeToken, error) {
	token := domain.OneTimeToken{Hash: hash, Owner: owner, Purpose: purpose}
	err := o.store.transact(ctx, "consume a one-time token", func(t *transaction) error {
		err := t.row(takeToken, []any{hash, owner, purpose, millis(now)}, instant{&token.CreatedAt}, instant{&token.ExpiresAt})
		if errors.Is(err, sql.ErrNoRows) {
			return domain.NotFound("token")
		}
		return err
	})
	if err != nil {
		return domain.OneTimeToken{}, err
	}
	return token, nil
}
