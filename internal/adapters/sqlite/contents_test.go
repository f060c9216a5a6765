package sqlite

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestErasureOfContentsIsBounded(t *testing.T) {
	s := freshStore(t).Ports()
	contents, parts, jobs := []ports.ArchivedContent{}, []domain.BlobPart{}, []domain.Job{}
	for n := range 2*eraseLargeLimit + 1 {
		id := fmt.Sprintf("c%02d", n)
		contents = append(contents, ports.ArchivedContent{Content: domain.Content{ID: domain.ContentID(id), CreatedAt: start, Rev: 1}})
		parts = append(parts, domain.BlobPart{Blob: "file", N: n, Data: []byte(id)})
		jobs = append(jobs, domain.Job{Kind: domain.JobContent, Subject: id, DueAt: start, CreatedAt: start, Rev: 1})
	}
	require.NoError(t, s.Archive.Contents.Put(t.Context(), owner, contents))
	require.NoError(t, s.Archive.Blobs.Put(t.Context(), owner, parts))
	require.NoError(t, s.Archive.Jobs.Put(t.Context(), owner, jobs))
	count := func() (contents, parts, jobs int) {
		t.Helper()
		contents, err := s.ContentLists.CountContents(t.Context(), owner, 999)
		require.NoError(t, err)
		stored, err := s.Archive.Blobs.Page(t.Context(), owner, "", 999)
		require.NoError(t, err)
		waiting, err := s.Archive.Jobs.Page(t.Context(), owner, "", 999)
		require.NoError(t, err)
		return contents, len(stored), len(waiting)
	}
	erase := func() bool {
		t.Helper()
		done, err := s.Erasure.EraseGeneration(t.Context(), owner)
		require.NoError(t, err)
		return done
	}
	t.Run("jobs go first, and of what is large a call removes little", func(t *testing.T) {
		require.False(t, erase())
		contents, parts, jobs := count()
		require.Equal(t, eraseLargeLimit+1, contents)
		require.Equal(t, 2*eraseLargeLimit+1, parts)
		require.Zero(t, jobs)
	})
	t.Run("it is done when nothing is left", func(t *testing.T) {
		for calls := 1; !erase(); calls++ {
			require.Less(t, calls, 9)
		}
		contents, parts, jobs := count()
		require.Zero(t, contents)
		require.Zero(t, parts)
		require.Zero(t, jobs)
	})
}

func TestArchivesOfNamesThatBeginAlike(t *testing.T) {
	s := freshStore(t).Ports()
	t.Run("parts of files are in the order of their keys", func(t *testing.T) {
		want := []domain.BlobPart{}
		for _, name := range []string{"a-b", "a.b", "a", "a0", "ab"} {
			for n := range 2 {
				want = append(want, domain.BlobPart{Blob: name, N: n, Data: []byte{byte(n)}})
			}
		}
		require.NoError(t, s.Archive.Blobs.Put(t.Context(), owner, want))
		requireShelfInPages(t, s.Archive.Blobs, ports.BlobPartKey, want)
		require.NoError(t, s.Archive.Blobs.Remove(t.Context(), owner, []string{"a/000001", "a-b/000000", "nothing/000000"}))
		requireShelfInPages(t, s.Archive.Blobs, ports.BlobPartKey, slices.Concat(want[1:5], want[6:]))
	})
	t.Run("jobs are in the order of their keys", func(t *testing.T) {
		want := []domain.Job{}
		for _, kind := range []domain.JobKind{"a-b", "a", "ab"} {
			want = append(want, domain.Job{Kind: kind, Owner: owner, Subject: "s", DueAt: start, CreatedAt: start, Rev: 1})
		}
		require.NoError(t, s.Archive.Jobs.Put(t.Context(), owner, want))
		requireShelfInPages(t, s.Archive.Jobs, ports.JobKey, want)
		require.NoError(t, s.Archive.Jobs.Remove(t.Context(), owner, []string{"a/s", "ab/nothing"}))
		requireShelfInPages(t, s.Archive.Jobs, ports.JobKey, []domain.Job{want[0], want[2]})
	})
}

// requireShelfInPages says what is on a shelf of the owner, in order, whether it is read at once or piece by piece.
func requireShelfInPages[T any](t *testing.T, shelf ports.Shelf[T], key func(*T) string, want []T) {
	t.Helper()
	for _, limit := range []int{1, 3, 999} {
		got, after := []T{}, ""
		for {
			page, err := shelf.Page(t.Context(), owner, after, limit)
			require.NoError(t, err)
			got = append(got, page...)
			if len(page) < limit {
				break
			}
			after = key(&page[len(page)-1])
		}
		require.Equal(t, want, got, "by %d", limit)
	}
}
