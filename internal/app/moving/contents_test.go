package moving_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// contentOf returns a content of a person whose PDF is to be processed.
func contentOf(owner domain.UserID, name string, at time.Time) domain.Content {
	return domain.Content{
		ID: domain.ContentID(domain.NameID("content", string(owner), name, at.String())), Owner: owner, Source: name + ".pdf",
		SourceType: domain.SourcePDF, Status: domain.ContentProcessing, Title: name, FileSize: domain.MaxBlobPart + 1,
		Annotations: []domain.Annotation{}, CreatedAt: at, UpdatedAt: at, Rev: 1,
	}
}

// begun adds a content with its file and its job.
func begun(t testing.TB, storage ports.Storage, content domain.Content) {
	t.Helper()
	require.NoError(t, storage.Jobs.AddJob(t.Context(), domain.Job{
		Kind: domain.JobContent, Owner: content.Owner, Subject: string(content.ID), DueAt: content.CreatedAt, CreatedAt: content.CreatedAt, Rev: 1,
	}))
	file := bytes.NewReader(append(bytes.Repeat([]byte{0, 0xff}, domain.MaxBlobPart/2), 7))
	size, err := ports.StoreBlob(t.Context(), storage.Blobs, content.Owner, string(content.ID), file, domain.MaxFileSize)
	require.NoError(t, err)
	require.Equal(t, content.FileSize, size)
	require.NoError(t, storage.Contents.InsertContent(t.Context(), content))
}

// processed completes a content with texts and a mark.
func processed(t testing.TB, storage ports.Storage, content domain.Content, text string, at time.Time) {
	t.Helper()
	texts := domain.ContentTexts{View: "<p>" + text + "</p>", Raw: text}
	_, err := storage.Contents.CompleteContent(t.Context(), content.Owner, content.ID, texts, func(c *domain.Content) error {
		c.Complete(domain.Document{Title: "A title\u00a0\U0001f600", Pages: 3}, "A summary.", at)
		c.Annotations = []domain.Annotation{{StartPath: []int{0}, EndPath: []int{}, EndOffset: 5, Color: "red", Comment: "Why?"}}
		return nil
	})
	require.NoError(t, err)
}

// kept gives a person contents: one that is to be processed, and one that is.
func kept(t testing.TB, storage ports.Storage, owner domain.UserID, now time.Time) {
	t.Helper()
	begun(t, storage, contentOf(owner, "one", now))
	two := contentOf(owner, "two", now.Add(time.Minute))
	begun(t, storage, two)
	processed(t, storage, two, strings.Repeat("A long text. ", 10_000), now)
}

// keptOn processes a person's first content, and puts another one in the place of the second.
func keptOn(t *testing.T, storage ports.Storage, owner domain.UserID, now time.Time) {
	t.Helper()
	contents, err := storage.ContentLists.Contents(t.Context(), owner, ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, contents, 2)
	processed(t, storage, contents[0], "A text of "+now.String(), now)
	require.NoError(t, storage.Blobs.PutBlobPart(t.Context(), owner, domain.BlobPart{Blob: string(contents[0].ID), N: 1, Data: []byte(now.String())}))
	require.NoError(t, storage.Jobs.AddJob(t.Context(), domain.Job{
		Kind: domain.JobContent, Owner: owner, Subject: string(contents[0].ID), DueAt: now, CreatedAt: now, Rev: 1,
	}))
	require.NoError(t, storage.Contents.DeleteContent(t.Context(), owner, contents[1].ID))
	require.NoError(t, storage.Blobs.DeleteBlob(t.Context(), owner, string(contents[1].ID)))
	begun(t, storage, contentOf(owner, "three", now))
}
