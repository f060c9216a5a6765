package ports

import (
	"context"
	"io"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Contents stores articles and PDFs: what is known of them, and their long texts.
type Contents interface {
	// InsertContent adds a content without texts. CodeConflict when the owner has one of this id.
	InsertContent(ctx context.Context, content domain.Content) error
	// Content returns a content, or CodeNotFound.
	Content(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.Content, error)
	// UpdateContent changes a content and returns it as stored. CodeNotFound when there is none.
	UpdateContent(ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error) (domain.Content, error)
	// CompleteContent is UpdateContent that stores texts too, in place of those that were there, and makes the content found by the
	// words of its title, as the edit leaves it, and of the texts. Texts without the change are never seen by anybody.
	CompleteContent(
		ctx context.Context, owner domain.UserID, id domain.ContentID, texts domain.ContentTexts, edit func(*domain.Content) error,
	) (domain.Content, error)
	// DeleteContent removes a content with its texts; not its blob. CodeNotFound when there is none.
	DeleteContent(ctx context.Context, owner domain.UserID, id domain.ContentID) error
}

// ContentLists reads many contents.
type ContentLists interface {
	// Contents returns a part of a person's contents.
	Contents(ctx context.Context, owner domain.UserID, page Page) ([]domain.Content, error)
	// ContentTexts returns the texts of a content. CodeNotFound when there is none; one that was not completed has empty ones.
	ContentTexts(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.ContentTexts, error)
	// CountContents returns how many contents a person has, up to limit.
	CountContents(ctx context.Context, owner domain.UserID, limit int) (int, error)
}

// DocumentReader makes texts of articles and PDFs. What it is given may be hostile.
type DocumentReader interface {
	// ReadDocument reads a document from what it is written as. Address is where it comes from, for its relative links, "" for a
	// file. View is clean: no script, no handler, no address but http, https and mailto. CodeInvalid when nothing can be made of it,
	// CodeTooLarge when it is too large or takes too long, with a sentence for the person; CodeUnavailable when it may work later.
	ReadDocument(ctx context.Context, format domain.DocumentFormat, address string, from io.Reader) (domain.Document, error)
}

// Fetcher gets documents from the web.
type Fetcher interface {
	// Fetch opens what is at an address. CodeInvalid when the address may not be asked, or holds no document, with a sentence for the
	// person; CodeUnavailable when it may work later. The caller closes Body; reading it fails with CodeTooLarge when there is too
	// much of it or it takes too long, and with CodeUnavailable when it breaks off.
	Fetch(ctx context.Context, address string) (Fetched, error)
}

// Fetched is a document from the web.
type Fetched struct {
	// Address is where the document was at last, after redirects.
	Address string
	Format  domain.DocumentFormat
	Body    io.ReadCloser
}

// Summarizer shortens texts.
type Summarizer interface {
	// Summarize returns a few sentences of plain text that say what a text says; "" when there is nothing to say. CodeUnavailable when it cannot be done now.
	Summarize(ctx context.Context, text string) (string, error)
}

// Answerer answers questions.
type Answerer interface {
	// Answer answers a question in a few sentences from passages alone, and quotes them. CodeUnavailable when it cannot be done now.
	Answer(ctx context.Context, question string, passages []domain.Passage) (string, error)
}
