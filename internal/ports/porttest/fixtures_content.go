package porttest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func contentID(n int) domain.ContentID { return domain.ContentID(uuid(0xc0e, n)) }

// newContent returns the nth content of a person, in which every field is set.
func newContent(owner domain.UserID, n int) domain.Content {
	return domain.Content{
		ID: contentID(n), Owner: owner, Source: fmt.Sprintf("https://example.org/%d?a=b#c", n), SourceType: domain.SourcePDF,
		Status: domain.ContentProcessed, Failure: fmt.Sprintf("Failure %d.", n), Title: fmt.Sprintf("Title %d", n),
		Summary: fmt.Sprintf("Summary %d.", n), Image: fmt.Sprintf("https://example.org/%d.png", n), FileSize: int64(n) + 1<<33, Pages: n + 7,
		Read: n%2 == 1, Annotations: newAnnotations(n, 2), CreatedAt: at(n), UpdatedAt: at(n + 10), Rev: 1,
	}
}

// startedContent returns the nth content of a person as it is when the work on it begins.
func startedContent(owner domain.UserID, n int) domain.Content {
	return domain.Content{
		ID: contentID(n), Owner: owner, Source: fmt.Sprintf("https://example.org/%d", n), SourceType: domain.SourceURL,
		Status: domain.ContentProcessing, Annotations: []domain.Annotation{}, CreatedAt: at(n), UpdatedAt: at(n), Rev: 1,
	}
}

// newAnnotations returns marks of which no two are alike.
func newAnnotations(n, count int) []domain.Annotation {
	annotations := make([]domain.Annotation, count)
	for i := range annotations {
		annotations[i] = domain.Annotation{
			StartPath: []int{n, 0, i}, EndPath: []int{n + 1}, StartOffset: 10*n + i, EndOffset: 20*n + i,
			Color: fmt.Sprintf("#%06x", n), Comment: fmt.Sprintf("Comment %d of %d", i, n), Text: fmt.Sprintf("Text %d of %d", i, n),
		}
	}
	return annotations
}

func newTexts(n int) domain.ContentTexts {
	return domain.ContentTexts{View: fmt.Sprintf("<p>View %d</p>", n), Raw: fmt.Sprintf("Raw %d", n)}
}

// mediumText is a text of some 100 KiB.
func mediumText() string { return longText() + strings.Repeat("Ein längerer Text. ", 2000) }

func addContent(t *testing.T, s ports.Storage, content domain.Content) domain.Content {
	t.Helper()
	require.NoError(t, s.Contents.InsertContent(t.Context(), content))
	return content
}

// completeContent brings the work on a content to its end, with a title and texts.
func completeContent(t *testing.T, s ports.Storage, content domain.Content, title string, texts domain.ContentTexts) domain.Content {
	t.Helper()
	got, err := s.Contents.CompleteContent(t.Context(), content.Owner, content.ID, texts, func(c *domain.Content) error {
		c.Status, c.Title, c.UpdatedAt = domain.ContentProcessed, title, at(500)
		return nil
	})
	require.NoError(t, err)
	content.Status, content.Title, content.UpdatedAt, content.Rev = domain.ContentProcessed, title, at(500), content.Rev+1
	require.Equal(t, content, got)
	return got
}

// requireContent checks that a content is stored as given.
func requireContent(t *testing.T, s ports.Storage, want domain.Content) {
	t.Helper()
	got, err := s.Contents.Content(t.Context(), want.Owner, want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func requireNoContent(t *testing.T, s ports.Storage, owner domain.UserID, id domain.ContentID) {
	t.Helper()
	_, err := s.Contents.Content(t.Context(), owner, id)
	requireNotFound(t, err)
}

// requireTexts checks the texts of a content.
func requireTexts(t *testing.T, s ports.Storage, owner domain.UserID, id domain.ContentID, want domain.ContentTexts) {
	t.Helper()
	got, err := s.ContentLists.ContentTexts(t.Context(), owner, id)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// requireContents checks all contents of a person.
func requireContents(t *testing.T, s ports.Storage, owner domain.UserID, want ...domain.Content) {
	t.Helper()
	got, err := s.ContentLists.Contents(t.Context(), owner, ports.Page{Limit: 1000})
	require.NoError(t, err)
	require.Equal(t, append([]domain.Content{}, want...), got)
}

func contentPlace(c domain.Content) ports.Cursor {
	return ports.Cursor{At: c.CreatedAt, ID: string(c.ID)}
}

// newPart returns a part of a blob, of a few bytes of which some are no text.
func newPart(blob string, n int) domain.BlobPart {
	return domain.BlobPart{Blob: blob, N: n, Data: []byte(fmt.Sprintf("\x00\xff%s\x80%d\n", blob, n))}
}

func putPart(t *testing.T, s ports.Storage, owner domain.UserID, part domain.BlobPart) domain.BlobPart {
	t.Helper()
	require.NoError(t, s.Blobs.PutBlobPart(t.Context(), owner, part))
	return part
}

// requirePart checks that a part is stored as given.
func requirePart(t *testing.T, s ports.Storage, owner domain.UserID, want domain.BlobPart) {
	t.Helper()
	got, err := s.Blobs.BlobPart(t.Context(), owner, want.Blob, want.N)
	require.NoError(t, err)
	require.Equal(t, want.Data, got)
}

func requireNoPart(t *testing.T, s ports.Storage, owner domain.UserID, blob string, n int) {
	t.Helper()
	_, err := s.Blobs.BlobPart(t.Context(), owner, blob, n)
	requireNotFound(t, err)
}

// otherJob is a kind of jobs beside that of contents.
const otherJob = domain.JobKind("other")

// newJob returns the nth job of a person, due n seconds after start.
func newJob(owner domain.UserID, n int) domain.Job {
	return domain.Job{
		Kind: domain.JobContent, Owner: owner, Subject: string(contentID(n)), DueAt: at(n), CreatedAt: at(n - 1), Rev: 1,
	}
}

func addJob(t *testing.T, s ports.Storage, job domain.Job) domain.Job {
	t.Helper()
	require.NoError(t, s.Jobs.AddJob(t.Context(), job))
	return job
}

// takeJob takes a content's job that is due some seconds after start, for ten minutes.
func takeJob(t *testing.T, s ports.Storage, seconds int) (domain.Job, bool) {
	t.Helper()
	job, found, err := s.Jobs.TakeJob(t.Context(), domain.JobContent, at(seconds), at(seconds).Add(10*time.Minute))
	require.NoError(t, err)
	return job, found
}

// requireTaken takes a job and checks that it is this one, as it was stored before. It returns it as it is now.
func requireTaken(t *testing.T, s ports.Storage, want domain.Job, seconds int) domain.Job {
	t.Helper()
	got, found := takeJob(t, s, seconds)
	require.True(t, found, "there is a job")
	want.DueAt, want.Takes, want.Rev = at(seconds).Add(10*time.Minute), want.Takes+1, want.Rev+1
	require.Equal(t, want, got)
	return got
}

// requireNoJob checks that there is no content's job to take some seconds after start.
func requireNoJob(t *testing.T, s ports.Storage, seconds int) {
	t.Helper()
	_, found := takeJob(t, s, seconds)
	require.False(t, found, "there is no job")
}
