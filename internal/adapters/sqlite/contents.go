package sqlite

import (
	"context"
	"database/sql/driver"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// ContentStore stores articles and PDFs.
type ContentStore struct{ store *Store }

var (
	_ ports.Contents     = (*ContentStore)(nil)
	_ ports.ContentLists = (*ContentStore)(nil)
)

const (
	contentColumns = `user_id, id, created_at, updated_at, rev, source_type, status, file_size, pages, read, source, failure, title,
		summary, image, annotations`
	insertContent query = "INSERT INTO contents (" + contentColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	contentByID   query = "SELECT " + contentColumns + " FROM contents WHERE user_id = ? AND id = ?"
	contentsOf    query = "SELECT " + contentColumns + ` FROM contents WHERE user_id = ? AND (created_at, id) > (?, ?)
		ORDER BY created_at, id LIMIT ?`
	countContentsOf query = "SELECT count(*) FROM (SELECT 1 FROM contents WHERE user_id = ? LIMIT ?)"
	updateContent   query = `UPDATE contents SET updated_at = ?, rev = ?, source_type = ?, status = ?, file_size = ?, pages = ?, read = ?,
		source = ?, failure = ?, title = ?, summary = ?, image = ?, annotations = ? WHERE user_id = ? AND id = ? AND rev = ?`
	deleteContent query = "DELETE FROM contents WHERE user_id = ? AND id = ?"
	putTexts      query = `INSERT INTO content_texts (user_id, content_id, view, raw) VALUES (?, ?, ?, ?)
		ON CONFLICT (user_id, content_id) DO UPDATE SET view = excluded.view, raw = excluded.raw`
	contentTextsOf query = `SELECT coalesce(t.view, ''), coalesce(t.raw, '') FROM contents AS c LEFT JOIN content_texts AS t
		ON t.user_id = c.user_id AND t.content_id = c.id WHERE c.user_id = ? AND c.id = ?`
)

// contentFields returns where contentColumns go.
func contentFields(c *domain.Content) []any {
	return []any{
		(*string)(&c.Owner), (*string)(&c.ID), instant{&c.CreatedAt}, instant{&c.UpdatedAt}, &c.Rev, (*string)(&c.SourceType),
		(*string)(&c.Status), &c.FileSize, &c.Pages, &c.Read, &c.Source, &c.Failure, &c.Title, &c.Summary, &c.Image,
		annotationsColumn{&c.Annotations},
	}
}

// contentValues returns the contentColumns of a content of the owner.
func contentValues(owner domain.UserID, c *domain.Content) []any {
	return append([]any{owner, c.ID, c.CreatedAt.UnixMilli()}, changedContent(c)...)
}

// changedContent returns the columns that an update sets, in their order.
func changedContent(c *domain.Content) []any {
	return []any{
		millis(c.UpdatedAt), c.Rev, c.SourceType, c.Status, c.FileSize, c.Pages, c.Read, c.Source, c.Failure, c.Title, c.Summary, c.Image,
		annotationsColumn{&c.Annotations},
	}
}

// InsertContent adds a content without texts.
func (c *ContentStore) InsertContent(ctx context.Context, content domain.Content) error {
	_, err := c.store.exec(ctx, "insert a content", insertContent, contentValues(content.Owner, &content)...)
	return err
}

// Content returns a content.
func (c *ContentStore) Content(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.Content, error) {
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
func (c *ContentStore) UpdateContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error,
) (domain.Content, error) {
	return c.update(ctx, owner, id, edit, nil)
}

// CompleteContent changes a content and stores its texts, in one transaction.
func (c *ContentStore) CompleteContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, texts domain.ContentTexts, edit func(*domain.Content) error,
) (domain.Content, error) {
	return c.update(ctx, owner, id, edit, func(content *domain.Content) func(*transaction) error {
		thing := findableContent(content, texts)
		return func(t *transaction) error { return t.putTexts(owner, content.ID, texts, thing) }
	})
}

// putTexts stores the texts of a content, and makes it found by them.
func (t *transaction) putTexts(owner domain.UserID, id domain.ContentID, texts domain.ContentTexts, thing findable) error {
	if _, err := t.exec(putTexts, owner, id, texts.View, texts.Raw); err != nil {
		return err
	}
	return t.find(owner, domain.SearchContents, thing)
}

func findableContent(content *domain.Content, texts domain.ContentTexts) findable {
	return findable{string(content.ID), domain.SearchTerms(content.Title, texts.Raw)}
}

// update changes a content. prepare returns what is stored besides, in the same transaction; it is called before that, since nobody else writes while
// one lasts.

func (c *ContentStore) update(ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error,
	prepare func(*domain.Content) func(*transaction) error) (domain.Content, error) {
	read := func() (domain.Content, error) { return c.Content(ctx, owner, id) }
	return ports.Update(ctx, "content", read, edit, func(before, content *domain.Content) (done bool, err error) {
		content.ID, content.Owner, content.CreatedAt, content.Rev = before.ID, before.Owner, before.CreatedAt, before.Rev+1
		content.UpdatedAt, content.Annotations = stored(content.UpdatedAt), storedAnnotations(content.Annotations)
		besides := func(*transaction) error { return nil }
		if prepare != nil {
			besides = prepare(content)
		}
		err = c.store.transact(ctx, "update a content", func(t *transaction) error {
			rows, err := t.exec(updateContent, append(changedContent(content), owner, id, before.Rev)...)
			if done = rows == 1; err != nil || !done {
				return err
			}
			return besides(t)
		})
		return done && err == nil, err
	})
}

// DeleteContent removes a content with its texts.
func (c *ContentStore) DeleteContent(ctx context.Context, owner domain.UserID, id domain.ContentID) error {
	rows, err := c.store.exec(ctx, "delete a content", deleteContent, owner, id)
	if err == nil && rows == 0 {
		return domain.NotFound("content")
	}
	return err
}

// Contents returns a part of a person's contents.
func (c *ContentStore) Contents(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Content, error) {
	return list(ctx, c.store, "list contents", contentFields, contentsOf, owner, page.After.At.UnixMilli(), page.After.ID, page.Limit)
}

// ContentTexts returns the texts of a content.
func (c *ContentStore) ContentTexts(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.ContentTexts, error) {
	var texts domain.ContentTexts
	found, err := c.store.row(ctx, "read the texts of a content", contentTextsOf, []any{string(owner), string(id)}, &texts.View, &texts.Raw)
	if err == nil && !found {
		err = domain.NotFound("content")
	}
	return texts, err
}

// CountContents returns how many contents a person has, up to limit.
func (c *ContentStore) CountContents(ctx context.Context, owner domain.UserID, limit int) (count int, err error) {
	_, err = c.store.row(ctx, "count contents", countContentsOf, []any{string(owner), limit}, &count)
	return count, err
}

// annotationRecord is how an annotation is stored.
type annotationRecord struct {
	StartPath   []int  `json:"start_path"`
	StartOffset int    `json:"start_offset"`
	EndPath     []int  `json:"end_path"`
	EndOffset   int    `json:"end_offset"`
	Color       string `json:"color"`
	Comment     string `json:"comment"`
	Text        string `json:"text"`
}

// annotationsColumn is a column with annotations, as JSON. None are an empty list.
type annotationsColumn struct{ annotations *[]domain.Annotation }

// Value returns JSON.
func (c annotationsColumn) Value() (driver.Value, error) {
	records := make([]annotationRecord, len(*c.annotations))
	for i, a := range *c.annotations {
		records[i] = annotationRecord{a.StartPath, a.StartOffset, a.EndPath, a.EndOffset, a.Color, a.Comment, a.Text}
	}
	return asJSON(records)
}

// Scan takes JSON.
func (c annotationsColumn) Scan(value any) error {
	var records []annotationRecord
	if err := fromJSON(value, &records); err != nil {
		return err
	}
	annotations := make([]domain.Annotation, len(records))
	for i, r := range records {
		annotations[i] = domain.Annotation{
			StartPath: r.StartPath, StartOffset: r.StartOffset, EndPath: r.EndPath, EndOffset: r.EndOffset,
			Color: r.Color, Comment: r.Comment, Text: r.Text,
		}
	}
	*c.annotations = storedAnnotations(annotations)
	return nil
}

// storedAnnotations returns annotations as they come back from storage.
func storedAnnotations(annotations []domain.Annotation) []domain.Annotation {
	copied := append([]domain.Annotation{}, annotations...)
	for i := range copied {
		copied[i].StartPath = append([]int{}, copied[i].StartPath...)
		copied[i].EndPath = append([]int{}, copied[i].EndPath...)
	}
	return copied
}
