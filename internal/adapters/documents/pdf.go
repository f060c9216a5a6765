package documents

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// maxPages is how many pages a PDF may have.
	maxPages = 3000
	// wasmPage is the size of a page of memory of WebAssembly, in bytes.
	wasmPage = 64 << 10
)

// The failures of PDFs.
var (
	errNoPDF     = domain.NewError(domain.CodeInvalid, "The file is no PDF that can be read: it is damaged, or cut off.")
	errProtected = domain.NewError(domain.CodeInvalid, "The PDF is protected by a password.")
)

// readPDF reads the text of a PDF, page by page.
func readPDF(o order, input io.Reader) (domain.Document, *domain.Error) {
	file, err := io.ReadAll(input)
	if err != nil {
		return domain.Document{}, errUnreadable
	}
	reader, err := openPDFium(o)
	if err != nil {
		return domain.Document{}, domain.NewError(domain.CodeUnavailable, "PDFs cannot be read now.")
	}
	opened, err := reader.OpenDocument(&requests.OpenDocument{File: &file})
	switch {
	case errors.Is(err, pdfiumerrors.ErrPassword), errors.Is(err, pdfiumerrors.ErrSecurity):
		return domain.Document{}, errProtected
	case errors.Is(err, pdfiumerrors.ErrFormat), errors.Is(err, pdfiumerrors.ErrFile):
		return domain.Document{}, errNoPDF
	case err != nil: // the machine stopped, mostly since it has no more memory
		return domain.Document{}, errTooMuch
	}
	count, err := reader.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	switch {
	case err != nil || count.PageCount == 0:
		return domain.Document{}, errNoPDF
	case count.PageCount > maxPages:
		sentence := message.NewPrinter(language.English).Sprintf("The PDF has %d pages: %d at most.", count.PageCount, maxPages)
		return domain.Document{}, domain.NewError(domain.CodeTooLarge, sentence)
	}
	document := domain.Document{Pages: count.PageCount}
	pages, err := readPages(reader, opened.Document, count.PageCount)
	if err != nil {
		return domain.Document{}, errNoPDF
	}
	document.Title = titleOf(reader, opened.Document, pages)
	document.View, document.Raw = layPages(pages)
	return document, nil
}

// openPDFium starts pdfium in a machine of WebAssembly, without files and with half of the memory.
func openPDFium(o order) (pdfium.Pdfium, error) {
	config := wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(uint32(o.Memory / 2 / wasmPage))
	if o.Cache != "" {
		if cache, err := wazero.NewCompilationCacheWithDir(o.Cache); err == nil { // without one it takes longer
			config = config.WithCompilationCache(cache)
		}
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: context.Background(), MinIdle: 1, MaxIdle: 1, MaxTotal: 1, FSConfig: wazero.NewFSConfig(), RuntimeConfig: config,
		Stdout: io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return nil, err
	}
	return pool.GetInstance(DefaultDeadline)
}

// readPages returns the text of each page until there is more than is kept. A page that cannot be read is empty; when there is no other
// one, that is an error.
func readPages(reader pdfium.Pdfium, document references.FPDF_DOCUMENT, count int) ([]string, error) {
	var pages []string
	var failure error
	size, good := 0, 0
	for i := range count {
		text := ""
		page := requests.Page{ByIndex: &requests.PageByIndex{Document: document, Index: i}}
		if read, err := reader.GetPageText(&requests.GetPageText{Page: page}); err == nil {
			text = strings.ToValidUTF8(read.Text, "\uFFFD")
			good++
		} else {
			failure = err
		}
		pages = append(pages, text)
		if size += len(text); size > domain.MaxRawText {
			break
		}
	}
	if good > 0 {
		failure = nil
	}
	return pages, failure
}

// titleOf returns the title that a PDF gives itself, or else its first line.
func titleOf(reader pdfium.Pdfium, document references.FPDF_DOCUMENT, pages []string) string {
	found, err := reader.GetMetaData(&requests.GetMetaData{Document: document, Tags: &[]string{"Title"}})
	if err == nil && len(found.Tags) == 1 {
		if title := oneLine(found.Tags[0].Value); title != "" && !strings.HasPrefix(strings.ToLower(title), "untitled") {
			return title
		}
	}
	if len(pages) == 0 {
		return ""
	}
	for line := range strings.Lines(pages[0]) {
		if title := oneLine(line); title != "" {
			return title
		}
	}
	return ""
}
