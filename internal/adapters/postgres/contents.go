package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Contents stores articles and PDFs.
type Contents struct{ store *Store }

// ContentLists reads many contents.
type ContentLists struct{ store *Store }

var (
	_ ports.Contents     = (*Contents)(nil)
	_ ports.ContentLists = (*ContentLists)(nil)
)

const (
	contentColumns = `user_id, id, created_at, rev, updated_at, source_type, status, file_size, pages, read, source, failure, title,
		summary, image, annotations`
	insertContent query = "INSERT INTO contents (" + contentColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
	contentByID query = "SELECT " + contentColumns + " FROM contents WHERE user_id = $1 AND id = $2"
	contentsOf  query = "SELECT " + contentColumns + ` FROM contents WHERE user_id = $1 AND (created_at, id) > ($2, $3)
		ORDER BY created_at, id LIMIT $4`
	countContents query = "SELECT count(*) FROM (SELECT FROM contents WHERE user_id = $1 LIMIT $2) AS counted"
	updateContent query = `UPDATE contents SET updated_at = $4, source_type = $5, status = $6, file_size = $7, pages = $8, read = $9,
		source = $10, failure = $11, title = $12, summary = $13, image = $14, annotations = $15, rev = $3 + 1
		WHERE user_id = $1 AND id = $2 AND rev = $3`
	completeContent query = "WITH completed AS (" + updateContent + ` RETURNING id)
		INSERT INTO content_texts (user_id, content_id, view, raw, terms)
		SELECT $1, id, $16, $17, array_to_tsvector(string_to_array($18, ' ')) FROM completed` + replaceTexts
	replaceTexts = ` ON CONFLICT (user_id, content_id) DO UPDATE SET view = excluded.view, raw = excluded.raw, terms = excluded.terms`

	deleteContent query = "DELETE FROM contents WHERE user_id = $1 AND id = $2"
	textsByID     query = `SELECT coalesce(texts.view, ''), coalesce(texts.raw, '') FROM contents` + withTexts + ` WHERE user_id = $1 AND id = $2`
	withTexts           = " LEFT JOIN LATERAL (SELECT view, raw FROM content_texts WHERE user_id = $1 AND content_id = id LIMIT 1) AS texts ON true"
)

// contentFields returns where contentColumns go.
func contentFields(c *domain.Content) []any {
	return []any{
		(*string)(&c.Owner), (*string)(&c.ID), instant{&c.CreatedAt}, &c.Rev, instant{&c.UpdatedAt}, (*string)(&c.SourceType),
		(*string)(&c.Status), &c.FileSize, &c.Pages, &c.Read, &c.Source, &c.Failure, &c.Title, &c.Summary, &c.Image,
		(*annotationsColumn)(&c.Annotations),
	}
}

// contentValues returns the contentColumns of a content of the owner.
func contentValues(owner domain.UserID, c *domain.Content) []any {
	return append([]any{string(owner), string(c.ID), stored(c.CreatedAt), c.Rev}, changedContent(c)...)
}

// changedContent returns the contentColumns that an update sets, from updated_at on.
func changedContent(c *domain.Content) []any {
	return []any{
		moment(c.UpdatedAt), string(c.SourceType), string(c.Status), c.FileSize, c.Pages, c.Read, c.Source, c.Failure, c.Title, c.Summary,
		c.Image, annotationsColumn(storedAnnotations(c.Annotations)),
	}
}

// InsertContent adds a content without texts.
func (c *Contents) InsertContent(ctx context.Context, content domain.Content) error {
	_, err := c.store.exec(ctx, "insert a content", insertContent, contentValues(content.Owner, &content)...)
	return err
}

// Content returns a content.
func (c *Contents) Content(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.Content, error) {
	var content domain.Content
	found, err := c.store.row(ctx, "read a content", contentByID, []any{string(owner), string(id)}, contentFields(&content)...)
	if err == nil && !found {
		err = domain.NotFound("content")
	}
	if err != nil {
		return domain.Content{}, err
	}
	return content, nil
}

// UpdateContent changes a content and returns it as stored.
func (c *Contents) UpdateContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error,
) (domain.Content, error) {
	return c.update(ctx, owner, id, edit, updateContent, func(*domain.Content) []any { return nil })
}

// CompleteContent changes a content and stores its texts, in one statement.
func (c *Contents) CompleteContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, texts domain.ContentTexts, edit func(*domain.Content) error,
) (domain.Content, error) {
	return c.update(ctx, owner, id, edit, completeContent, func(content *domain.Content) []any {
		return []any{texts.View, texts.Raw, contentTerms(owner, content, texts)}
	})
}

// update changes a content by a statement that begins with the parameters of updateContent; besides returns the others.
func (c *Contents) update(ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error, q query,
	besides func(*domain.Content) []any) (domain.Content, error) {
	read := func() (domain.Content, error) { return c.Content(ctx, owner, id) }
	return ports.Update(ctx, "content", read, edit, func(before, content *domain.Content) (bool, error) {
		content.ID, content.Owner, content.CreatedAt, content.Rev = before.ID, before.Owner, before.CreatedAt, before.Rev+1
		content.UpdatedAt, content.Annotations = stored(content.UpdatedAt), storedAnnotations(content.Annotations)
		args := append([]any{string(owner), string(id), before.Rev}, changedContent(content)...)
		rows, err := c.store.exec(ctx, "update a content", q, append(args, besides(content)...)...)
		return rows == 1, err
	})
}

// DeleteContent removes a content with its texts.
func (c *Contents) DeleteContent(ctx context.Context, owner domain.UserID, id domain.ContentID) error {
	rows, err := c.store.exec(ctx, "delete a content", deleteContent, string(owner), string(id))
	if err == nil && rows == 0 {
		return domain.NotFound("content")
	}
	return err
}

// Contents returns a part of a person's contents.
func (c *ContentLists) Contents(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Content, error) {
	return list(ctx, c.store, "list contents", contentFields, contentsOf, string(owner), stored(page.After.At), page.After.ID, page.Limit)
}

// ContentTexts returns the texts of a content.
func (c *ContentLists) ContentTexts(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.ContentTexts, error) {
	var texts domain.ContentTexts
	found, err := c.store.row(ctx, "read the texts of a content", textsByID, []any{string(owner), string(id)}, &texts.View, &texts.Raw)
	if err == nil && !found {
		err = domain.NotFound("content")
	}
	if err != nil {
		return domain.ContentTexts{}, err
	}
	return texts, nil
}

// CountContents returns how many contents a person has, up to limit.
func (c *ContentLists) CountContents(ctx context.Context, owner domain.UserID, limit int) (count int, err error) {
	_, err = c.store.row(ctx, "count contents", countContents, []any{string(owner), limit}, &count)
	return count, err
}
