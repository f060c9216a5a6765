package mongo

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.GenerationUsage = (*Store)(nil)

// usageRecord is what a person has used on a day. Its _id holds the day as text.
type usageRecord struct {
	Key   string        `bson:"_id"`
	Owner domain.UserID `bson:"user_id"`
	Day   domain.Day    `bson:"day"`
	Used  int64         `bson:"used"`
}

// dayID returns a day as text that sorts by number, from 1970 on.
func dayID(day domain.Day) string { return fmt.Sprintf("%010d", day) }

// CountUsage adds to what a person has used on a day. Both writes decide by themselves: the update where there is room, the
// insert where nothing was used.
func (s *Store) CountUsage(ctx context.Context, owner domain.UserID, day domain.Day, amount, limit int) (bool, error) {
	if amount > limit {
		return false, nil
	}
	room := append(ownKey(owner, dayID(day)), bson.E{Key: "used", Value: bson.D{{Key: "$lte", Value: int64(limit - amount)}}})
	for range 2 { // the first insert may be refused because another one has just begun to count
		result, err := s.usage.UpdateOne(ctx, room, bson.D{{Key: "$inc", Value: bson.D{{Key: "used", Value: int64(amount)}}}})
		if err != nil {
			return false, failure(ctx, "counting the use of a language model", err)
		}
		if result.MatchedCount == 1 {
			return true, nil
		}
		_, err = s.usage.InsertOne(ctx, usageRecord{key(owner, dayID(day)), owner, day, int64(amount)})
		if !driver.IsDuplicateKeyError(err) {
			return err == nil, failure(ctx, "beginning to count the use of a language model", err)
		}
	}
	return false, nil
}
