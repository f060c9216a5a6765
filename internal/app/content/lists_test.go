package content_test

import (
	"fmt"
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

// fill stores processed contents as they are, each with a view and a raw text of so many bytes. Three at a time are of the same moment.
func (w *world) fill(t *testing.T, sizes ...[2]int) []domain.ContentID {
	t.Helper()
	ids, items := []domain.ContentID{}, []ports.ArchivedContent{}
	for i, size := range sizes {
		id, at := domain.ContentID(fmt.Sprintf("0190a000-0000-7000-8000-%012d", i)), noon.Add(time.Duration(i/3)*time.Second)
		ids = append(ids, id)
		items = append(items, ports.ArchivedContent{Content: domain.Content{
			ID: id, Owner: ada.User, Source: "https://rivers.example/", SourceType: domain.SourceURL, Status: domain.ContentProcessed,
			Title: "Rivers", Annotations: []domain.Annotation{}, CreatedAt: at, UpdatedAt: at, Rev: 1,
		}, ContentTexts: domain.ContentTexts{View: strings.Repeat("v", size[0]), Raw: strings.Repeat("r", size[1])}})
	}
	require.NoError(t, w.store.Archive.Contents.Put(t.Context(), ada.User, items))
	return ids
}

func TestAPersonHasAThousandContents(t *testing.T) {
	w := newWorld(t)
	ids := w.fill(t, make([][2]int, domain.MaxContents)...)
	t.Run("that are listed, the newest first", func(t *testing.T) {
		entries, err := w.List(t.Context(), ada)
		require.NoError(t, err)
		require.Len(t, entries, len(ids))
		for i, e := range entries {
			require.Equal(t, ids[len(ids)-1-i], e.ID)
		}
	})
	t.Run("and no more", func(t *testing.T) {
		_, err := w.AddSource(t.Context(), ada, "https://rivers.example/")
		assert.Equal(t, domain.CodeConflict, domain.CodeOf(err))
		_, err = w.AddFile(t.Context(), ada, "rivers.pdf", file())
		assert.Equal(t, domain.CodeConflict, domain.CodeOf(err))
		assert.Zero(t, w.dying.writes)
		assert.Zero(t, w.woken)
	})
	t.Run("which is about nobody else", func(t *testing.T) {
		_, err := w.AddSource(t.Context(), grace, "https://rivers.example/")
		require.NoError(t, err)
	})
	t.Run("until one is deleted", func(t *testing.T) {
		require.NoError(t, w.Delete(t.Context(), ada, ids[0]))
		added(t, w)
		_, err := w.AddSource(t.Context(), ada, "https://rivers.example/")
		assert.Equal(t, domain.CodeConflict, domain.CodeOf(err))
	})
}

func TestTheTextsOfTheNewestAreListedUpTo16MiB(t *testing.T) {
	w := newWorld(t)
	most := [2]int{domain.MaxViewText, domain.MaxRawText}
	ids := w.fill(t, [2]int{1, 0}, [2]int{1, 1}, [2]int{1 << 20, 0}, most, most, most, most, most)
	w.now = noon.Add(time.Hour)
	added(t, w)
	entries, err := w.List(t.Context(), ada)
	require.NoError(t, err)
	require.Len(t, entries, 1+len(ids))
	sizes := [][2]int{}
	for _, e := range entries {
		sizes = append(sizes, [2]int{len(e.View), len(e.Raw)})
	}
	assert.Equal(t, [][2]int{{}, most, most, most, most, most, {1 << 20, 0}, {}, {}}, sizes)
	e, err := w.Get(t.Context(), ada, ids[1])
	require.NoError(t, err)
	assert.Equal(t, domain.ContentTexts{View: "v", Raw: "r"}, e.ContentTexts, "one at a time has its texts")
}

func TestAFileIsTheBytesThatThereWere(t *testing.T) {
	for name, add := range map[string]func(*testing.T, *world) domain.ContentID{
		"at an address": func(t *testing.T, w *world) domain.ContentID {
			w.fetch = pdfAt
			c, err := w.AddSource(t.Context(), ada, "https://rivers.example/")
			require.NoError(t, err)
			return c.ID
		},
		"in a file": func(t *testing.T, w *world) domain.ContentID {
			c, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
			require.NoError(t, err)
			return c.ID
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := add(t, w)
			w.work(t)
			c, open, err := w.File(t.Context(), ada, id)
			require.NoError(t, err)
			assert.Equal(t, domain.SourcePDF, c.SourceType)
			for range 2 {
				bytes, err := io.ReadAll(open(t.Context()))
				require.NoError(t, err)
				assert.True(t, pdf == string(bytes))
			}
		})
	}
	t.Run("and a page has none", func(t *testing.T) {
		w := newWorld(t)
		added(t, w)
		w.work(t)
		_, _, err := w.File(t.Context(), ada, w.settled(t)[0].ID)
		assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	})
}

func TestAnnotationsThatCannotBeAreRefused(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	w.work(t)
	before := w.settled(t)
	bad := []domain.Annotation{{Comment: strings.Repeat("x", domain.MaxAnnotationText+1)}}
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(w.Annotate(t.Context(), ada, before[0].ID, bad)))
	assert.Equal(t, before, w.settled(t))
	w.read = reads(domain.NewError(domain.CodeInvalid, "There is no text in it."))
	added(t, w)
	w.work(t)
	failed := w.settled(t)[0]
	require.Equal(t, domain.ContentFailed, failed.Status)
	assert.Equal(t, domain.CodeConflict, domain.CodeOf(w.Annotate(t.Context(), ada, failed.ID, nil)))
}

func TestAnExport(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		_, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
		require.NoError(t, err)
		w.work(t)
	}
	ids := []domain.ContentID{}
	entry := func(e *content.Entry) error { ids = append(ids, e.ID); return nil }
	t.Run("has each file behind its content", func(t *testing.T) {
		files := map[domain.ContentID]string{}
		require.NoError(t, w.Export(t.Context(), ada, entry, func(id domain.ContentID, offset int64, data []byte) error {
			require.Equal(t, ids[len(ids)-1], id)
			require.Len(t, files[id], int(offset))
			files[id] += string(data)
			return nil
		}))
		require.Len(t, ids, 2)
		assert.True(t, files[ids[0]] == pdf && files[ids[1]] == pdf)
	})
	t.Run("ends with the error of whoever takes it", func(t *testing.T) {
		require.ErrorIs(t, w.Export(t.Context(), ada, func(*content.Entry) error { return errOff }, nil), errOff)
		parts := 0
		require.ErrorIs(t, w.Export(t.Context(), ada, entry, func(domain.ContentID, int64, []byte) error { parts++; return errOff }), errOff)
		assert.Equal(t, 1, parts)
	})
	t.Run("does not end as if a file were whole that is not", func(t *testing.T) {
		w.dying.silent = true
		require.ErrorIs(t, w.Export(t.Context(), ada, entry, func(domain.ContentID, int64, []byte) error { return nil }), errOff)
	})
}
