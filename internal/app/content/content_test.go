package content_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/content"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestWhatIsAddedIsProcessed(t *testing.T) {
	t.Run("an address", func(t *testing.T) {
		w := newWorld(t)
		c, err := w.AddSource(t.Context(), ada, "https://rivers.example/")
		require.NoError(t, err)
		assert.Equal(t, domain.ContentProcessing, c.Status)
		assert.Positive(t, w.woken)
		w.work(t)
		e, err := w.Get(t.Context(), ada, c.ID)
		require.NoError(t, err)
		assert.Equal(t, domain.ContentProcessed, e.Status)
		assert.Equal(t, "Rivers", e.Title)
		assert.Equal(t, "It is about rivers.", e.Summary)
		assert.Equal(t, "<p>The Rhine\uFFFD</p>", e.View)
	})
	t.Run("a DOI, where its resolver leads", func(t *testing.T) {
		w := newWorld(t)
		w.fetch = pdfAt
		_, err := w.AddSource(t.Context(), ada, "doi:10.1000/a?b/c")
		require.NoError(t, err)
		w.work(t)
		assert.Equal(t, []string{"https://doi.example/10.1000/a%3Fb/c"}, w.asked)
		assert.Equal(t, domain.SourceDOI, w.settled(t)[0].SourceType)
	})
	t.Run("an address where a PDF is", func(t *testing.T) {
		w := newWorld(t)
		w.fetch = pdfAt
		added(t, w)
		w.work(t)
		e := w.settled(t)[0]
		assert.Equal(t, domain.SourcePDF, e.SourceType)
		assert.Equal(t, int64(len(pdf)), e.FileSize)
	})
	t.Run("a file without a title is called by its name", func(t *testing.T) {
		w := newWorld(t)
		w.read = func(domain.DocumentFormat, io.Reader) (domain.Document, error) { return domain.Document{}, nil }
		for _, name := range []string{"rivers.pdf", ".pdf", ""} {
			_, err := w.AddFile(t.Context(), ada, name, file())
			require.NoError(t, err)
		}
		w.work(t)
		titles := []string{}
		for _, e := range w.settled(t) {
			titles = append(titles, e.Title)
		}
		assert.ElementsMatch(t, []string{"rivers", ".pdf", "file"}, titles)
	})
}

func TestWhatIsNoContentIsNotAdded(t *testing.T) {
	w := newWorld(t)
	_, err := w.AddSource(t.Context(), ada, "ftp://rivers.example")
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	_, err = w.AddFile(t.Context(), ada, "rivers.pdf", strings.NewReader(strings.Repeat(" ", 1024)+"%PDF-1.7"))
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err), "it has to begin like a PDF")
	_, err = w.AddFile(t.Context(), ada, "rivers.pdf", io.MultiReader(file(), io.LimitReader(zeros{}, domain.MaxFileSize)))
	assert.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
	assert.Empty(t, w.parts(t), "before its job looks")
	assert.Empty(t, w.settled(t))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestAnotherPersonsContentIsNotThere(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	w.work(t)
	id := w.settled(t)[0].ID
	_, err := w.Get(t.Context(), grace, id)
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	_, _, err = w.File(t.Context(), grace, id)
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(w.Delete(t.Context(), grace, id)))
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(w.MarkRead(t.Context(), grace, id, true)))
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(w.Annotate(t.Context(), grace, id, nil)))
	assert.Len(t, w.settled(t), 1)
}

func TestAContentIsReadAndMarked(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	entries, err := w.List(t.Context(), ada)
	require.NoError(t, err)
	id := entries[0].ID
	marks := []domain.Annotation{{StartPath: []int{0}, EndPath: []int{0}, EndOffset: 3, Text: "The"}}
	assert.Equal(t, domain.CodeConflict, domain.CodeOf(w.Annotate(t.Context(), ada, id, marks)), "there is no text yet")
	require.NoError(t, w.MarkRead(t.Context(), ada, id, true))
	w.work(t)
	w.now = w.now.Add(time.Hour)
	require.NoError(t, w.Annotate(t.Context(), ada, id, marks))
	e := w.settled(t)[0]
	assert.True(t, e.Read, "processing leaves it")
	assert.Equal(t, marks, e.Annotations)
	assert.Equal(t, w.now, e.UpdatedAt)
}

func TestEverythingIsExported(t *testing.T) {
	w := newWorld(t)
	_, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
	require.NoError(t, err)
	w.work(t)
	added(t, w)
	w.work(t)
	var order []domain.SourceType
	bytes := ""
	require.NoError(t, w.Export(t.Context(), ada, func(e *content.Entry) error {
		order = append(order, e.SourceType)
		return nil
	}, func(_ domain.ContentID, offset int64, data []byte) error {
		assert.Equal(t, int64(len(bytes)), offset)
		bytes += string(data)
		return nil
	}))
	assert.Equal(t, []domain.SourceType{domain.SourcePDF, domain.SourceURL}, order)
	assert.True(t, pdf == bytes)
	assert.Equal(t, order[1], w.settled(t)[0].SourceType, "the newest is listed first")
}

func TestWhatIsGivenUpHasFailedAndKeepsNoHalfFile(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	job, _ := w.take(t)
	w.fetch = func(address string) (ports.Fetched, error) {
		broken := io.MultiReader(strings.NewReader(pdf), failing{})
		return ports.Fetched{Address: address, Format: domain.FormatPDF, Body: io.NopCloser(broken)}, nil
	}
	err := w.Do(t.Context(), job)
	require.Error(t, err)
	require.NotEmpty(t, w.parts(t), "a part is stored by then")
	require.NoError(t, w.GiveUp(t.Context(), job, errors.New("it broke off")))
	assert.Equal(t, domain.ContentFailed, w.settled(t)[0].Status)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errOff }
