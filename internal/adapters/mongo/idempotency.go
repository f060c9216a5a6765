package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Idempotency = (*Store)(nil)

type requestRecord struct {
	Key         string        `bson:"_id"`
	Owner       domain.UserID `bson:"user_id"`
	ID          string        `bson:"key"`
	Fingerprint string        `bson:"fingerprint"`
	// Status is 0 while there is no answer.
	Status    int            `bson:"status"`
	Answer    []byte         `bson:"answer"`
	CreatedAt *bson.DateTime `bson:"created_at"`
	LeaseEnds *bson.DateTime `bson:"lease_ends"`
	ExpiresAt *bson.DateTime `bson:"expires_at"`
}

// newRequestRecord returns a request that is not answered.
func newRequestRecord(r domain.IdempotentRequest) requestRecord {
	return requestRecord{
		Key: key(r.Owner, r.Key), Owner: r.Owner, ID: r.Key, Fingerprint: r.Fingerprint,
		CreatedAt: date(r.CreatedAt), LeaseEnds: date(r.LeaseEnds), ExpiresAt: date(r.ExpiresAt),
	}
}

func (r requestRecord) request() domain.IdempotentRequest {
	return domain.IdempotentRequest{
		Owner: r.Owner, Key: r.ID, Fingerprint: r.Fingerprint, Status: r.Status, Answer: r.Answer,
		CreatedAt: instant(r.CreatedAt), LeaseEnds: instant(r.LeaseEnds), ExpiresAt: instant(r.ExpiresAt),
	}
}

// unchanged returns the filter for the request as it was read: same making, same lease, answered or not.
func (r requestRecord) unchanged() bson.D {
	return append(ownKey(r.Owner, r.ID),
		bson.E{Key: "fingerprint", Value: r.Fingerprint}, bson.E{Key: "status", Value: r.Status},
		bson.E{Key: "lease_ends", Value: r.LeaseEnds}, bson.E{Key: "expires_at", Value: r.ExpiresAt})
}

// taken returns what the request becomes when its place is taken: a fresh one when it has expired by now, itself with the
// lease of the fresh one when its worker has stopped. It is not open when it is neither.
func (r requestRecord) taken(fresh requestRecord, now time.Time) (taken requestRecord, open bool) {
	if !instant(r.ExpiresAt).After(now) {
		return fresh, true
	}
	open = r.Fingerprint == fresh.Fingerprint && r.Status == 0 && !instant(r.LeaseEnds).After(now)
	r.LeaseEnds = fresh.LeaseEnds
	return r, open
}

// beginTries is how often a request is begun that others begin, drop or sweep at the same time.
const beginTries = 10

// BeginRequest stores a request that is not answered, unless there is one of this owner and key. The insert decides who
// is to do a new one. One that has expired is replaced, and one whose worker has stopped is taken over, where it still is
// as it was read; so of several callers one is the first.
func (s *Store) BeginRequest(
	ctx context.Context, request domain.IdempotentRequest, now time.Time,
) (stored domain.IdempotentRequest, mine bool, err error) {
	fresh := newRequestRecord(request)
	for range beginTries {
		_, err := s.requests.InsertOne(ctx, fresh)
		if err == nil {
			return fresh.request(), true, nil
		}
		if !driver.IsDuplicateKeyError(err) {
			return domain.IdempotentRequest{}, false, failure(ctx, "inserting a request", err)
		}
		there, err := findOne[requestRecord](ctx, s.requests, "request", ownKey(request.Owner, request.Key))
		if domain.CodeOf(err) == domain.CodeNotFound {
			continue // it was dropped or swept in between
		}
		if err != nil {
			return domain.IdempotentRequest{}, false, err
		}
		taken, open := there.taken(fresh, now)
		if !open {
			return there.request(), false, nil
		}
		result, err := s.requests.ReplaceOne(ctx, there.unchanged(), taken)
		if err != nil {
			return domain.IdempotentRequest{}, false, failure(ctx, "taking over a request", err)
		}
		if result.MatchedCount == 1 {
			return taken.request(), true, nil
		}
	}
	return domain.IdempotentRequest{}, false, domain.NewError(domain.CodeBusy, "Others make this request at the same time. Try again.")
}

// FinishRequest stores the answer of a request.
func (s *Store) FinishRequest(ctx context.Context, owner domain.UserID, key string, status int, answer []byte) error {
	_, err := setWhere(ctx, s.requests, append(ownKey(owner, key), bson.E{Key: "status", Value: 0}),
		bson.D{{Key: "status", Value: status}, {Key: "answer", Value: answer}})
	return failure(ctx, "storing the answer of a request", err)
}

// DropRequest removes a request that has not been answered.
func (s *Store) DropRequest(ctx context.Context, owner domain.UserID, key string) error {
	_, err := s.requests.DeleteOne(ctx, append(ownKey(owner, key), bson.E{Key: "status", Value: 0}))
	return failure(ctx, "dropping a request", err)
}
