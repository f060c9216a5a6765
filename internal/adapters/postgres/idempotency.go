package postgres

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Idempotency stores the answers to requests that their clients have given a key.
type Idempotency struct{ store *Store }

var _ ports.Idempotency = (*Idempotency)(nil)

const (
	requestColumns = "user_id, key, fingerprint, status, answer, created_at, lease_ends, expires_at"
	// beginRequest returns the row if it is the caller's: a new one, one that replaces an expired one, or one that whoever works on it
	// has left. Of several callers all but the first wait for it, and then see what it has written.
	beginRequest query = `INSERT INTO idempotent_requests AS r (` + requestColumns + `) VALUES ($1, $2, $3, 0, NULL, $4, $5, $6)
		ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = 0, answer = NULL,
			lease_ends = excluded.lease_ends,
			created_at = CASE WHEN r.expires_at <= $7 THEN excluded.created_at ELSE r.created_at END,
			expires_at = CASE WHEN r.expires_at <= $7 THEN excluded.expires_at ELSE r.expires_at END
		WHERE r.expires_at <= $7 OR (r.fingerprint = excluded.fingerprint AND r.status = 0 AND r.lease_ends <= $7)
		RETURNING r.user_id, r.key, r.fingerprint, r.status, r.answer, r.created_at, r.lease_ends, r.expires_at`
	requestByKey  query = "SELECT " + requestColumns + " FROM idempotent_requests WHERE user_id = $1 AND key = $2"
	finishRequest query = "UPDATE idempotent_requests SET status = $3, answer = $4 WHERE user_id = $1 AND key = $2 AND status = 0"
	dropRequest   query = "DELETE FROM idempotent_requests WHERE user_id = $1 AND key = $2 AND status = 0"
)

// requestFields returns where requestColumns go.
func requestFields(r *domain.IdempotentRequest) []any {
	return []any{
		(*string)(&r.Owner), &r.Key, &r.Fingerprint, &r.Status, &r.Answer,
		instant{&r.CreatedAt}, instant{&r.LeaseEnds}, instant{&r.ExpiresAt},
	}
}

// BeginRequest stores a request that is not answered and returns it with mine true, or returns the one that is there.
func (i *Idempotency) BeginRequest(
	ctx context.Context, request domain.IdempotentRequest, now time.Time,
) (kept domain.IdempotentRequest, mine bool, err error) {
	key := []any{string(request.Owner), request.Key}
	values := append(append([]any{}, key...), request.Fingerprint, stored(request.CreatedAt), stored(request.LeaseEnds),
		stored(request.ExpiresAt), stored(now))
	// One that is there may be dropped before it is read, but not each time.
	for range callTries {
		mine, err = i.store.write(ctx, "begin a request with a key", beginRequest, values, requestFields(&kept)...)
		if mine || err != nil {
			return kept, mine, err
		}
		found, err := i.store.row(ctx, "read a request with a key", requestByKey, key, requestFields(&kept)...)
		if found || err != nil {
			return kept, false, err
		}
	}
	return domain.IdempotentRequest{}, false, domain.NewError(domain.CodeBusy, "Others make this request at the same time. Try again.")
}

// FinishRequest stores the answer of a request.
func (i *Idempotency) FinishRequest(ctx context.Context, owner domain.UserID, key string, status int, answer []byte) error {
	_, err := i.store.exec(ctx, "finish a request with a key", finishRequest, string(owner), key, status, append([]byte{}, answer...))
	return err
}

// DropRequest removes a request that has not been answered.
func (i *Idempotency) DropRequest(ctx context.Context, owner domain.UserID, key string) error {
	_, err := i.store.exec(ctx, "drop a request with a key", dropRequest, string(owner), key)
	return err
}
