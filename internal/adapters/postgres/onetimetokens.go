package postgres

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// OneTimeTokens stores secrets that were mailed, by their hashes.
type OneTimeTokens struct{ store *Store }

var _ ports.OneTimeTokens = (*OneTimeTokens)(nil)

const (
	insertToken query = "INSERT INTO one_time_tokens (hash, user_id, purpose, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
	// Of several callers all but the first wait for it, and then find no row.
	takeToken query = `DELETE FROM one_time_tokens WHERE hash = $1 AND user_id = $2 AND purpose = $3 AND expires_at >= $4
		RETURNING created_at, expires_at`
)

// InsertToken adds a token.
func (o *OneTimeTokens) InsertToken(ctx context.Context, token domain.OneTimeToken) error {
	_, err := o.store.exec(ctx, "insert a one-time token", insertToken, token.Hash, string(token.Owner), string(token.Purpose),
		moment(token.CreatedAt), moment(token.ExpiresAt))
	return err
}

// ConsumeToken removes a token and returns it.
func (o *OneTimeTokens) ConsumeToken(
	ctx context.Context, owner domain.UserID, hash string, purpose domain.TokenPurpose, now time.Time,
) (domain.OneTimeToken, error) {
	token := domain.OneTimeToken{Hash: hash, Owner: owner, Purpose: purpose}
	found, err := o.store.write(ctx, "consume a one-time token", takeToken, []any{hash, string(owner), string(purpose), stored(now)},
		instant{&token.CreatedAt}, instant{&token.ExpiresAt})
	if err == nil && !found {
		err = domain.NotFound("token")
	}
	if err != nil {
		return domain.OneTimeToken{}, err
	}
	return token, nil
}
