package web

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/transform"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// headSize is within how many bytes a PDF says that it is one (PDF 1.7 reference, appendix H, note 13).
	headSize = 1024
	// maxMediaType is the length of the longest media type that is told to people (RFC 6838, 4.2).
	maxMediaType = 255
	// byteOrderMark says that a text is UTF-8, against what the text says of itself (the Encoding standard of WHATWG).
	byteOrderMark = "\xef\xbb\xbf"
)

var pdfMark = []byte("%PDF-")

// document returns the body of an answer, and what it is written in.
func (f *Fetcher) document(response *http.Response) (io.ReadCloser, domain.DocumentFormat, error) {
	// What is packed with gzip is unpacked already, and the field is gone.
	if packed := response.Header.Get("Content-Encoding"); packed != "" && !strings.EqualFold(packed, "identity") {
		return nil, "", domain.NewError(domain.CodeInvalid, "The page is packed in a way that nobody asked for.")
	}
	said := response.Header.Get("Content-Type")
	mediaType, parameters, err := mime.ParseMediaType(said)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		mediaType = ""
	}
	peeked := bufio.NewReaderSize(response.Body, headSize)
	head, err := peeked.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", bodyFailure(err)
	}
	format, found := formatOf(mediaType, head)
	if format == "" {
		return nil, "", domain.NewError(domain.CodeInvalid, fmt.Sprintf("There is no article and no PDF at this address, but %s.", found))
	}
	limit, tooLarge := f.maxPage, fmt.Sprintf("The page is too large: %d MiB at most.", f.maxPage>>20)
	if format == domain.FormatPDF {
		limit, tooLarge = f.maxFile, fmt.Sprintf("The file is too large: %d MiB at most.", f.maxFile>>20)
	}
	if response.ContentLength > limit {
		return nil, "", domain.NewError(domain.CodeTooLarge, tooLarge)
	}
	var text io.Reader = peeked
	if format == domain.FormatHTML {
		text = inUTF8(text, head, parameters["charset"])
	}
	return &body{text: text, Closer: response.Body, left: limit, tooLarge: tooLarge}, format, nil
}

// formatOf returns what a document is written in, by what its answer says and how it begins. found names what it is instead, if that is
// nothing that is understood.
func formatOf(mediaType string, head []byte) (format domain.DocumentFormat, found string) {
	if bytes.HasPrefix(head, pdfMark) {
		return domain.FormatPDF, ""
	}
	switch mediaType {
	case "text/html", "application/xhtml+xml":
		return domain.FormatHTML, ""
	case "application/pdf", "application/x-pdf":
		return domain.FormatPDF, ""
	case "", "application/octet-stream", "binary/octet-stream":
	default:
		if len(mediaType) > maxMediaType {
			mediaType = "something else"
		}
		return "", mediaType
	}
	if bytes.Contains(head, pdfMark) {
		return domain.FormatPDF, ""
	}
	found, _, _ = strings.Cut(http.DetectContentType(head), ";")
	if found == "text/html" || found == "text/xml" && bytes.Contains(bytes.ToLower(head), []byte("<html")) {
		return domain.FormatHTML, ""
	}
	return "", found
}

// inUTF8 returns a page in UTF-8 if its answer names another encoding, which counts more than what the page says itself. Then it begins
// with a byte order mark, so that nobody believes the page. Other pages stay as they are.
func inUTF8(page io.Reader, head []byte, label string) io.Reader {
	encoding, name := charset.Lookup(label)
	if encoding == nil || name == "utf-8" || name == "replacement" || hasByteOrderMark(head) {
		return page
	}
	return io.MultiReader(strings.NewReader(byteOrderMark), transform.NewReader(page, encoding.NewDecoder()))
}

func hasByteOrderMark(head []byte) bool {
	for _, mark := range []string{byteOrderMark, "\xfe\xff", "\xff\xfe"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return true
		}
	}
	return false
}

// body is the body of an answer, up to a number of bytes.
type body struct {
	text io.Reader
	io.Closer
	left     int64
	tooLarge string
	err      error
}

// Read reads on. Once it has failed it does so again.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.text.Read(p[:min(int64(len(p)), b.left+1)])
	if int64(n) > b.left {
		b.err = domain.NewError(domain.CodeTooLarge, b.tooLarge)
		return int(b.left), b.err
	}
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = bodyFailure(err)
	}
	b.err = err
	return n, err
}
