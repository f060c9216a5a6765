package mongo

import (
	"context"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// How often an update is tried that meets others, and how long it waits at most between the first two tries.
const (
	updateTries = 20
	updatePause = 2 * time.Millisecond
)

// untilAlone calls attempt until it is done, which it is when nobody else was faster. CodeBusy when that never happens.
func untilAlone(ctx context.Context, what string, attempt func() (done bool, err error)) error {
	for try := range updateTries {
		if done, err := attempt(); done || err != nil {
			return err
		}
		pause := rand.N(updatePause * time.Duration(try+1)) //nolint:gosec // chance keeps writers apart, nothing is secret
		select {
		case <-ctx.Done():
			return failure(ctx, "updating a "+what, ctx.Err())
		case <-time.After(pause):
		}
	}
	return domain.NewError(domain.CodeBusy, "Others are changing this "+what+" too; try again.")
}

// setWhere sets fields of the document of a filter. It reports whether there was one.
func setWhere(ctx context.Context, in *driver.Collection, filter bson.D, set any) (bool, error) {
	result, err := in.UpdateOne(ctx, filter, bson.D{{Key: "$set", Value: set}})
	if err != nil {
		return false, err
	}
	return result.MatchedCount == 1, nil
}
