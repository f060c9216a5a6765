package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// findOne returns the document of a filter, or CodeNotFound.
func findOne[R any](
	ctx context.Context, from *driver.Collection, what string, filter bson.D, how ...options.Lister[options.FindOneOptions],
) (R, error) {
	var record R
	err := from.FindOne(ctx, filter, how...).Decode(&record)
	if errors.Is(err, driver.ErrNoDocuments) {
		return record, domain.NotFound(what)
	}
	return record, failure(ctx, "reading a "+what, err)
}

// findList returns the documents of a filter.
func findList[R any](
	ctx context.Context, from *driver.Collection, what string, filter bson.D, how ...options.Lister[options.FindOptions],
) ([]R, error) {
	records := []R{}
	cursor, err := from.Find(ctx, filter, how...)
	if err == nil {
		err = cursor.All(ctx, &records)
	}
	return records, failure(ctx, "listing "+what, err)
}

// closeTime is how long the server may take to forget a query that was not read to its end.
const closeTime = 5 * time.Second

// forEach calls do with the documents of a filter, as they arrive, until it returns false. It reports whether it never did.
func forEach[R any](
	ctx context.Context, from *driver.Collection, filter bson.D, how options.Lister[options.FindOptions], do func(R) bool,
) (bool, error) {
	cursor, err := from.Find(ctx, filter, how)
	if err != nil {
		return false, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		_ = cursor.Close(ctx) // the server closes it too, some minutes later
	}()
	for cursor.Next(ctx) {
		var record R
		if err = cursor.Decode(&record); err != nil {
			return false, err
		}
		if !do(record) {
			return false, nil
		}
	}
	return true, cursor.Err()
}

// exists reports whether there is a document of a filter. It reads no more than the _id.
func exists(ctx context.Context, from *driver.Collection, what string, filter bson.D) (bool, error) {
	_, err := findOne[bson.Raw](ctx, from, what, filter, options.FindOne().SetProjection(fields("_id")))
	if domain.CodeOf(err) == domain.CodeNotFound {
		return false, nil
	}
	return err == nil, err
}

// fields returns the projection on some fields.
func fields(names ...string) bson.D {
	projection := bson.D{}
	for _, name := range names {
		projection = append(projection, bson.E{Key: name, Value: 1})
	}
	if len(names) > 0 && names[0] != "_id" {
		projection = append(projection, bson.E{Key: "_id", Value: 0})
	}
	return projection
}

// behind adds to a filter that documents are behind a cursor whose time and id are the named fields.
func behind(filter bson.D, field, id string, cursor ports.Cursor) bson.D {
	if cursor.IsZero() {
		return filter
	}
	at := bson.NewDateTimeFromTime(cursor.At)
	// The first condition is implied by the second; it gives the index where to begin.
	return append(filter,
		bson.E{Key: field, Value: bson.D{{Key: "$gte", Value: at}}},
		bson.E{Key: "$or", Value: bson.A{
			bson.D{{Key: field, Value: bson.D{{Key: "$gt", Value: at}}}},
			bson.D{{Key: id, Value: bson.D{{Key: "$gt", Value: cursor.ID}}}},
		}})
}

// inOrder sorts by a time, then id, and limits.
func inOrder(field, id string, limit int) *options.FindOptionsBuilder {
	return options.Find().SetSort(bson.D{{Key: field, Value: 1}, {Key: id, Value: 1}}).SetLimit(int64(limit))
}
