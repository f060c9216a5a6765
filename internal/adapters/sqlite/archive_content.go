package sqlite

import (
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	archivedContents query = `SELECT c.user_id, c.id, c.created_at, c.updated_at, c.rev, c.source_type, c.status, c.file_size, c.pages, c.read,
		c.source, c.failure, c.title, c.summary, c.image, c.annotations, coalesce(t.view, ''), coalesce(t.raw, '') FROM contents AS c
		LEFT JOIN content_texts AS t ON t.user_id = c.user_id AND t.content_id = c.id
		WHERE c.user_id = ? AND c.id > ? ORDER BY c.id LIMIT ?`
	putContent query = insertContent + ` ON CONFLICT (user_id, id) DO UPDATE SET created_at = excluded.created_at,
		updated_at = excluded.updated_at, rev = excluded.rev, source_type = excluded.source_type, status = excluded.status,
		file_size = excluded.file_size, pages = excluded.pages, read = excluded.read, source = excluded.source, failure = excluded.failure,
		title = excluded.title, summary = excluded.summary, image = excluded.image, annotations = excluded.annotations`
	removeContents query = "DELETE FROM contents WHERE user_id = ? AND id IN (SELECT value FROM json_each(?))"

	archivedBlobs query = `SELECT blob, n, data FROM blob_parts WHERE user_id = ? AND blob || '/' || printf('%06d', n) > ?
		ORDER BY blob || '/' || printf('%06d', n) LIMIT ?`
	// Left to itself, SQLite would read all keys of the owner.
	removeBlobs query = `DELETE FROM blob_parts WHERE rowid IN (SELECT (SELECT rowid FROM blob_parts
		WHERE user_id = ?1 AND blob || '/' || printf('%06d', n) = asked.value) FROM json_each(?2) AS asked)`

	archivedJobs query = "SELECT " + jobColumns + ` FROM jobs WHERE user_id = ? AND kind || '/' || subject > ?
		ORDER BY kind || '/' || subject LIMIT ?`
	putJob query = insertJob + ` ON CONFLICT (user_id, kind, subject) DO UPDATE SET due_at = excluded.due_at, takes = excluded.takes,
		failures = excluded.failures, last_error = excluded.last_error, created_at = excluded.created_at, rev = excluded.rev`
	removeJobs query = `DELETE FROM jobs WHERE rowid IN (SELECT (SELECT rowid FROM jobs
		WHERE user_id = ?1 AND kind || '/' || subject = asked.value) FROM json_each(?2) AS asked)`
)

func archivedContentFields(c *ports.ArchivedContent) []any {
	return append(contentFields(&c.Content), &c.View, &c.Raw)
}

func archivedContentValues(owner domain.UserID, c *ports.ArchivedContent) []any {
	return contentValues(owner, &c.Content)
}

// putArchivedTexts stores the texts of a content that was put.
func putArchivedTexts(t *transaction, owner domain.UserID, c *ports.ArchivedContent) error {
	_, err := t.exec(putTexts, owner, c.ID, c.View, c.Raw)
	return err
}

// findableArchivedContent finds a content that is not processed by nothing, though the one that it replaces may have been found.
func findableArchivedContent(c *ports.ArchivedContent) findable {
	if c.Status != domain.ContentProcessed {
		return findable{id: string(c.ID)}
	}
	return findableContent(&c.Content, c.ContentTexts)
}

func blobFields(p *domain.BlobPart) []any { return []any{&p.Blob, &p.N, &p.Data} }

func blobValues(owner domain.UserID, p *domain.BlobPart) []any {
	return []any{owner, p.Blob, p.N, p.Data}
}
