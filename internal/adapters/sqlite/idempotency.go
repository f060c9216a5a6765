package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Idempotency stores the answers to requests that their clients have given a key.
type Idempotency struct{ store *Store }

var _ ports.Idempotency = (*Idempotency)(nil)

const (
	requestByKey query = `SELECT user_id, key, fingerprint, status, answer, created_at, lease_ends, expires_at
		FROM idempotent_requests WHERE user_id = ? AND key = ?`
	// beginRequest takes the place of an expired request.
	beginRequest query = `INSERT INTO idempotent_requests (user_id, key, fingerprint, status, answer, created_at, lease_ends, expires_at)
		VALUES (?, ?, ?, 0, NULL, ?, ?, ?) ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint,
		status = excluded.status, answer = excluded.answer, created_at = excluded.created_at, lease_ends = excluded.lease_ends,
		expires_at = excluded.expires_at`
	leaseRequest  query = "UPDATE idempotent_requests SET lease_ends = ? WHERE user_id = ? AND key = ?"
	finishRequest query = "UPDATE idempotent_requests SET status = ?, answer = ? WHERE user_id = ? AND key = ? AND status = 0"
	dropRequest   query = "DELETE FROM idempotent_requests WHERE user_id = ? AND key = ? AND status = 0"
)

// BeginRequest stores a request that is not answered, takes one over whose lease has ended, or returns the one there is.
func (i *Idempotency) BeginRequest(
	ctx context.Context, request domain.IdempotentRequest, now time.Time,
) (begun domain.IdempotentRequest, mine bool, err error) {
	request.Status, request.Answer = 0, nil
	request.CreatedAt, request.LeaseEnds, request.ExpiresAt = stored(request.CreatedAt), stored(request.LeaseEnds), stored(request.ExpiresAt)
	// The write lock is held from the beginning, so nobody comes between reading and writing.
	err = i.store.transact(ctx, "begin a request", func(t *transaction) error {
		there, found, err := requestIn(t, request.Owner, request.Key)
		switch {
		case err != nil:
			return err
		case !found || !now.Before(there.ExpiresAt):
			begun, mine = request, true
			_, err = t.exec(beginRequest, request.Owner, request.Key, request.Fingerprint,
				millis(request.CreatedAt), millis(request.LeaseEnds), millis(request.ExpiresAt))
		case there.Fingerprint == request.Fingerprint && !there.Answered() && !now.Before(there.LeaseEnds):
			begun, mine = there, true
			begun.LeaseEnds = request.LeaseEnds
			_, err = t.exec(leaseRequest, millis(request.LeaseEnds), request.Owner, request.Key)
		default:
			begun, mine = there, false
		}
		return err
	})
	if err != nil {
		return domain.IdempotentRequest{}, false, err
	}
	return begun, mine, nil
}

// requestIn reads the request of an owner and a key.
func requestIn(t *transaction, owner domain.UserID, key string) (request domain.IdempotentRequest, found bool, err error) {
	err = t.row(requestByKey, []any{owner, key}, (*string)(&request.Owner), &request.Key, &request.Fingerprint, whole(&request.Status),
		&request.Answer, instant{&request.CreatedAt}, instant{&request.LeaseEnds}, instant{&request.ExpiresAt})
	if errors.Is(err, sql.ErrNoRows) {
		return domain.IdempotentRequest{}, false, nil
	}
	return request, err == nil, err
}

// FinishRequest stores the answer of a request.
func (i *Idempotency) FinishRequest(ctx context.Context, owner domain.UserID, key string, status int, answer []byte) error {
	_, err := i.store.exec(ctx, "finish a request", finishRequest, status, answer, owner, key)
	return err
}

// DropRequest removes a request that has not been answered.
func (i *Idempotency) DropRequest(ctx context.Context, owner domain.UserID, key string) error {
	_, err := i.store.exec(ctx, "drop a request", dropRequest, owner, key)
	return err
}
