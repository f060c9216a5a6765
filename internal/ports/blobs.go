package ports

import (
	"context"
	"errors"
	"io"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Blobs stores files, in parts: a file is never in memory as a whole. A blob is named by its owner and a text. Use StoreBlob and
// ReadBlob.
type Blobs interface {
	// PutBlobPart stores a part of a blob, in place of the one with its number.
	PutBlobPart(ctx context.Context, owner domain.UserID, part domain.BlobPart) error
	// BlobPart returns the bytes of a part, or CodeNotFound.
	BlobPart(ctx context.Context, owner domain.UserID, blob string, n int) ([]byte, error)
	// DeleteBlob removes all parts of a blob; that there are none is no error.
	DeleteBlob(ctx context.Context, owner domain.UserID, blob string) error
}

// StoreBlob stores what from holds as a blob, and returns its size in bytes. CodeTooLarge when there is more than limit; errors of from
// are returned as they are. In both cases, and when the process dies, the parts that were stored stay until DeleteBlob.
func StoreBlob(ctx context.Context, to Blobs, owner domain.UserID, blob string, from io.Reader, limit int64) (int64, error) {
	var size int64
	buffer := make([]byte, domain.MaxBlobPart)
	for n := 0; ; n++ {
		read, err := fill(buffer, from)
		if err != nil && !errors.Is(err, io.EOF) {
			return size, err
		}
		if size += int64(read); size > limit {
			return size, domain.NewError(domain.CodeTooLarge, "The file is too large.")
		}
		if read > 0 {
			if err := to.PutBlobPart(ctx, owner, domain.BlobPart{Blob: blob, N: n, Data: buffer[:read]}); err != nil {
				return size, err
			}
		}
		if err != nil {
			return size, nil
		}
	}
}

// fill reads until a buffer is full, or an error, which it returns as it is. io.ReadFull would not tell the end of a file from
// io.ErrUnexpectedEOF, which the body of a request returns that was broken off.
func fill(buffer []byte, from io.Reader) (read int, err error) {
	for read < len(buffer) && err == nil {
		var n int
		n, err = from.Read(buffer[read:])
		read += n
	}
	return read, err
}

// ReadBlob returns a reader of the first size bytes of a blob. It fails with CodeNotFound where a part is missing, and whenever
// BlobPart does. What it reads ahead is one part.
func ReadBlob(ctx context.Context, from Blobs, owner domain.UserID, blob string, size int64) io.Reader {
	return &blobReader{ctx: ctx, from: from, owner: owner, blob: blob, left: size}
}

type blobReader struct {
	ctx   context.Context //nolint:containedctx // io.Reader takes none
	from  Blobs
	owner domain.UserID
	blob  string
	n     int
	part  []byte
	left  int64
}

// Read returns the next bytes.
func (r *blobReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	if len(r.part) == 0 {
		part, err := r.from.BlobPart(r.ctx, r.owner, r.blob, r.n)
		if err != nil {
			return 0, err
		}
		r.part, r.n = part, r.n+1
	}
	read := copy(p[:min(int64(len(p)), r.left)], r.part)
	r.part, r.left = r.part[read:], r.left-int64(read)
	return read, nil
}
