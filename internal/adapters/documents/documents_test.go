package documents_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/documents"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/pdfs"
)

func TestMain(m *testing.M) {
	documents.ChildMain()
	if os.Getenv(parentVariable) != "" {
		readForEver()
		return
	}
	os.Exit(m.Run())
}

func readPDF(t *testing.T, file []byte) (domain.Document, error) {
	t.Helper()
	return documents.New(documents.Options{}).ReadDocument(t.Context(), domain.FormatPDF, "", bytes.NewReader(file))
}

func TestPDFs(t *testing.T) {
	for _, pages := range []int{1, 30, 300} {
		t.Run(fmt.Sprintf("of %d pages give their text", pages), func(t *testing.T) {
			t.Parallel()
			document, err := readPDF(t, pdfs.Text(pages))
			require.NoError(t, err)
			assert.Equal(t, pages, document.Pages)
			assert.Equal(t, "A paper of lighthouses", document.Title)
			assert.Contains(t, document.Raw, fmt.Sprintf("This is page %d of a paper about lighthouses.\n\nA lighthouse is a tower", pages))
			assert.Contains(t, document.Raw, "so to every ship that A lighthouse", "lines are joined")
			assert.Contains(t, document.Raw, "passes the coast at night.")
			assert.True(t, strings.HasPrefix(document.View, "<p>This is page 1 of a paper"), document.View[:100])
			assert.LessOrEqual(t, len(document.Raw), domain.MaxRawText)
		})
	}
	for name, c := range map[string]struct {
		file []byte
		code domain.Code
		says string
	}{
		"an encrypted one":      {pdfs.Encrypted(), domain.CodeInvalid, "The PDF is protected by a password."},
		"a loop of pages":       {pdfs.Loop(), domain.CodeInvalid, "The file is no PDF that can be read: it is damaged, or cut off."},
		"a loop of tables":      {pdfs.TableLoop(), domain.CodeInvalid, "The file is no PDF that can be read: it is damaged, or cut off."},
		"garbage":               {[]byte("%PDF-1.7\ngarbage"), domain.CodeInvalid, "The file is no PDF that can be read: it is damaged, or cut off."},
		"nothing":               {nil, domain.CodeInvalid, "The file is no PDF that can be read: it is damaged, or cut off."},
		"one of 10,000 pages":   {pdfs.Empty(10_000), domain.CodeTooLarge, "The PDF has 10,000 pages: 3,000 at most."},
		"a text that is no PDF": {[]byte(strings.Repeat("text ", 1000)), domain.CodeInvalid, "The file is no PDF that can be read: it is damaged, or cut off."},
	} {
		t.Run(name+" is refused with a sentence", func(t *testing.T) {
			t.Parallel()
			_, err := readPDF(t, c.file)
			require.Equal(t, c.code, domain.CodeOf(err), "%v", err)
			assert.Equal(t, c.says, sentence(err))
		})
	}
	t.Run("that break off give what can be read, or nothing", func(t *testing.T) {
		document, err := readPDF(t, pdfs.Broken())
		if err != nil {
			assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
			return
		}
		assert.Positive(t, document.Pages)
	})
	t.Run("that unpack to a gigabyte are refused", func(t *testing.T) {
		_, err := readPDF(t, pdfs.Bomb())
		assert.Equal(t, domain.CodeTooLarge, domain.CodeOf(err), "%v", err)
	})
	t.Run("without text are documents without texts", func(t *testing.T) {
		document, err := readPDF(t, pdfs.Empty(2))
		require.NoError(t, err)
		assert.Equal(t, domain.Document{Pages: 2}, document)
	})
}

func TestLinesOfPagesAreJoined(t *testing.T) {
	view, raw := documents.LayPages([]string{"A light\u0002house is a to-\r\nwer of\r\nNorth-\r\nSouth & <b>.\r\n\r\nNext.", "Last."})
	assert.Equal(t, "A lighthouse is a tower of North- South & <b>.\n\nNext.\n\nLast.", raw)
	assert.Equal(t, "<p>A lighthouse is a tower of North- South &amp; &lt;b&gt;.</p>\n<p>Next.</p>\n<p>Last.</p>", view)
}

func sentence(err error) string {
	var e *domain.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return ""
}

func TestAReaderHasLimits(t *testing.T) {
	endless := iotest.TimeoutReader(io.MultiReader(strings.NewReader(strings.Repeat("<p>text</p>", 1000))))
	t.Run("what breaks off is told as it was", func(t *testing.T) {
		broken := domain.NewError(domain.CodeUnavailable, "The page breaks off.")
		_, err := documents.New(documents.Options{}).ReadDocument(t.Context(), domain.FormatHTML, "https://example.org/",
			io.MultiReader(strings.NewReader("<p>text"), iotest.ErrReader(broken)))
		assert.ErrorIs(t, err, broken)
		_, err = documents.New(documents.Options{}).ReadDocument(t.Context(), domain.FormatHTML, "https://example.org/", endless)
		assert.ErrorIs(t, err, iotest.ErrTimeout)
	})
	t.Run("time", func(t *testing.T) {
		never, writer := io.Pipe()
		defer writer.Close()
		_, err := documents.New(documents.Options{Deadline: 200 * time.Millisecond}).ReadDocument(t.Context(), domain.FormatHTML, "https://example.org/", never)
		assert.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
	})
	t.Run("memory", func(t *testing.T) {
		_, err := documents.New(documents.Options{Memory: 40 << 20}).ReadDocument(t.Context(), domain.FormatHTML, "https://example.org/",
			strings.NewReader(strings.Repeat("<i><b>", 100)+strings.Repeat("<p a=b>text</p>", 600_000)))
		assert.Equal(t, domain.CodeTooLarge, domain.CodeOf(err), "%v", err)
	})
	t.Run("the caller's patience", func(t *testing.T) {
		never, writer := io.Pipe()
		defer writer.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, err := documents.New(documents.Options{}).ReadDocument(ctx, domain.FormatHTML, "https://example.org/", never)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("and the next document is read", func(t *testing.T) {
		document, err := documents.New(documents.Options{Parallel: 1}).ReadDocument(t.Context(), domain.FormatHTML, "https://example.org/", strings.NewReader("<p>text"))
		require.NoError(t, err)
		assert.Equal(t, "text", document.Raw)
	})
}
