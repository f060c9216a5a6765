package porttest

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func testBlobs(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a part comes back byte for byte", blobRoundTrip},
		{"the largest part fits", blobLarge},
		{"a part takes the place of the one with its number, and of no other", blobReplaced},
		{"an unknown part is not found", blobUnknown},
		{"another person's blob is not found, and stays", blobForeign},
		{"a deleted blob is gone with all its parts, and no other", blobDeleted},
		{"deleting a blob that is not there is no error", blobDeleteNone},
		{"what callers do to their bytes changes no part", blobCopies},
		{"many may put parts of a blob at once", blobRace},
		{"a cancelled context puts, reads and deletes no part", blobCancelled},
	})
}

// requireBlob checks all parts of a blob, whose numbers are from 0.
func requireBlob(t *testing.T, get func(n int) ([]byte, error), parts ...domain.BlobPart) {
	t.Helper()
	for n, part := range parts {
		got, err := get(n)
		require.NoError(t, err)
		require.Equal(t, part.Data, got)
	}
	_, err := get(len(parts))
	requireNotFound(t, err)
}

func blobRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	parts := []domain.BlobPart{}
	for n, data := range [][]byte{every, {0}, []byte("text"), {0xff, 0xfe}, bytes.Repeat([]byte{0}, 1000)} {
		parts = append(parts, putPart(t, s, ada, domain.BlobPart{Blob: "a", N: n, Data: data}))
	}
	requireBlob(t, func(n int) ([]byte, error) { return s.Blobs.BlobPart(t.Context(), ada, "a", n) }, parts...)
	late := putPart(t, s, ada, newPart("a", 999_999))
	requirePart(t, s, ada, late)
}

func blobLarge(t *testing.T, engine Engine) {
	s := engine.Open(t)
	data := make([]byte, domain.MaxBlobPart)
	for i := range data {
		data[i] = byte(i * 7 / 3)
	}
	putPart(t, s, ada, domain.BlobPart{Blob: "a", N: 3, Data: data})
	got, err := s.Blobs.BlobPart(t.Context(), ada, "a", 3)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, got), "the bytes come back")
}

func blobReplaced(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, last := putPart(t, s, ada, newPart("a", 0)), putPart(t, s, ada, newPart("a", 2))
	theirs, other := putPart(t, s, bob, newPart("a", 1)), putPart(t, s, ada, newPart("b", 1))
	for _, data := range []string{"longer than what comes next", "short", "middle"} {
		part := putPart(t, s, ada, domain.BlobPart{Blob: "a", N: 1, Data: []byte(data)})
		requireBlob(t, func(n int) ([]byte, error) { return s.Blobs.BlobPart(t.Context(), ada, "a", n) }, first, part, last)
	}
	requirePart(t, s, bob, theirs)
	requirePart(t, s, ada, other)
}

func blobUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	part := putPart(t, s, ada, newPart("ab", 1))
	for _, blob := range []string{"a", "abc", "AB", "%", "a_", ""} {
		requireNoPart(t, s, ada, blob, 1)
	}
	for _, n := range []int{0, 2, 10, 11} {
		requireNoPart(t, s, ada, "ab", n)
	}
	requirePart(t, s, ada, part)
}

func blobForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine := putPart(t, s, ada, newPart("a", 0))
	requireNoPart(t, s, bob, "a", 0)
	require.NoError(t, s.Blobs.DeleteBlob(t.Context(), bob, "a"))
	requirePart(t, s, ada, mine)
	theirs := putPart(t, s, bob, domain.BlobPart{Blob: "a", N: 0, Data: []byte("another")})
	requirePart(t, s, ada, mine)
	requirePart(t, s, bob, theirs)
	require.NoError(t, s.Blobs.DeleteBlob(t.Context(), ada, "a"))
	requireNoPart(t, s, ada, "a", 0)
	requirePart(t, s, bob, theirs)
}

func blobDeleted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	const parts = 30
	for n := range parts {
		putPart(t, s, ada, newPart("a", n))
	}
	others := []domain.BlobPart{}
	for _, blob := range []string{"ab", "a!", "a0", "A", "b", "", "%", "a\u0301", "\u00e1"} {
		others = append(others, putPart(t, s, ada, newPart(blob, 0)), putPart(t, s, ada, newPart(blob, 5)))
	}
	require.NoError(t, s.Blobs.DeleteBlob(t.Context(), ada, "a"))
	for n := range parts {
		requireNoPart(t, s, ada, "a", n)
	}
	for _, part := range others {
		requirePart(t, s, ada, part)
	}
	require.NoError(t, s.Blobs.DeleteBlob(t.Context(), ada, "%"))
	requireNoPart(t, s, ada, "%", 5)
	requirePart(t, s, ada, others[0])

	again := putPart(t, s, ada, newPart("a", 1))
	requirePart(t, s, ada, again)
	requireNoPart(t, s, ada, "a", 0)
}

func blobDeleteNone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for range 2 {
		require.NoError(t, s.Blobs.DeleteBlob(t.Context(), ada, "a"))
	}
	part := putPart(t, s, ada, newPart("ab", 0))
	require.NoError(t, s.Blobs.DeleteBlob(t.Context(), ada, "a"))
	requirePart(t, s, ada, part)
}

func blobCopies(t *testing.T, engine Engine) {
	s := engine.Open(t)
	given := putPart(t, s, ada, newPart("a", 0))
	given.Data[3] = 'X' // StoreBlob uses one buffer for all parts
	got, err := s.Blobs.BlobPart(t.Context(), ada, "a", 0)
	require.NoError(t, err)
	require.Equal(t, newPart("a", 0).Data, got)
	got[3] = 'X'
	requirePart(t, s, ada, newPart("a", 0))
}

func blobRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	part := func(i int) domain.BlobPart {
		return domain.BlobPart{Blob: "a", N: i % 4, Data: []byte(fmt.Sprintf("part %d of %d", i%4, i))}
	}
	for _, err := range race(racers, func(i int) error { return s.Blobs.PutBlobPart(t.Context(), ada, part(i)) }) {
		require.NoError(t, err)
	}
	for n := range 4 {
		got, err := s.Blobs.BlobPart(t.Context(), ada, "a", n)
		require.NoError(t, err)
		want := [][]byte{}
		for i := n; i < racers; i += 4 {
			want = append(want, part(i).Data)
		}
		require.Contains(t, want, got)
	}
}

func blobCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := putPart(t, s, ada, newPart("a", 0))
	ctx := cancelled(t)
	_, read := s.Blobs.BlobPart(ctx, ada, "a", 0)
	requireCancelled(t, map[string]error{
		"PutBlobPart": s.Blobs.PutBlobPart(ctx, ada, newPart("a", 1)), "BlobPart": read, "DeleteBlob": s.Blobs.DeleteBlob(ctx, ada, "a"),
	})
	requirePart(t, s, ada, want)
	requireNoPart(t, s, ada, "a", 1)
}
