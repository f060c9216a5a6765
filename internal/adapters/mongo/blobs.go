package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Blobs = (*Store)(nil)

// blobRecord is a part of a file. Its _id ends with ports.BlobPartKey, so the parts lie in order.
type blobRecord struct {
	Key   string        `bson:"_id"`
	Owner domain.UserID `bson:"user_id"`
	Blob  string        `bson:"blob"`
	N     int           `bson:"n"`
	Data  []byte        `bson:"data"`
}

func newBlobRecord(owner domain.UserID, part domain.BlobPart) blobRecord {
	return blobRecord{key(owner, ports.BlobPartKey(&part)), owner, part.Blob, part.N, part.Data}
}

func (r blobRecord) part() domain.BlobPart {
	return domain.BlobPart{Blob: r.Blob, N: r.N, Data: r.Data}
}

// PutBlobPart stores a part of a blob.
func (s *Store) PutBlobPart(ctx context.Context, owner domain.UserID, part domain.BlobPart) error {
	record := newBlobRecord(owner, part)
	_, err := s.blobs.ReplaceOne(ctx, bson.D{{Key: "_id", Value: record.Key}, {Key: "user_id", Value: owner}}, record,
		options.Replace().SetUpsert(true))
	return failure(ctx, "storing a part of a file", err)
}

// BlobPart returns the bytes of a part.
func (s *Store) BlobPart(ctx context.Context, owner domain.UserID, blob string, n int) ([]byte, error) {
	part := domain.BlobPart{Blob: blob, N: n}
	r, err := findOne[blobRecord](ctx, s.blobs, "part of a file", ownKey(owner, ports.BlobPartKey(&part)))
	return r.Data, err
}

// DeleteBlob removes all parts of a blob.
func (s *Store) DeleteBlob(ctx context.Context, owner domain.UserID, blob string) error {
	_, err := s.blobs.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{
		{Key: "$gt", Value: key(owner, blob+"/")}, {Key: "$lt", Value: key(owner, blob+behindSlash)},
	}}, {Key: "user_id", Value: owner}})
	return failure(ctx, "removing a file", err)
}
