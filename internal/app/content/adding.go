package content

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"io"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// pdfHead is within how many bytes a PDF says that it is one (PDF 1.7 reference, appendix H, note 13).
const pdfHead = 1024

// AddSource adds what is at a web address or named by a DOI. CodeInvalid when it is neither, CodeConflict when the caller has too many contents.
func (s *Service) AddSource(ctx context.Context, caller domain.Identity, source string) (domain.Content, error) {
	source, is, err := domain.ParseSource(source)
	if err != nil {
		return domain.Content{}, err
	}
	return s.add(ctx, caller.User, domain.Content{Source: source, SourceType: is, Title: source}, nil)
}

// AddFile adds a PDF. CodeInvalid when it is none, CodeTooLarge, CodeConflict when the caller has too many contents.
func (s *Service) AddFile(ctx context.Context, caller domain.Identity, name string, file io.Reader) (domain.Content, error) {
	name = fileName(name)
	peeked := bufio.NewReaderSize(file, pdfHead)
	head, err := peeked.Peek(pdfHead)
	if err != nil && err != io.EOF {
		return domain.Content{}, err
	}
	if !bytes.Contains(head, []byte("%PDF-")) {
		return domain.Content{}, domain.Invalid("file", "The file is no PDF.")
	}
	title := cmp.Or(strings.TrimSuffix(name, ".pdf"), name)
	return s.add(ctx, caller.User, domain.Content{Source: name, SourceType: domain.SourcePDF, Title: title}, peeked)
}

// fileName returns the name of a file as it can be stored: one line of a bounded length.
func fileName(name string) string {
	name = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))), " ")
	if runes := []rune(name); len(runes) > domain.MaxTitle {
		name = string(runes[:domain.MaxTitle])
	}
	if name == "" {
		return "file.pdf"
	}
	return name
}

// add stores a content and has it processed. The job comes first: whatever a crash leaves behind, it ends it.
func (s *Service) add(ctx context.Context, owner domain.UserID, content domain.Content, file io.Reader) (domain.Content, error) {
	count, err := s.lists.CountContents(ctx, owner, domain.MaxContents)
	if err != nil {
		return domain.Content{}, err
	}
	if count >= domain.MaxContents {
		return domain.Content{}, domain.NewError(domain.CodeConflict, "You have 1,000 contents, which is as many as there can be; delete some first.")
	}
	now := s.Clock.Now()
	content.ID, content.Owner, content.Status = domain.ContentID(s.IDs.NewID()), owner, domain.ContentProcessing
	content.Annotations, content.CreatedAt, content.UpdatedAt, content.Rev = []domain.Annotation{}, now, now, 1
	if err := s.addJob(ctx, owner, content.ID, addingTime); err != nil {
		return domain.Content{}, err
	}
	if err := s.insert(ctx, &content, file); err != nil {
		return domain.Content{}, err
	}
	if err := s.addJob(ctx, owner, content.ID, 0); err != nil {
		// It is stored, and its job is there, if later than it should be.
		s.Logger.WarnContext(ctx, "a content is processed later", "code", domain.CodeOf(err), "error", err)
	}
	s.Wake()
	return content, nil
}

// insert stores a content, behind its file. When that fails nothing of it is left, or its job removes it: for that it has to end, one way or
// the other, before its job looks.
func (s *Service) insert(ctx context.Context, content *domain.Content, file io.Reader) error {
	inTime, cancel := context.WithTimeout(ctx, storingTime)
	defer cancel()
	if file != nil {
		size, err := ports.StoreBlob(inTime, s.blobs, content.Owner, string(content.ID), file, domain.MaxFileSize)
		if err != nil {
			s.discardFile(ctx, content.Owner, content.ID)
			return tooLate(ctx, inTime, tooLarge(err))
		}
		content.FileSize = size
	}
	err := s.contents.InsertContent(inTime, *content)
	if err != nil && inTime.Err() == nil && domain.CodeOf(err) != domain.CodeUnavailable { // else it may be stored though storage did not say so
		s.discardFile(ctx, content.Owner, content.ID)
	}
	return tooLate(ctx, inTime, err)
}

// tooLate returns what a caller is told of an error that comes of the time that there was.
func tooLate(ctx, inTime context.Context, err error) error {
	if err != nil && inTime.Err() != nil && ctx.Err() == nil {
		return domain.WrapError(domain.CodeUnavailable, "Storing this takes too long at the moment; try again later.", err)
	}
	return err
}

func tooLarge(err error) error {
	if domain.CodeOf(err) == domain.CodeTooLarge {
		return domain.NewError(domain.CodeTooLarge, "The file is too large: 25 MiB at most.")
	}
	return err
}

// addJob has the job of a content look at it after a while.
func (s *Service) addJob(ctx context.Context, owner domain.UserID, id domain.ContentID, wait time.Duration) error {
	now := s.Clock.Now()
	return s.jobs.AddJob(ctx, domain.Job{
		Kind: domain.JobContent, Owner: owner, Subject: string(id), DueAt: now.Add(wait), CreatedAt: now,
		// Not 1: whoever held a job of this content that was finished meanwhile must not take this one for it.
		Rev: now.UnixMilli(),
	})
}
