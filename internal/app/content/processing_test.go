package content_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

// tooMuch is a PDF at an address that is larger than a file may be.
func tooMuch(address string) (ports.Fetched, error) {
	body := io.MultiReader(file(), io.LimitReader(zeros{}, domain.MaxFileSize))
	return ports.Fetched{Address: address, Format: domain.FormatPDF, Body: io.NopCloser(body)}, nil
}

// reads has the reader of documents fail.
func reads(err error) func(domain.DocumentFormat, io.Reader) (domain.Document, error) {
	return func(domain.DocumentFormat, io.Reader) (domain.Document, error) { return domain.Document{}, err }
}

func TestAnErrorThatStaysEndsAContentWithItsSentence(t *testing.T) {
	for name, c := range map[string]struct {
		make func(*world)
		why  string
	}{
		"of the web": {func(w *world) {
			w.fetch = func(string) (ports.Fetched, error) {
				return ports.Fetched{}, domain.NewError(domain.CodeInvalid, "The address is a private one.")
			}
		}, "The address is a private one."},
		"of a field": {func(w *world) { w.read = reads(domain.Invalid("document", "There is no text in it.")) }, "There is no text in it."},
		"of a reader": {func(w *world) {
			w.read = reads(domain.NewError(domain.CodeTooLarge, "It has too many pages."))
		}, "It has too many pages."},
		"of a PDF that is too large": {func(w *world) { w.fetch = tooMuch }, "The file is too large: 25 MiB at most."},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			added(t, w)
			c.make(w)
			w.work(t)
			entries := w.settled(t)
			require.Len(t, entries, 1)
			assert.Equal(t, domain.ContentFailed, entries[0].Status)
			assert.Equal(t, c.why, entries[0].Failure)
		})
	}
}

func TestAPDFThatCannotBeReadIsKept(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	w.fetch, w.read = pdfAt, reads(domain.NewError(domain.CodeInvalid, "It is encrypted."))
	w.work(t)
	e := w.settled(t)[0]
	assert.Equal(t, domain.ContentFailed, e.Status)
	assert.Equal(t, domain.SourcePDF, e.SourceType)
	assert.Equal(t, int64(len(pdf)), e.FileSize)
}

func TestAnErrorThatMayPassLeavesAContentToBeTriedAgain(t *testing.T) {
	for name, passing := range map[string]error{"of a code": errOff, "of none": errors.New("it broke")} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			added(t, w)
			job, _ := w.take(t)
			read := w.read
			w.read = reads(passing)
			require.ErrorIs(t, w.Do(t.Context(), job), passing)
			e, err := w.Get(t.Context(), ada, domain.ContentID(job.Subject))
			require.NoError(t, err)
			assert.Equal(t, domain.ContentProcessing, e.Status)
			assert.Empty(t, e.Failure)
			w.read = read
			w.work(t)
			processedOrNothing(t, w, nil)
		})
	}
}

func TestAContentThatHasEndedIsLeftAlone(t *testing.T) {
	for name, read := range map[string]func(domain.DocumentFormat, io.Reader) (domain.Document, error){
		"processed": nil, "failed": reads(domain.NewError(domain.CodeInvalid, "There is no text in it.")),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			added(t, w)
			if read != nil {
				w.read = read
			}
			job, _ := w.take(t)
			require.NoError(t, w.Do(t.Context(), job))
			once, writes, asked := w.settled(t), w.dying.writes, len(w.asked)
			require.NoError(t, w.Do(t.Context(), job))
			require.NoError(t, w.GiveUp(t.Context(), job, errOff))
			assert.Equal(t, once, w.settled(t))
			assert.Equal(t, writes, w.dying.writes)
			assert.Len(t, w.asked, asked)
		})
	}
	t.Run("by whoever did the same work meanwhile", func(t *testing.T) {
		w := newWorld(t)
		added(t, w)
		job, _ := w.take(t)
		read := w.read
		var once domain.Content
		w.read = func(_ domain.DocumentFormat, _ io.Reader) (domain.Document, error) {
			w.read = read
			require.NoError(t, w.Do(t.Context(), job))
			once = w.settled(t)[0].Content
			return domain.Document{Title: "Late"}, nil
		}
		require.NoError(t, w.Do(t.Context(), job))
		assert.Equal(t, once, w.settled(t)[0].Content)
	})
}

func TestGivingUp(t *testing.T) {
	t.Run("keeps the file that a person added", func(t *testing.T) {
		w := newWorld(t)
		_, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
		require.NoError(t, err)
		job, _ := w.take(t)
		require.NoError(t, w.GiveUp(t.Context(), job, nil))
		e := w.settled(t)[0]
		assert.Equal(t, domain.ContentFailed, e.Status)
		assert.NotEmpty(t, e.Failure)
		assert.Equal(t, int64(len(pdf)), e.FileSize)
	})
	t.Run("removes what is left of a content that is gone", func(t *testing.T) {
		w := newWorld(t)
		c, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
		require.NoError(t, err)
		job, _ := w.take(t)
		require.NoError(t, w.store.Contents.DeleteContent(t.Context(), ada.User, c.ID))
		require.NotEmpty(t, w.parts(t))
		require.NoError(t, w.GiveUp(t.Context(), job, errOff))
		assert.Empty(t, w.settled(t))
	})
	t.Run("is tried again when storage does not answer", func(t *testing.T) {
		w := newWorld(t)
		added(t, w)
		job, _ := w.take(t)
		w.dying.left = 0
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(w.GiveUp(t.Context(), job, errOff)))
	})
}

func TestAContentThatIsDeletedWhileItIsReadLeavesNothing(t *testing.T) {
	for name, add := range map[string]func(*testing.T, *world){
		"a page":           added,
		"a PDF of the web": func(t *testing.T, w *world) { w.fetch = pdfAt; added(t, w) },
		"a file": func(t *testing.T, w *world) {
			_, err := w.AddFile(t.Context(), ada, "rivers.pdf", file())
			require.NoError(t, err)
		},
	} {
		for end, err := range map[string]error{"": nil, " and cannot be": domain.NewError(domain.CodeInvalid, "There is no text in it.")} {
			t.Run(name+end, func(t *testing.T) {
				w := newWorld(t)
				add(t, w)
				job, _ := w.take(t)
				w.read = func(domain.DocumentFormat, io.Reader) (domain.Document, error) {
					require.NoError(t, w.Delete(t.Context(), ada, domain.ContentID(job.Subject)))
					return domain.Document{Title: "Rivers"}, err
				}
				require.NoError(t, w.Do(t.Context(), job))
				assert.Empty(t, w.settled(t))
				w.work(t)
				assert.Empty(t, w.settled(t))
			})
		}
	}
}

func TestTheFileOfAContentGoesThoughWhoeverDeletedItDied(t *testing.T) {
	for name, err := range map[string]error{"once it is read": nil, "once it cannot be": domain.NewError(domain.CodeInvalid, "It is encrypted.")} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.fetch = pdfAt
			added(t, w)
			job, _ := w.take(t)
			w.read = func(domain.DocumentFormat, io.Reader) (domain.Document, error) {
				require.NotEmpty(t, w.parts(t))
				require.NoError(t, w.store.Contents.DeleteContent(t.Context(), ada.User, domain.ContentID(job.Subject)))
				return domain.Document{}, err
			}
			require.NoError(t, w.Do(t.Context(), job))
			assert.Empty(t, w.settled(t))
		})
	}
}

func TestNothingIsWrittenOnceTheTimeOfAJobHasEnded(t *testing.T) {
	for name, c := range map[string]func(w *world, end func()){
		"while a page is read": func(w *world, end func()) {
			read := w.read
			w.read = func(format domain.DocumentFormat, from io.Reader) (domain.Document, error) {
				end()
				return read(format, from)
			}
		},
		"while a page cannot be read": func(w *world, end func()) {
			w.read = func(domain.DocumentFormat, io.Reader) (domain.Document, error) {
				end()
				return domain.Document{}, domain.NewError(domain.CodeInvalid, "There is no text in it.")
			}
		},
		"while a PDF is fetched": func(w *world, end func()) {
			w.fetch = func(address string) (ports.Fetched, error) { end(); return pdfAt(address) }
		},
		"while it is summarized": func(w *world, end func()) {
			w.Extractive = summarizer(func(string) (string, error) { end(); return "", nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			added(t, w)
			job, _ := w.take(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			writes := -1
			c(w, func() { cancel(); writes = w.dying.writes })
			require.Error(t, w.Do(ctx, job))
			assert.Equal(t, writes, w.dying.writes)
			e, err := w.Get(t.Context(), ada, domain.ContentID(job.Subject))
			require.NoError(t, err)
			assert.Equal(t, domain.ContentProcessing, e.Status)
		})
	}
}

// Whoever took the job over may have stored the file already.
func TestAFileIsNotRemovedByWhoeverHoldsTheJobNoMore(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	job, _ := w.take(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.fetch = func(address string) (ports.Fetched, error) {
		return ports.Fetched{Address: address, Format: domain.FormatPDF, Body: io.NopCloser(&ending{func() {
			w.fetch = pdfAt
			require.NoError(t, w.Do(t.Context(), job))
			cancel()
		}})}, nil
	}
	require.Error(t, w.Do(ctx, job))
	assert.Equal(t, int64(len(pdf)), w.settled(t)[0].FileSize)
}

// ending is a body of which there is too much, and something happens until that is found out.
type ending struct{ then func() }

func (e *ending) Read([]byte) (int, error) {
	e.then()
	return 0, domain.NewError(domain.CodeTooLarge, "There is too much of it.")
}

func TestWhatIsFoundIsMadeStorable(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	w.read = func(domain.DocumentFormat, io.Reader) (domain.Document, error) {
		return domain.Document{Title: "Ri\x00vers\xff", Image: "https://rivers.example/\x00a.png", ContentTexts: domain.ContentTexts{
			View: strings.Repeat("ü", domain.MaxViewText/2) + "ü", Raw: "x" + strings.Repeat("ü", domain.MaxRawText/2),
		}}, nil
	}
	w.Extractive = summarizer(func(string) (string, error) { return "Ri\x00vers\xff.", nil })
	w.work(t)
	e := w.settled(t)[0]
	assert.Equal(t, "Rivers\uFFFD", e.Title)
	assert.Equal(t, "https://rivers.example/a.png", e.Image)
	assert.Equal(t, "Rivers\uFFFD.", e.Summary)
	assert.True(t, strings.Repeat("ü", domain.MaxViewText/2) == e.View, "it is cut")
	assert.True(t, "x"+strings.Repeat("ü", domain.MaxRawText/2-1) == e.Raw, "it is cut at the end of a character")
}

func TestAnAddressOfAPictureThatIsTooLongIsNone(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	w.read = func(domain.DocumentFormat, io.Reader) (domain.Document, error) {
		return domain.Document{Image: "https://rivers.example/" + strings.Repeat("x", 8<<10)}, nil
	}
	w.work(t)
	assert.Empty(t, w.settled(t)[0].Image)
}

func TestTheReaderIsToldWhereAPageWas(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	w.fetch = func(string) (ports.Fetched, error) { return page("https://rivers.example/moved") }
	documents := mocks.NewDocumentReader(t)
	documents.EXPECT().ReadDocument(anything, domain.FormatHTML, "https://rivers.example/moved", anything).Return(domain.Document{}, nil).Once()
	w.Documents = documents
	w.work(t)
	e := w.settled(t)[0]
	assert.Equal(t, domain.SourceURL, e.SourceType)
	assert.Equal(t, "https://rivers.example/", e.Title, "a page without a title is called by its address")
}
