package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Blobs = (*Store)(nil)

// blobRecord is a part of a blob. Its _id holds the blob and the number, so the parts of a blob follow each other.
type blobRecord struct {
	Key   string        `bson:"_id"`
	Owner domain.UserID `bson:"user_id"`
	Blob  string        `bson:"blob"`
	N     int           `bson:"n"`
	Data  []byte        `bson:"data"`
}

func newBlobRecord(owner domain.UserID, p domain.BlobPart) blobRecord {
	return blobRecord{key(owner, ports.BlobPartKey(&p)), owner, p.Blob, p.N, p.Data}
}

func (r blobRecord) part() domain.BlobPart {
	return domain.BlobPart{Blob: r.Blob, N: r.N, Data: r.Data}
}

// PutBlobPart stores a part of a blob, in place of the one with its number.
func (s *Store) PutBlobPart(ctx context.Context, owner domain.UserID, part domain.BlobPart) error {
	record := newBlobRecord(owner, part)
	for range putTries {
		_, err := s.blobs.InsertOne(ctx, record)
		if err == nil {
			return nil
		}
		if !driver.IsDuplicateKeyError(err) {
			return failure(ctx, "storing a part of a file", err)
		}
		result, err := s.blobs.ReplaceOne(ctx, ownKey(owner, ports.BlobPartKey(&part)), record)
		if err != nil {
			return failure(ctx, "replacing a part of a file", err)
		}
		if result.MatchedCount == 1 {
			return nil
		}
	}
	return domain.NewError(domain.CodeBusy, "Others store and delete this file at the same time. Try again.")
}

// BlobPart returns the bytes of a part.
func (s *Store) BlobPart(ctx context.Context, owner domain.UserID, blob string, n int) ([]byte, error) {
	r, err := findOne[blobRecord](ctx, s.blobs, "part of a file", ownKey(owner, ports.BlobPartKey(&domain.BlobPart{Blob: blob, N: n})))
	return r.Data, err
}

// blobKeysEnd is the character behind the slash that follows the name of a blob in the keys of its parts.
const blobKeysEnd = "0"

// DeleteBlob removes all parts of a blob.
func (s *Store) DeleteBlob(ctx context.Context, owner domain.UserID, blob string) error {
	_, err := s.blobs.DeleteMany(ctx, bson.D{
		{Key: "_id", Value: bson.D{{Key: "$gte", Value: key(owner, blob+"/")}, {Key: "$lt", Value: key(owner, blob+blobKeysEnd)}}},
		{Key: "user_id", Value: owner},
	})
	return failure(ctx, "deleting a file", err)
}
