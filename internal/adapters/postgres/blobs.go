package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Blobs stores files in parts.
type Blobs struct{ store *Store }

var _ ports.Blobs = (*Blobs)(nil)

const (
	putBlobPart query = `INSERT INTO blob_parts (user_id, key, data) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, key) DO UPDATE SET data = excluded.data`
	blobPart query = "SELECT data FROM blob_parts WHERE user_id = $1 AND key = $2"
	// The keys of a blob go from behind its name and a slash to before its name and a zero, which follows the slash.
	deleteBlob query = "DELETE FROM blob_parts WHERE user_id = $1 AND key > $2::text || '/' AND key < $2::text || '0'"
)

// blobValues returns the parameters of putBlobPart.
func blobValues(owner domain.UserID, p *domain.BlobPart) []any {
	return []any{string(owner), ports.BlobPartKey(p), p.Data}
}

// PutBlobPart stores a part of a blob.
func (b *Blobs) PutBlobPart(ctx context.Context, owner domain.UserID, part domain.BlobPart) error {
	_, err := b.store.exec(ctx, "put a part of a file", putBlobPart, blobValues(owner, &part)...)
	return err
}

// BlobPart returns the bytes of a part.
func (b *Blobs) BlobPart(ctx context.Context, owner domain.UserID, blob string, n int) ([]byte, error) {
	var data []byte
	key := ports.BlobPartKey(&domain.BlobPart{Blob: blob, N: n})
	found, err := b.store.row(ctx, "read a part of a file", blobPart, []any{string(owner), key}, &data)
	if err == nil && !found {
		err = domain.NotFound("part of a file")
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

// DeleteBlob removes all parts of a blob.
func (b *Blobs) DeleteBlob(ctx context.Context, owner domain.UserID, blob string) error {
	_, err := b.store.exec(ctx, "delete a file", deleteBlob, string(owner), blob)
	return err
}

// blobKey scans a column with the key of a part.
type blobKey struct{ part *domain.BlobPart }

// Scan takes a key apart.
func (k blobKey) Scan(value any) error {
	key, _ := value.(string)
	at := strings.LastIndexByte(key, '/')
	n, err := strconv.Atoi(key[at+1:])
	if at < 0 || err != nil {
		return fmt.Errorf("%q is no key of a part of a file", key)
	}
	k.part.Blob, k.part.N = key[:at], n
	return nil
}
