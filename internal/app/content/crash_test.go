package content_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// ways are how a write can fail.
var ways = map[string]dying{
	"when it dies behind write %d":             {},
	"when it dies before write %d is answered": {unheard: true},
	"when the one behind write %d fails":       {stumbles: true},
}

// atEachWrite does something in new worlds in which storage fails at 0, 1, 2 … writes, in each way, until it ends without that, and has the rest
// done each time.
func atEachWrite(t *testing.T, prepare func(*testing.T, *world), do func(*testing.T, *world) error, after func(*testing.T, *world, error)) {
	t.Helper()
	for name, way := range ways {
		atEachWriteThatFails(t, name, way, prepare, do, after)
	}
}

func atEachWriteThatFails(t *testing.T, name string, way dying, prepare func(*testing.T, *world), do func(*testing.T, *world) error,
	after func(*testing.T, *world, error)) {
	t.Helper()
	n := 0
	if way.unheard {
		n = 1
	}
	for ; ; n++ {
		died := false
		t.Run(fmt.Sprintf(name, n), func(t *testing.T) {
			w := newWorld(t)
			prepare(t, w)
			before := w.dying.writes
			w.dying.left, w.dying.unheard, w.dying.stumbles, w.dying.struck = n, way.unheard, way.stumbles, false
			err := do(t, w)
			died = w.dying.struck
			if !died {
				require.NoError(t, err)
				require.Positive(t, w.dying.writes-before)
			}
			w.work(t)
			after(t, w, err)
		})
		if !died || t.Failed() {
			return
		}
	}
}

func processedOrNothing(t *testing.T, w *world, err error) {
	t.Helper()
	entries := w.settled(t)
	if err == nil {
		require.Len(t, entries, 1, "what was answered is kept")
	}
	for _, e := range entries {
		assert.Equal(t, domain.ContentProcessed, e.Status)
		assert.Equal(t, "The Rhine\uFFFD", e.Raw)
	}
}

func TestADeathWhileAContentIsAddedLeavesAllOrNothing(t *testing.T) {
	nothing := func(*testing.T, *world) {}
	t.Run("of an address", func(t *testing.T) {
		atEachWrite(t, nothing, func(t *testing.T, w *world) error {
			_, err := w.AddSource(t.Context(), ada, "https://rivers.example/")
			return err
		}, processedOrNothing)
	})
	t.Run("of a file", func(t *testing.T) {
		atEachWrite(t, nothing, func(t *testing.T, w *world) error {
			_, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
			return err
		}, processedOrNothing)
	})
}

func TestADeathWhileAContentIsProcessedLeavesItProcessedOnceItIsTriedAgain(t *testing.T) {
	do := func(t *testing.T, w *world) error {
		job, found := w.take(t)
		require.True(t, found)
		return w.Do(t.Context(), job)
	}
	after := func(t *testing.T, w *world, _ error) { processedOrNothing(t, w, nil) }
	t.Run("of a page", func(t *testing.T) { atEachWrite(t, added, do, after) })
	t.Run("of a PDF of the web", func(t *testing.T) {
		atEachWrite(t, func(t *testing.T, w *world) { w.fetch = pdfAt; added(t, w) }, do, func(t *testing.T, w *world, err error) {
			after(t, w, err)
			assert.Positive(t, w.settled(t)[0].FileSize)
		})
	})
	t.Run("of a PDF of the web that is a page when it is tried again", func(t *testing.T) {
		atEachWrite(t, func(t *testing.T, w *world) { w.fetch = pdfAt; added(t, w) }, func(t *testing.T, w *world) error {
			err := do(t, w)
			w.fetch = page
			return err
		}, after)
	})
	t.Run("of a PDF that a DOI leads to", func(t *testing.T) {
		atEachWrite(t, func(t *testing.T, w *world) {
			w.fetch = pdfAt
			_, err := w.AddSource(t.Context(), ada, "10.1000/182")
			require.NoError(t, err)
		}, do, after)
	})
	t.Run("of a file", func(t *testing.T) {
		atEachWrite(t, func(t *testing.T, w *world) {
			_, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
			require.NoError(t, err)
		}, do, after)
	})
	t.Run("of a PDF of the web that is given up", func(t *testing.T) {
		atEachWrite(t, func(t *testing.T, w *world) { w.fetch = pdfAt; added(t, w) }, func(t *testing.T, w *world) error {
			job, _ := w.take(t)
			if err := w.Do(t.Context(), job); err != nil {
				return w.GiveUp(t.Context(), job, err)
			}
			return nil
		}, func(t *testing.T, w *world, _ error) { assert.Len(t, w.settled(t), 1) })
	})
	t.Run("of one of which nothing can be made", func(t *testing.T) {
		atEachWrite(t, func(t *testing.T, w *world) {
			added(t, w)
			w.fetch = func(string) (ports.Fetched, error) {
				return ports.Fetched{}, domain.NewError(domain.CodeInvalid, "There is no document.")
			}
		}, do, func(t *testing.T, w *world, _ error) {
			e := w.settled(t)[0]
			assert.Equal(t, domain.ContentFailed, e.Status)
			assert.Equal(t, "There is no document.", e.Failure)
		})
	})
}

func TestADeathWhileAFileIsTooLargeLeavesNothingOfIt(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	w.fetch = tooMuch
	job, _ := w.take(t)
	w.dying.left, w.dying.stumbles = 1+int(domain.MaxFileSize/domain.MaxBlobPart), true
	require.ErrorIs(t, w.Do(t.Context(), job), errOff, "the file could not be removed, so that it is tried again")
	w.work(t)
	assert.Equal(t, domain.ContentFailed, w.settled(t)[0].Status)
}

func added(t *testing.T, w *world) {
	t.Helper()
	_, err := w.AddSource(t.Context(), ada, "https://rivers.example/")
	require.NoError(t, err)
}

func TestADeathWhileAContentIsDeletedLeavesNoFileBehind(t *testing.T) {
	var id domain.ContentID
	atEachWrite(t, func(t *testing.T, w *world) {
		c, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
		require.NoError(t, err)
		id = c.ID
		w.work(t)
	}, func(t *testing.T, w *world) error { return w.Delete(t.Context(), ada, id) },
		func(t *testing.T, w *world, err error) {
			if entries := w.settled(t); err == nil {
				assert.Empty(t, entries)
			}
		})
}

// deleting is a body that deletes the content, and has the job of that done, before its last bytes are read.
type deleting struct {
	io.Reader
	then func()
}

func (d *deleting) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	if errors.Is(err, io.EOF) && d.then != nil {
		d.then()
		d.then = nil
	}
	return n, err
}

func TestAContentThatIsDeletedWhileItsFileIsFetchedLeavesNothing(t *testing.T) {
	w := newWorld(t)
	c, err := w.AddSource(t.Context(), ada, "https://rivers.example/")
	require.NoError(t, err)
	job, _ := w.take(t)
	w.fetch = func(address string) (ports.Fetched, error) {
		return ports.Fetched{Address: address, Format: domain.FormatPDF, Body: io.NopCloser(&deleting{strings.NewReader(pdf), func() {
			require.Len(t, w.parts(t), 1, "a part is stored by then")
			require.NoError(t, w.Delete(t.Context(), ada, c.ID))
			w.work(t)
			w.dying.keeping = true // whoever is late dies before it cleans up
		}})}, nil
	}
	_ = w.Do(t.Context(), job)
	assert.Empty(t, w.parts(t))
	assert.Empty(t, w.settled(t))
}

func TestAFileThatIsNotThereAnyMoreEndsAsAFailure(t *testing.T) {
	w := newWorld(t)
	c, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
	require.NoError(t, err)
	require.NoError(t, w.store.Blobs.DeleteBlob(t.Context(), ada.User, string(c.ID)))
	w.work(t)
	e := w.settled(t)[0]
	assert.Equal(t, domain.ContentFailed, e.Status)
	assert.Equal(t, "The file is not there any more; add it again.", e.Failure)
	assert.Zero(t, e.FileSize, "so that everything can still be exported")
}

func TestAFileThatStorageDoesNotReturnIsReadLater(t *testing.T) {
	w := newWorld(t)
	_, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
	require.NoError(t, err)
	job, _ := w.take(t)
	w.dying.silent = true
	assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(w.Do(t.Context(), job)), "though the reader says that the document is invalid")
	w.dying.silent = false
	processedOrNothing(t, w, w.Do(t.Context(), job))
}
