package domain

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ContentID names a content.
type ContentID string

// SourceType says where a content comes from.
type SourceType string

// The types of sources. One that was added as an address becomes SourcePDF when a PDF is what is there.
const (
	SourceURL SourceType = "url"
	SourcePDF SourceType = "pdf"
	SourceDOI SourceType = "doi"
)

// ContentStatus says how far the work on a content has come.
type ContentStatus string

// The states. A content begins as ContentProcessing and ends, once, as one of the others.
const (
	ContentProcessing ContentStatus = "processing"
	ContentProcessed  ContentStatus = "processed"
	ContentFailed     ContentStatus = "failed"
)

// Content is an article or a PDF that a person keeps, reads and marks. Its texts are apart: see ContentTexts.
type Content struct {
	ID    ContentID
	Owner UserID
	// Source is a web address, a DOI ("10.1000/182"), or the name of a file.
	Source     string
	SourceType SourceType
	Status     ContentStatus
	// Failure says in a sentence for the person why nothing could be made of it, "" unless that is so.
	Failure string
	Title   string
	// Summary is a few sentences of plain text.
	Summary string
	// Image is the address of a picture, "" when there is none.
	Image string
	// FileSize is the size of the PDF in bytes, 0 when there is none. The PDF is the blob with the id of the content.
	FileSize int64
	// Pages is how many pages the PDF has.
	Pages                int
	Read                 bool
	Annotations          []Annotation
	CreatedAt, UpdatedAt time.Time
	Rev                  int64
}

// ContentTexts are the long texts of a content.
type ContentTexts struct {
	// View is clean HTML, of at most MaxViewText bytes; it never changes, since annotations point into it.
	View string
	// Raw is the plain text, of at most MaxRawText bytes.
	Raw string
}

// Annotation is a mark in the View of a content, with a comment.
type Annotation struct {
	// The paths are indexes of children from the root of the rendered View down; the offsets are within the texts they lead to.
	StartPath, EndPath     []int
	StartOffset, EndOffset int
	Color, Comment, Text   string
}

// Limits of contents.
const (
	// MaxContents is how many contents a person may have.
	MaxContents = 1000
	// MaxFileSize is the size of the largest PDF, in bytes.
	MaxFileSize = 25 << 20
	// MaxRawText and MaxViewText are in bytes. What is longer is cut off at the end of a character, or of a block.
	MaxRawText  = 1 << 20
	MaxViewText = 2 << 20
	// MaxAnnotations is how many marks a content may have, MaxAnnotationText how many characters all their texts.
	MaxAnnotations    = 500
	MaxAnnotationText = 32_000
	maxSource         = 2048
	// maxPathDepth is how many steps a path may have, maxPathSteps how many all paths of a content.
	maxPathDepth = 64
	maxPathSteps = 8000
)

// doiForm is a DOI: a prefix of a registrant and a suffix of any printable characters (ISO 26324; the DOI Handbook, 2.2).
var doiForm = regexp.MustCompile(`^10\.\d{4,9}(\.\d+)*/\S+$`)

// ParseSource returns the source that somebody named, and what it is: a DOI, with or without "doi:" or the address of the resolver
// before it, or an address of the web. CodeInvalid for anything else.
func ParseSource(text string) (source string, is SourceType, err error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", "", Invalid("source", "A source is required: a web address or a DOI.")
	}
	if len(text) > maxSource || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", "", Invalid("source", "The source must be one line of at most 2,048 bytes.")
	}
	if doi, ok := doiOf(text); ok {
		return doi, SourceDOI, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", "", Invalid("source", "The source must be a web address that begins with http:// or https://, or a DOI like 10.1000/182.")
	}
	if u.User != nil {
		return "", "", Invalid("source", "The source must not hold a user or a password.")
	}
	return text, SourceURL, nil
}

// doiOf returns the DOI that a text is. In an address of the resolver it is escaped, and nothing behind it belongs to it.
func doiOf(text string) (string, bool) {
	const scheme = "doi:"
	if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
		text = strings.TrimSpace(text[len(scheme):])
	} else if u, err := url.Parse(text); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		if host := strings.ToLower(u.Host); host != "doi.org" && host != "dx.doi.org" && host != "www.doi.org" {
			return text, false
		}
		text = strings.TrimPrefix(u.Path, "/")
	}
	return text, doiForm.MatchString(text)
}

// CheckAnnotations says what is wrong with the marks that somebody gives a content.
func CheckAnnotations(annotations []Annotation) error {
	var p problems
	p.add(len(annotations) > MaxAnnotations, "annotations", "There are too many annotations: 500 at most.")
	length, steps := 0, 0
	for i, a := range annotations[:min(len(annotations), MaxAnnotations)] {
		field := fmt.Sprintf("annotations[%d].", i)
		length += utf8.RuneCountInString(a.Color) + utf8.RuneCountInString(a.Comment) + utf8.RuneCountInString(a.Text)
		p.add(len(a.StartPath) > maxPathDepth, field+"start_path", "The path is too long: 64 steps at most.")
		p.add(len(a.EndPath) > maxPathDepth, field+"end_path", "The path is too long: 64 steps at most.")
		p.add(!within(a.StartPath...), field+"start_path", wrongPlace)
		p.add(!within(a.EndPath...), field+"end_path", wrongPlace)
		p.add(!within(a.StartOffset), field+"start_offset", wrongPlace)
		p.add(!within(a.EndOffset), field+"end_offset", wrongPlace)
		steps += len(a.StartPath) + len(a.EndPath)
		p.storable(field+"color", a.Color)
		p.storable(field+"comment", a.Comment)
		p.storable(field+"text", a.Text)
	}
	p.add(steps > maxPathSteps, "annotations", "The paths of the annotations are too long: 8,000 steps in all at most.")
	p.add(length > MaxAnnotationText, "annotations", "The annotations are too long: 32,000 characters in all at most.")
	return p.err()
}

const wrongPlace = "The places in a text are numbers from 0 to 2,097,152."

// within reports whether numbers can be places in a View.
func within(places ...int) bool {
	return !slices.ContainsFunc(places, func(n int) bool { return n < 0 || n > MaxViewText })
}

// Complete notes that the work on a content is done, and what was found in it.
func (c *Content) Complete(document Document, summary string, now time.Time) {
	c.Status, c.Failure, c.UpdatedAt = ContentProcessed, "", now
	c.Summary, c.Image, c.Pages = summary, document.Image, document.Pages
	if document.Title != "" {
		c.Title = document.Title
	}
}

// Fail notes that nothing can be made of a content, and why.
func (c *Content) Fail(why string, now time.Time) {
	c.Status, c.Failure, c.UpdatedAt = ContentFailed, why, now
}
