package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.OneTimeTokens = (*Store)(nil)

type tokenRecord struct {
	Hash      string              `bson:"_id"`
	Owner     domain.UserID       `bson:"user_id"`
	Purpose   domain.TokenPurpose `bson:"purpose"`
	CreatedAt *bson.DateTime      `bson:"created_at"`
	ExpiresAt *bson.DateTime      `bson:"expires_at"`
}

func newTokenRecord(t domain.OneTimeToken) tokenRecord {
	return tokenRecord{
		Hash: t.Hash, Owner: t.Owner, Purpose: t.Purpose, CreatedAt: date(t.CreatedAt), ExpiresAt: date(t.ExpiresAt),
	}
}

func (r tokenRecord) token() domain.OneTimeToken {
	return domain.OneTimeToken{
		Hash: r.Hash, Owner: r.Owner, Purpose: r.Purpose, CreatedAt: instant(r.CreatedAt), ExpiresAt: instant(r.ExpiresAt),
	}
}

// InsertToken adds a token.
func (s *Store) InsertToken(ctx context.Context, token domain.OneTimeToken) error {
	_, err := s.tokens.InsertOne(ctx, newTokenRecord(token))
	return inserted(ctx, "token", err)
}

// ConsumeToken removes a token and returns it.
func (s *Store) ConsumeToken(
	ctx context.Context, owner domain.UserID, hash string, purpose domain.TokenPurpose, now time.Time,
) (domain.OneTimeToken, error) {
	var r tokenRecord
	err := s.tokens.FindOneAndDelete(ctx, bson.D{
		{Key: "_id", Value: hash}, {Key: "user_id", Value: owner}, {Key: "purpose", Value: purpose},
		{Key: "expires_at", Value: bson.D{{Key: "$gte", Value: bson.NewDateTimeFromTime(now)}}},
	}).Decode(&r)
	if errors.Is(err, driver.ErrNoDocuments) {
		return domain.OneTimeToken{}, domain.NotFound("token")
	}
	if err != nil {
		return domain.OneTimeToken{}, failure(ctx, "consuming a token", err)
	}
	return r.token(), nil
}
