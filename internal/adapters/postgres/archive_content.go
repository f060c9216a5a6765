package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	archivedContents query = "SELECT " + contentColumns + ", coalesce(texts.view, ''), coalesce(texts.raw, '') FROM contents" + withTexts + `
		WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`
	putContent query = insertContent + ` ON CONFLICT (user_id, id) DO UPDATE SET created_at = excluded.created_at,
		rev = excluded.rev, updated_at = excluded.updated_at, source_type = excluded.source_type, status = excluded.status,
		file_size = excluded.file_size, pages = excluded.pages, read = excluded.read, source = excluded.source, failure = excluded.failure,
		title = excluded.title, summary = excluded.summary, image = excluded.image, annotations = excluded.annotations`
	putTexts query = `INSERT INTO content_texts (user_id, content_id, view, raw, terms)
		VALUES ($1, $2, $3, $4, array_to_tsvector(string_to_array($5, ' ')))` + replaceTexts
	removeContents query = "DELETE FROM contents WHERE user_id = $1 AND id = ANY($2)"

	archivedBlobs query = "SELECT key, data FROM blob_parts WHERE user_id = $1 AND key > $2 ORDER BY key LIMIT $3"
	removeBlobs   query = "DELETE FROM blob_parts WHERE user_id = $1 AND key = ANY($2)"

	// A person has few jobs, and the order of their keys is not that of kinds and subjects.
	archivedJobs query = "SELECT " + jobColumns + " FROM jobs WHERE user_id = $1 AND " + jobKey + " > $2 ORDER BY " + jobKey + " LIMIT $3"
	putJob       query = insertJob + ` ON CONFLICT (user_id, kind, subject) DO UPDATE SET due_at = excluded.due_at, takes = excluded.takes,
		failures = excluded.failures, last_error = excluded.last_error, created_at = excluded.created_at, rev = excluded.rev`
	removeJobs query = "DELETE FROM jobs WHERE user_id = $1 AND " + jobKey + " = ANY($2)"
	jobKey           = "(kind || '/' || subject)"
)

func archivedContentFields(c *ports.ArchivedContent) []any {
	return append(contentFields(&c.Content), &c.View, &c.Raw)
}

func archivedContentValues(owner domain.UserID, c *ports.ArchivedContent) []any {
	return contentValues(owner, &c.Content)
}

func putArchivedTexts(batch *pgx.Batch, owner domain.UserID, c *ports.ArchivedContent) {
	batch.Queue(string(putTexts), string(owner), string(c.ID), c.View, c.Raw, contentTerms(owner, &c.Content, c.ContentTexts))
}

func blobFields(p *domain.BlobPart) []any { return []any{blobKey{p}, &p.Data} }
