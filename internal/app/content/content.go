// Package content is what people do with articles and PDFs: they add them, read and mark them, and find them again. What is at an
// address is read in the background, by a job that survives a restart.
package content

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// addingTime is when the job of a content that is being added looks what has become of it, in case nobody finishes adding it.
	addingTime = 2 * time.Minute
	// storingTime is how long adding a content may take. It is shorter than addingTime, so that the job finds all that there will be.
	storingTime = time.Minute
	// discardingTime is how long it is tried to remove a file at once, though the caller may be gone.
	discardingTime = 5 * time.Second
	// deletingTime is when the job of a content that is being deleted looks for what is left of it.
	deletingTime = 2 * time.Second
	// contentsPage is how many contents are read at a time, and listedTexts how many bytes of texts are listed.
	contentsPage = 100
	listedTexts  = 16 << 20
	// listedEntries is of how many contents texts are listed at most: each is read by itself.
	listedEntries = 200
)

// Budget bounds what people have a language model read.
type Budget interface {
	// Grant counts characters against a person's day. granted is false when there are not so many left.
	Grant(ctx context.Context, owner domain.UserID, characters int) (granted bool, limit int, err error)
}

// Needs is what the use cases need of the outside.
type Needs struct {
	Storage   ports.Storage
	Documents ports.DocumentReader
	Web       ports.Fetcher
	// Extractive is the summarizer that is always there. Model is the one that is asked first, nil when there is none; then Budget may
	// be nil, too.
	Extractive, Model ports.Summarizer
	Budget            Budget
	Clock             ports.Clock
	IDs               ports.IDs
	// Logger is told why something could not be done.
	Logger *slog.Logger
	// DOIResolver is the address that leads from a DOI to its article, for example https://doi.org.
	DOIResolver string
	// Wake is called when there is work. It may be nil.
	Wake func()
}

// Service is the use cases of contents. Make one with New.
type Service struct {
	Needs
	contents ports.Contents
	lists    ports.ContentLists
	blobs    ports.Blobs
	jobs     ports.Jobs
}

// New returns the use cases of contents.
func New(needs Needs) *Service {
	if needs.Logger == nil {
		needs.Logger = slog.New(slog.DiscardHandler)
	}
	if needs.Wake == nil {
		needs.Wake = func() {}
	}
	s := needs.Storage
	return &Service{Needs: needs, contents: s.Contents, lists: s.ContentLists, blobs: s.Blobs, jobs: s.Jobs}
}

// Entry is a content with its texts.
type Entry struct {
	domain.Content
	domain.ContentTexts
}

// List returns the contents of the caller, the newest first. The texts of the newest 200 are there, up to 16 MiB in all; those
// behind them have none.
func (s *Service) List(ctx context.Context, caller domain.Identity) ([]Entry, error) {
	entries := []Entry{}
	err := s.each(ctx, caller.User, func(c *domain.Content) error {
		entries = append(entries, Entry{Content: *c})
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, j := 0, len(entries)-1; i < j; i, j = i+1, j-1 {
		entries[i], entries[j] = entries[j], entries[i]
	}
	return entries, s.fillTexts(ctx, entries)
}

// fillTexts reads texts until there are enough.
func (s *Service) fillTexts(ctx context.Context, entries []Entry) error {
	size := 0
	for i := range entries {
		entry := &entries[i]
		if i == listedEntries {
			return nil
		}
		if entry.Status != domain.ContentProcessed {
			continue
		}
		texts, err := s.lists.ContentTexts(ctx, entry.Owner, entry.ID)
		if code := domain.CodeOf(err); code == domain.CodeNotFound || code == domain.CodeBusy {
			continue // it was deleted meanwhile, or is being changed
		}
		if err != nil {
			return err
		}
		if size += len(texts.View) + len(texts.Raw); size > listedTexts {
			return nil
		}
		entry.ContentTexts = texts
	}
	return nil
}

// each tells the contents of a person, the oldest first.
func (s *Service) each(ctx context.Context, owner domain.UserID, give func(*domain.Content) error) error {
	page := ports.Page{Limit: contentsPage}
	for {
		contents, err := s.lists.Contents(ctx, owner, page)
		if err != nil {
			return err
		}
		for i := range contents {
			if err := give(&contents[i]); err != nil {
				return err
			}
			page.After = ports.Cursor{At: contents[i].CreatedAt, ID: string(contents[i].ID)}
		}
		if len(contents) < contentsPage {
			return nil
		}
	}
}

// Get returns a content of the caller. CodeNotFound when there is none.
func (s *Service) Get(ctx context.Context, caller domain.Identity, id domain.ContentID) (Entry, error) {
	content, err := s.contents.Content(ctx, caller.User, id)
	if err != nil {
		return Entry{}, err
	}
	texts, err := s.lists.ContentTexts(ctx, caller.User, id)
	return Entry{content, texts}, err
}

// MarkRead says whether the caller has read a content. CodeNotFound when there is none.
func (s *Service) MarkRead(ctx context.Context, caller domain.Identity, id domain.ContentID, read bool) error {
	_, err := s.contents.UpdateContent(ctx, caller.User, id, func(c *domain.Content) error {
		c.Read, c.UpdatedAt = read, s.Clock.Now()
		return nil
	})
	return err
}

var errUnprocessed = domain.NewError(domain.CodeConflict, "The content has no text to be annotated: it is being processed, or that failed.")

// Annotate replaces the annotations of a content. CodeNotFound when there is none, CodeInvalid, CodeConflict when it has no text.
func (s *Service) Annotate(ctx context.Context, caller domain.Identity, id domain.ContentID, annotations []domain.Annotation) error {
	if err := domain.CheckAnnotations(annotations); err != nil {
		return err
	}
	_, err := s.contents.UpdateContent(ctx, caller.User, id, func(c *domain.Content) error {
		if c.Status != domain.ContentProcessed {
			return errUnprocessed
		}
		c.Annotations, c.UpdatedAt = annotations, s.Clock.Now()
		return nil
	})
	return err
}

// Delete removes a content with its texts and its file. CodeNotFound when there is none. What a crash leaves of it is removed by its job.
func (s *Service) Delete(ctx context.Context, caller domain.Identity, id domain.ContentID) error {
	if _, err := s.contents.Content(ctx, caller.User, id); err != nil {
		return err
	}
	if err := s.addJob(ctx, caller.User, id, deletingTime); err != nil {
		return err
	}
	if err := s.contents.DeleteContent(ctx, caller.User, id); err != nil {
		return err
	}
	s.discardFile(ctx, caller.User, id)
	return nil
}

// discardFile removes the file of a content that is not there, as far as that can be done now: its job does it else.
func (s *Service) discardFile(ctx context.Context, owner domain.UserID, id domain.ContentID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardingTime)
	defer cancel()
	if err := s.blobs.DeleteBlob(ctx, owner, string(id)); err != nil {
		s.Logger.WarnContext(ctx, "the file of a content stays until its job removes it", "code", domain.CodeOf(err), "error", err)
	}
}

// Opener returns a reader of a file. It reads until ctx ends.
type Opener func(ctx context.Context) io.Reader

// File returns a content of the caller and what opens its file. CodeNotFound when there is no such content, or it has none.
func (s *Service) File(ctx context.Context, caller domain.Identity, id domain.ContentID) (domain.Content, Opener, error) {
	content, err := s.contents.Content(ctx, caller.User, id)
	if err == nil && content.FileSize == 0 {
		err = domain.NotFound("file")
	}
	if err != nil {
		return domain.Content{}, nil, err
	}
	return content, func(ctx context.Context) io.Reader {
		return ports.ReadBlob(ctx, s.blobs, caller.User, string(id), content.FileSize)
	}, nil
}

// exportPart is how many bytes of a file are exported at a time.
const exportPart = domain.MaxBlobPart

// Export tells all contents of the caller, the oldest first, and behind each the bytes of its file with where they are in it, until a
// function fails.
func (s *Service) Export(ctx context.Context, caller domain.Identity, give func(*Entry) error,
	part func(id domain.ContentID, offset int64, data []byte) error) error {
	return s.each(ctx, caller.User, func(c *domain.Content) error {
		texts, err := s.lists.ContentTexts(ctx, caller.User, c.ID)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil // it was deleted meanwhile
		}
		if err != nil {
			return err
		}
		if err := give(&Entry{*c, texts}); err != nil {
			return err
		}
		file := ports.ReadBlob(ctx, s.blobs, caller.User, string(c.ID), c.FileSize)
		buffer := make([]byte, exportPart)
		for offset := int64(0); offset < c.FileSize; {
			n, err := io.ReadFull(file, buffer[:min(exportPart, c.FileSize-offset)])
			if domain.CodeOf(err) == domain.CodeNotFound {
				return nil // it was deleted meanwhile; nobody could get more of it
			}
			if err != nil {
				return err
			}
			if err := part(c.ID, offset, buffer[:n]); err != nil {
				return err
			}
			offset += int64(n)
		}
		return nil
	})
}
