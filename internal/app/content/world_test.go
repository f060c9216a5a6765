package content_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/content"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

var (
	ada    = domain.Identity{User: "0190a000-0000-7000-8000-000000000001"}
	grace  = domain.Identity{User: "0190a000-0000-7000-8000-000000000002"}
	noon   = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	errOff = domain.NewError(domain.CodeUnavailable, "The storage does not answer.")
)

// pdf is a file of three parts.
var pdf = "%PDF-1.7\n" + strings.Repeat("x", 2*domain.MaxBlobPart)

// world is the use cases on storage that can die, with a web of one page or PDF.
type world struct {
	*content.Service
	store ports.Storage
	now   time.Time
	dying *dying
	woken int
	// fetch and read are what the web and the reader of documents do.
	fetch func(address string) (ports.Fetched, error)
	read  func(format domain.DocumentFormat, from io.Reader) (domain.Document, error)
	asked []string
}

func (w *world) Now() time.Time { return w.now }

// migrated is the bytes of an empty database. They are made once, since there are hundreds of worlds.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "content")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "spacey.db")
	store, err := sqlite.Open(context.Background(), path, nil)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(store.Migrate(context.Background()), store.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func newWorld(t *testing.T) *world {
	t.Helper()
	empty, err := migrated()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "spacey.db")
	require.NoError(t, os.WriteFile(path, empty, 0o600))
	store, err := sqlite.Open(t.Context(), path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	w := &world{store: store.Ports(), now: noon, dying: &dying{left: -1}, fetch: page}
	w.read = func(_ domain.DocumentFormat, from io.Reader) (domain.Document, error) {
		if _, err := io.ReadAll(from); err != nil {
			return domain.Document{}, domain.WrapError(domain.CodeInvalid, "This cannot be read.", err)
		}
		return domain.Document{Title: "Rivers", ContentTexts: domain.ContentTexts{View: "<p>The Rhine\x00\xff</p>", Raw: "The Rhine\x00\xff"}}, nil
	}
	web, documents, summarizer := mocks.NewFetcher(t), mocks.NewDocumentReader(t), mocks.NewSummarizer(t)
	web.EXPECT().Fetch(mock.Anything, mock.Anything).RunAndReturn(func(_ context.Context, address string) (ports.Fetched, error) {
		w.asked = append(w.asked, address)
		return w.fetch(address)
	}).Maybe()
	documents.EXPECT().ReadDocument(mock.Anything, mock.Anything, mock.Anything, mock.Anything).RunAndReturn(
		func(_ context.Context, format domain.DocumentFormat, _ string, from io.Reader) (domain.Document, error) {
			return w.read(format, from)
		}).Maybe()
	summarizer.EXPECT().Summarize(mock.Anything, mock.Anything).Return("It is about rivers.", nil).Maybe()
	storage := w.store
	storage.Contents, storage.Jobs = dyingContents{storage.Contents, w.dying}, dyingJobs{storage.Jobs, w.dying}
	storage.Blobs = dyingBlobs{storage.Blobs, w.dying}
	w.Service = content.New(content.Needs{
		Storage: storage, Documents: documents, Web: web, Extractive: summarizer, Clock: w, IDs: &system.IDs{},
		DOIResolver: "https://doi.example", Wake: func() { w.woken++ },
	})
	return w
}

func page(address string) (ports.Fetched, error) {
	return ports.Fetched{Address: address, Format: domain.FormatHTML, Body: io.NopCloser(strings.NewReader("<p>The Rhine</p>"))}, nil
}

func pdfAt(address string) (ports.Fetched, error) {
	return ports.Fetched{Address: address, Format: domain.FormatPDF, Body: io.NopCloser(strings.NewReader(pdf))}, nil
}

// take takes the job that is due first.
func (w *world) take(t *testing.T) (domain.Job, bool) {
	t.Helper()
	job, found, err := w.store.Jobs.TakeJob(t.Context(), domain.JobContent, w.now, w.now.Add(time.Minute))
	require.NoError(t, err)
	return job, found
}

// work does all jobs, as a process does that is started after some time.
func (w *world) work(t *testing.T) {
	t.Helper()
	w.dying.left, w.dying.unheard = -1, false
	w.now = w.now.Add(10 * time.Minute)
	for job, found := w.take(t); found; job, found = w.take(t) {
		require.NoError(t, w.Do(t.Context(), job))
		require.NoError(t, w.store.Jobs.FinishJob(t.Context(), job))
	}
	counts, err := w.store.Jobs.CountJobs(t.Context(), domain.JobContent, w.now, 10)
	require.NoError(t, err)
	require.Zero(t, counts)
	jobs, err := w.store.Archive.Jobs.Page(t.Context(), ada.User, "", 10)
	require.NoError(t, err)
	require.Empty(t, jobs)
}

// parts returns which blobs are stored, with their bytes.
func (w *world) parts(t *testing.T) map[string]string {
	t.Helper()
	parts, err := w.store.Archive.Blobs.Page(t.Context(), ada.User, "", 1000)
	require.NoError(t, err)
	blobs := map[string]string{}
	for _, part := range parts {
		blobs[part.Blob] += string(part.Data)
	}
	return blobs
}

// settled checks that all work is done and nothing is left over, and returns the contents.
func (w *world) settled(t *testing.T) []content.Entry {
	t.Helper()
	entries, err := w.List(t.Context(), ada)
	require.NoError(t, err)
	files := map[string]string{}
	for _, e := range entries {
		require.NotEqual(t, domain.ContentProcessing, e.Status)
		if e.FileSize > 0 {
			files[string(e.ID)] = pdf
		}
	}
	blobs := w.parts(t)
	require.Len(t, blobs, len(files))
	for id, file := range files {
		require.True(t, file == blobs[id], "the file is whole")
	}
	return entries
}

// dying is a process that dies behind some writes: nothing is written from then on. It is unheard when the last one is done but not answered, and
// stumbles when only the next one fails. struck says that one has failed. While silent is set no file is read, and while keeping none is removed.
type dying struct {
	left, writes int
	unheard      bool
	stumbles     bool
	struck       bool
	silent       bool
	keeping      bool
}

func (d *dying) write(do func() error) error {
	if d.left == 0 {
		d.struck = true
		if d.stumbles {
			d.left = -1
		}
		return errOff
	}
	d.left--
	d.writes++
	err := do()
	if d.left == 0 && d.unheard {
		d.struck = true
		return errOff
	}
	return err
}

type dyingContents struct {
	ports.Contents
	*dying
}

func (d dyingContents) InsertContent(ctx context.Context, c domain.Content) error {
	return d.write(func() error { return d.Contents.InsertContent(ctx, c) })
}

func (d dyingContents) UpdateContent(ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error) (
	c domain.Content, err error,
) {
	err = d.write(func() error { c, err = d.Contents.UpdateContent(ctx, owner, id, edit); return err })
	return c, err
}

func (d dyingContents) CompleteContent(ctx context.Context, owner domain.UserID, id domain.ContentID, texts domain.ContentTexts,
	edit func(*domain.Content) error) (c domain.Content, err error) {
	err = d.write(func() error { c, err = d.Contents.CompleteContent(ctx, owner, id, texts, edit); return err })
	return c, err
}

func (d dyingContents) DeleteContent(ctx context.Context, owner domain.UserID, id domain.ContentID) error {
	return d.write(func() error { return d.Contents.DeleteContent(ctx, owner, id) })
}

type dyingBlobs struct {
	ports.Blobs
	*dying
}

func (d dyingBlobs) PutBlobPart(ctx context.Context, owner domain.UserID, part domain.BlobPart) error {
	return d.write(func() error { return d.Blobs.PutBlobPart(ctx, owner, part) })
}

func (d dyingBlobs) BlobPart(ctx context.Context, owner domain.UserID, blob string, n int) ([]byte, error) {
	if d.silent {
		return nil, errOff
	}
	return d.Blobs.BlobPart(ctx, owner, blob, n)
}

func (d dyingBlobs) DeleteBlob(ctx context.Context, owner domain.UserID, blob string) error {
	if d.keeping {
		return errOff
	}
	return d.write(func() error { return d.Blobs.DeleteBlob(ctx, owner, blob) })
}

type dyingJobs struct {
	ports.Jobs
	*dying
}

func (d dyingJobs) AddJob(ctx context.Context, job domain.Job) error {
	return d.write(func() error { return d.Jobs.AddJob(ctx, job) })
}

func file() io.Reader { return bytes.NewReader([]byte(pdf)) }
