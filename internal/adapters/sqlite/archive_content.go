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

	// The number of a part is behind the last slash of its key, with six digits. A key that is "" comes before all.
	archivedBlobs query = `SELECT blob, n, data FROM blob_parts WHERE user_id = ?1 AND
		(blob, n) > (substr(?2, 1, length(?2) - 7), CAST(substr(?2, -6) AS INTEGER) - (?2 = '')) ORDER BY blob, n LIMIT ?3`
	removeBlobs query = `DELETE FROM blob_parts WHERE user_id = ? AND (blob, n) IN
		(SELECT substr(value, 1, length(value) - 7), CAST(substr(value, -6) AS INTEGER) FROM json_each(?))`

	archivedJobs query = "SELECT " + jobColumns + ` FROM jobs WHERE user_id = ?1 AND
		(kind, subject) > (substr(?2, 1, instr(?2, '/') - 1), substr(?2, instr(?2, '/') + 1)) ORDER BY kind, subject LIMIT ?3`
	putJob query = insertJob + ` ON CONFLICT (user_id, kind, subject) DO UPDATE SET due_at = excluded.due_at, takes = excluded.takes,
		failures = excluded.failures, last_error = excluded.last_error, created_at = excluded.created_at, rev = excluded.rev`
	removeJobs query = `DELETE FROM jobs WHERE user_id = ? AND (kind, subject) IN
		(SELECT substr(value, 1, instr(value, '/') - 1), substr(value, instr(value, '/') + 1) FROM json_each(?))`
)

func archivedContentFields(c *ports.ArchivedContent) []any {
	return append(contentFields(&c.Content), &c.View, &c.Raw)
}

func archivedContentValues(owner domain.UserID, c *ports.ArchivedContent) []any {
	return contentValues(owner, &c.Content)
}

// findArchivedContent stores the texts of a content that was put. One that is not processed is not found.
func findArchivedContent(t *transaction, owner domain.UserID, c *ports.ArchivedContent) error {
	if c.Status == domain.ContentProcessed {
		return t.putTexts(owner, &c.Content, c.ContentTexts)
	}
	_, err := t.exec(putTexts, owner, c.ID, c.View, c.Raw)
	return err
}

func blobFields(p *domain.BlobPart) []any { return []any{&p.Blob, &p.N, &p.Data} }

func blobValues(owner domain.UserID, p *domain.BlobPart) []any {
	return []any{owner, p.Blob, p.N, p.Data}
}
