package ports_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// parts is a storage of the blobs "a" of Ada.
type parts struct {
	data map[int][]byte
	read int
	err  error
}

func newParts() *parts { return &parts{data: map[int][]byte{}} }

func (p *parts) PutBlobPart(_ context.Context, owner domain.UserID, part domain.BlobPart) error {
	if owner != "ada" || part.Blob != "a" || len(part.Data) == 0 || len(part.Data) > domain.MaxBlobPart {
		return errors.New("that is no part of the blob")
	}
	p.data[part.N] = slices.Clone(part.Data)
	return p.err
}

func (p *parts) BlobPart(_ context.Context, owner domain.UserID, blob string, n int) ([]byte, error) {
	p.read++
	if data, ok := p.data[n]; ok && owner == "ada" && blob == "a" {
		return data, p.err
	}
	return nil, domain.NotFound("part")
}

func (p *parts) DeleteBlob(context.Context, domain.UserID, string) error { return nil }

func bytesOf(size int) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i * 31 / 7)
	}
	return data
}

func TestABlobIsStoredInPartsAndReadAgain(t *testing.T) {
	const part = domain.MaxBlobPart
	for size, count := range map[int]int{0: 0, 1: 1, part - 1: 1, part: 1, part + 1: 2, 2 * part: 2, 3*part + 5: 4} {
		data, store := bytesOf(size), newParts()
		// What is read comes in pieces, as it does from a network.
		got, err := ports.StoreBlob(t.Context(), store, "ada", "a", iotest.HalfReader(bytes.NewReader(data)), int64(size))
		require.NoError(t, err)
		require.EqualValues(t, size, got)
		require.Len(t, store.data, count, "parts of %d bytes", size)
		for n := range max(count-1, 0) {
			require.Len(t, store.data[n], part, "all parts but the last one are full")
		}
		read, err := io.ReadAll(ports.ReadBlob(t.Context(), store, "ada", "a", int64(size)))
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, read), "%d bytes come back", size)
		require.Equal(t, count, store.read, "each part is read once")
	}
}

func TestStoreBlobReturnsWhatGoesWrong(t *testing.T) {
	broken := errors.New("the network is gone")
	t.Run("there is more than the limit", func(t *testing.T) {
		for _, size := range []int{11, domain.MaxBlobPart + 11} {
			_, err := ports.StoreBlob(t.Context(), newParts(), "ada", "a", bytes.NewReader(bytesOf(size)), int64(size-1))
			require.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
		}
	})
	t.Run("no more is read than it takes to know", func(t *testing.T) {
		store := newParts()
		endless := io.MultiReader(bytes.NewReader(bytesOf(domain.MaxBlobPart)), endlessReader{})
		_, err := ports.StoreBlob(t.Context(), store, "ada", "a", endless, domain.MaxBlobPart+1)
		require.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
		require.Len(t, store.data, 1)
	})
	for name, failure := range map[string]error{
		"the source breaks": broken, "a request was broken off": io.ErrUnexpectedEOF, "the source is too large": domain.NewError(domain.CodeTooLarge, "No."),
	} {
		t.Run(name, func(t *testing.T) {
			for _, before := range []int{0, 10, domain.MaxBlobPart, domain.MaxBlobPart + 10} {
				from := io.MultiReader(bytes.NewReader(bytesOf(before)), iotest.ErrReader(failure))
				_, err := ports.StoreBlob(t.Context(), newParts(), "ada", "a", from, 1<<30)
				require.Same(t, failure, err, "behind %d bytes", before)
			}
		})
	}
	t.Run("storage fails", func(t *testing.T) {
		store := newParts()
		store.err = broken
		_, err := ports.StoreBlob(t.Context(), store, "ada", "a", strings.NewReader("text"), 10)
		require.Same(t, broken, err)
	})
}

type endlessReader struct{}

func (endlessReader) Read(p []byte) (int, error) { return len(p), nil }

func TestReadBlob(t *testing.T) {
	store := newParts()
	data := bytesOf(2*domain.MaxBlobPart + 10)
	_, err := ports.StoreBlob(t.Context(), store, "ada", "a", bytes.NewReader(data), 1<<30)
	require.NoError(t, err)
	t.Run("ends after the size", func(t *testing.T) {
		for _, size := range []int{0, 1, domain.MaxBlobPart, domain.MaxBlobPart + 1} {
			got, err := io.ReadAll(ports.ReadBlob(t.Context(), store, "ada", "a", int64(size)))
			require.NoError(t, err)
			require.True(t, bytes.Equal(data[:size], got))
		}
	})
	t.Run("reads with any buffer", func(t *testing.T) {
		require.NoError(t, iotest.TestReader(ports.ReadBlob(t.Context(), store, "ada", "a", 100), data[:100]))
	})
	t.Run("reads one part ahead", func(t *testing.T) {
		store.read = 0
		_, err := io.ReadFull(ports.ReadBlob(t.Context(), store, "ada", "a", int64(len(data))), make([]byte, 10))
		require.NoError(t, err)
		require.Equal(t, 1, store.read)
	})
	t.Run("fails where a part is missing, and at the end of what there is", func(t *testing.T) {
		_, err := io.ReadAll(ports.ReadBlob(t.Context(), store, "ada", "a", int64(len(data)+1)))
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
		delete(store.data, 1)
		got, err := io.ReadAll(ports.ReadBlob(t.Context(), store, "ada", "a", int64(len(data))))
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
		require.Len(t, got, domain.MaxBlobPart)
	})
	t.Run("fails when storage does", func(t *testing.T) {
		store.err = errors.New("the storage is gone")
		_, err := io.ReadAll(ports.ReadBlob(t.Context(), store, "ada", "a", 10))
		require.Same(t, store.err, err)
	})
}
