package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
)

// setWhere sets fields of the document of a filter. It reports whether there was one.
func setWhere(ctx context.Context, in *driver.Collection, filter bson.D, set any) (bool, error) {
	result, err := in.UpdateOne(ctx, filter, bson.D{{Key: "$set", Value: set}})
	if err != nil {
		return false, err
	}
	return result.MatchedCount == 1, nil
}
