package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.SignInAttempts = (*Store)(nil)

type attemptsRecord struct {
	Key       string         `bson:"_id"`
	Failures  int            `bson:"failures"`
	LastAt    *bson.DateTime `bson:"last_at"`
	ExpiresAt *bson.DateTime `bson:"expires_at"`
	Rev       int64          `bson:"rev"`
}

func newAttemptsRecord(a domain.Attempts) attemptsRecord {
	return attemptsRecord{Key: a.Key, Failures: a.Failures, LastAt: date(a.LastAt), ExpiresAt: date(a.ExpiresAt), Rev: a.Rev}
}

func (r attemptsRecord) attempts() domain.Attempts {
	return domain.Attempts{
		Key: r.Key, Failures: r.Failures, LastAt: instant(r.LastAt), ExpiresAt: instant(r.ExpiresAt), Rev: r.Rev,
	}
}

// Attempts returns what is remembered under a key.
func (s *Store) Attempts(ctx context.Context, key string) (domain.Attempts, error) {
	r, err := findOne[attemptsRecord](ctx, s.attempts, "count of failed sign-ins", bson.D{{Key: "_id", Value: key}})
	if domain.CodeOf(err) == domain.CodeNotFound {
		return domain.Attempts{Key: key}, nil
	}
	if err != nil {
		return domain.Attempts{}, err
	}
	return r.attempts(), nil
}

// UpdateAttempts changes what is remembered under a key.
func (s *Store) UpdateAttempts(ctx context.Context, key string, edit func(*domain.Attempts) error) (domain.Attempts, error) {
	read := func() (domain.Attempts, error) { return s.Attempts(ctx, key) }
	return ports.Update(ctx, "count of failed sign-ins", read, edit, func(before, after *domain.Attempts) (bool, error) {
		after.Key, after.Rev = key, before.Rev+1
		record := newAttemptsRecord(*after)
		*after = record.attempts()
		return s.replaceAttempts(ctx, before.Rev, record)
	})
}

// replaceAttempts stores attempts in place of those with a revision, 0 for none. It reports whether nobody was faster.
func (s *Store) replaceAttempts(ctx context.Context, was int64, record attemptsRecord) (bool, error) {
	if was == 0 {
		_, err := s.attempts.InsertOne(ctx, record)
		if driver.IsDuplicateKeyError(err) {
			return false, nil
		}
		return err == nil, failure(ctx, "inserting a count of failed sign-ins", err)
	}
	result, err := s.attempts.ReplaceOne(ctx, bson.D{{Key: "_id", Value: record.Key}, {Key: "rev", Value: was}}, record)
	if err != nil {
		return false, failure(ctx, "updating a count of failed sign-ins", err)
	}
	return result.MatchedCount == 1, nil
}

// ForgetAttempts removes what is remembered under keys.
func (s *Store) ForgetAttempts(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	_, err := s.attempts.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}})
	return failure(ctx, "forgetting failed sign-ins", err)
}
