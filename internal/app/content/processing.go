package content

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// modelTimeout is how long a language model may take for a summary: without it there is still one.
const modelTimeout = 30 * time.Second

// maxSummarized is how much of a text is given to a language model, in characters.
const maxSummarized = 20_000

// maxImage is how much is stored of the address of a picture, in bytes: longer ones are no use to anybody.
const maxImage = 8 << 10

// errEnded ends a change of a content whose work has ended already.
var errEnded = errors.New("the work on the content has ended")

// errGone ends the work on a content that was deleted meanwhile.
var errGone = errors.New("the content is gone")

// Do is the job of a content: it brings what is stored of it to an end, however far that was. A content in processing is processed, one that has
// ended is left alone, and of one that is gone the file is removed. It may be done twice. The error is of what may work later.
func (s *Service) Do(ctx context.Context, job domain.Job) error {
	id := domain.ContentID(job.Subject)
	content, err := s.contents.Content(ctx, job.Owner, id)
	switch {
	case domain.CodeOf(err) == domain.CodeNotFound:
		return s.blobs.DeleteBlob(ctx, job.Owner, job.Subject)
	case err != nil:
		return err
	case content.Status != domain.ContentProcessing:
		return nil
	}
	document, err := s.read(ctx, &content)
	if errors.Is(err, errGone) {
		return s.blobs.DeleteBlob(ctx, job.Owner, job.Subject)
	}
	if final(err) && ctx.Err() == nil {
		return s.fail(ctx, content, sentence(err))
	}
	if err != nil {
		return err
	}
	summary := s.summarize(ctx, content.Owner, document.Raw)
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err = s.contents.CompleteContent(ctx, job.Owner, id, document.ContentTexts, func(c *domain.Content) error {
		if c.Status != domain.ContentProcessing {
			return errEnded
		}
		c.SourceType, c.FileSize = content.SourceType, content.FileSize
		c.Complete(document, summary, s.Clock.Now())
		return nil
	})
	return s.ended(ctx, content, err)
}

// GiveUp ends a content on which the work failed too often, or brought down whoever did it.
func (s *Service) GiveUp(ctx context.Context, job domain.Job, why error) error {
	content, err := s.contents.Content(ctx, job.Owner, domain.ContentID(job.Subject))
	switch {
	case domain.CodeOf(err) == domain.CodeNotFound:
		return s.blobs.DeleteBlob(ctx, job.Owner, job.Subject)
	case err != nil:
		return err
	case content.Status != domain.ContentProcessing:
		return nil
	}
	if content.FileSize == 0 { // a try may have stored a part of one
		if err := s.blobs.DeleteBlob(ctx, job.Owner, job.Subject); err != nil {
			return err
		}
	}
	reason := "The document could not be read."
	if why != nil && content.SourceType != domain.SourcePDF {
		reason = "What is at this address could not be read, though it was tried several times."
	}
	return s.fail(ctx, content, reason)
}

// fail ends a content of which nothing can be made. Its file stays: the person may want it back.
func (s *Service) fail(ctx context.Context, content domain.Content, why string) error {
	_, err := s.contents.UpdateContent(ctx, content.Owner, content.ID, func(c *domain.Content) error {
		if c.Status != domain.ContentProcessing {
			return errEnded
		}
		c.SourceType, c.FileSize = content.SourceType, content.FileSize
		c.Fail(why, s.Clock.Now())
		return nil
	})
	return s.ended(ctx, content, err)
}

// ended returns nil where somebody else has ended the work. Of a content that was deleted meanwhile the file is removed.
func (s *Service) ended(ctx context.Context, content domain.Content, err error) error {
	switch {
	case errors.Is(err, errEnded):
		return nil
	case domain.CodeOf(err) == domain.CodeNotFound:
		return s.blobs.DeleteBlob(ctx, content.Owner, string(content.ID))
	default:
		return err
	}
}

// final reports whether an error stays however often it is tried.
func final(err error) bool {
	switch domain.CodeOf(err) {
	case domain.CodeInvalid, domain.CodeTooLarge:
		return true
	default:
		return false
	}
}

// sentence returns what an error tells a person.
func sentence(err error) string {
	var e *domain.Error
	switch {
	case !errors.As(err, &e):
	case len(e.Fields) > 0:
		return e.Fields[0].Message
	case e.Message != "":
		return e.Message
	}
	return "The document could not be read."
}

// read gets the document of a content and makes texts of it. Content is changed where the source turns out to be a PDF.
func (s *Service) read(ctx context.Context, content *domain.Content) (domain.Document, error) {
	var document domain.Document
	var err error
	if content.SourceType == domain.SourcePDF && content.FileSize > 0 {
		document, err = s.readFile(ctx, content)
	} else {
		document, err = s.readAddress(ctx, content)
	}
	if len(document.Image) > maxImage {
		document.Image = ""
	}
	document.Title, document.Image = storable(document.Title, 4*domain.MaxTitle), storable(document.Image, maxImage)
	document.View, document.Raw = storable(document.View, domain.MaxViewText), storable(document.Raw, domain.MaxRawText)
	return document, err
}

// readFile reads the PDF that is stored of a content. One that is not there whole is removed: nobody could read it, nor export it.
func (s *Service) readFile(ctx context.Context, content *domain.Content) (domain.Document, error) {
	file := &watched{from: ports.ReadBlob(ctx, s.blobs, content.Owner, string(content.ID), content.FileSize)}
	document, err := s.Documents.ReadDocument(ctx, domain.FormatPDF, "", file)
	switch failed := file.failed(); {
	case failed == nil: // what went wrong is about what is in the file
		return document, err
	case domain.CodeOf(failed) != domain.CodeNotFound:
		return domain.Document{}, failed
	}
	if err := s.blobs.DeleteBlob(ctx, content.Owner, string(content.ID)); err != nil {
		return domain.Document{}, err
	}
	content.FileSize = 0
	return domain.Document{}, domain.NewError(domain.CodeInvalid, "The file is not there any more; add it again.")
}

// watched is a reader that remembers how reading failed: whoever reads a document may say that in other words.
type watched struct {
	from io.Reader
	mu   sync.Mutex
	err  error
}

// failed returns how reading failed, nil when it did not. It may be asked while somebody still reads.
func (w *watched) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Read returns the next bytes.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.err = err
	}
	return n, err
}

// readAddress reads what is at the address of a content.
func (s *Service) readAddress(ctx context.Context, content *domain.Content) (domain.Document, error) {
	address := content.Source
	if content.SourceType == domain.SourceDOI {
		address = s.DOIResolver + "/" + escapeDOI(content.Source)
	}
	// A try before this one may have stored a file, or more parts of one than there will be.
	if err := s.blobs.DeleteBlob(ctx, content.Owner, string(content.ID)); err != nil {
		return domain.Document{}, err
	}
	fetched, err := s.Web.Fetch(ctx, address)
	if err != nil {
		return domain.Document{}, err
	}
	defer fetched.Body.Close() //nolint:errcheck // all that matters was read
	if fetched.Format != domain.FormatPDF {
		return s.Documents.ReadDocument(ctx, fetched.Format, fetched.Address, fetched.Body)
	}
	size, err := ports.StoreBlob(ctx, kept{s.blobs, s.contents}, content.Owner, string(content.ID), fetched.Body, domain.MaxFileSize)
	if err != nil {
		if final(err) {
			// Only while the job is held: whoever took it over may have stored the file. And not later: no job comes behind this one.
			if err := s.blobs.DeleteBlob(ctx, content.Owner, string(content.ID)); err != nil {
				return domain.Document{}, err
			}
		}
		return domain.Document{}, tooLarge(err)
	}
	content.FileSize = size
	if content.SourceType == domain.SourceURL {
		content.SourceType = domain.SourcePDF
	}
	return s.readFile(ctx, content)
}

// kept is files of contents that are there. Of one that is deleted while its file is stored no part comes behind those that its deletion
// removes.
type kept struct {
	ports.Blobs
	contents ports.Contents
}

// PutBlobPart stores a part of the file of a content. errGone when the content is gone.
func (k kept) PutBlobPart(ctx context.Context, owner domain.UserID, part domain.BlobPart) error {
	if _, err := k.contents.Content(ctx, owner, domain.ContentID(part.Blob)); domain.CodeOf(err) == domain.CodeNotFound {
		return errGone
	} else if err != nil {
		return err
	}
	return k.Blobs.PutBlobPart(ctx, owner, part)
}

// escapeDOI writes a DOI as the path of an address: its slashes stay.
func escapeDOI(doi string) string {
	parts := strings.Split(doi, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// storable returns a text as every engine can store it, cut to a number of bytes.
func storable(text string, length int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
	if len(text) > length {
		for length > 0 && !utf8.RuneStart(text[length]) {
			length--
		}
		text = text[:length]
	}
	return text
}

// summarize shortens a text: by the model, where there is one and the person has not used up their day, and else by rules.
func (s *Service) summarize(ctx context.Context, owner domain.UserID, text string) string {
	if summary, err := s.byModel(ctx, owner, text); err == nil && summary != "" {
		return summary
	} else if err != nil {
		s.Logger.WarnContext(ctx, "the language model could not be used for a summary", "code", domain.CodeOf(err), "error", err)
	}
	summary, err := s.Extractive.Summarize(ctx, text)
	if err != nil {
		s.Logger.WarnContext(ctx, "a content stays without a summary", "code", domain.CodeOf(err), "error", err)
	}
	return storable(summary, maxSummarized)
}

// byModel returns the model's summary, "" when it may not be asked.
func (s *Service) byModel(ctx context.Context, owner domain.UserID, text string) (string, error) {
	if s.Model == nil || strings.TrimSpace(text) == "" {
		return "", nil
	}
	text = storable(text, utf8.UTFMax*maxSummarized)
	if runes := []rune(text); len(runes) > maxSummarized {
		text = string(runes[:maxSummarized])
	}
	granted, _, err := s.Budget.Grant(ctx, owner, utf8.RuneCountInString(text))
	if err != nil || !granted {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, modelTimeout)
	defer cancel()
	summary, err := s.Model.Summarize(ctx, text)
	if err != nil {
		return "", fmt.Errorf("summarize: %w", err)
	}
	return storable(summary, maxSummarized), nil
}
