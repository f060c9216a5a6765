package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Blobs stores files, in parts.
type Blobs struct{ store *Store }

var _ ports.Blobs = (*Blobs)(nil)

const (
	putBlobPart query = `INSERT INTO blob_parts (user_id, blob, n, data) VALUES (?, ?, ?, ?)
		ON CONFLICT (user_id, blob, n) DO UPDATE SET data = excluded.data`
	blobPart   query = "SELECT data FROM blob_parts WHERE user_id = ? AND blob = ? AND n = ?"
	deleteBlob query = "DELETE FROM blob_parts WHERE user_id = ? AND blob = ?"
)

// PutBlobPart stores a part of a blob.
func (b *Blobs) PutBlobPart(ctx context.Context, owner domain.UserID, part domain.BlobPart) error {
	_, err := b.store.exec(ctx, "put a part of a blob", putBlobPart, owner, part.Blob, part.N, part.Data)
	return err
}

// BlobPart returns the bytes of a part.
func (b *Blobs) BlobPart(ctx context.Context, owner domain.UserID, blob string, n int) ([]byte, error) {
	var data []byte
	found, err := b.store.row(ctx, "read a part of a blob", blobPart, []any{string(owner), blob, n}, &data)
	if err == nil && !found {
		err = domain.NotFound("part of a file")
	}
	return data, err
}

// DeleteBlob removes all parts of a blob.
func (b *Blobs) DeleteBlob(ctx context.Context, owner domain.UserID, blob string) error {
	_, err := b.store.exec(ctx, "delete a blob", deleteBlob, owner, blob)
	return err
}
