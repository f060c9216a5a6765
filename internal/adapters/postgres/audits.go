package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Audits stores the audit log. The owner of a row is the subject of its entry.
type Audits struct{ store *Store }

var _ ports.Audits = (*Audits)(nil)

const (
	auditColumns       = "user_id, id, at, actor, action, object, address"
	insertAudit  query = "INSERT INTO audit_entries (" + auditColumns + ") VALUES ($1, $2, $3, $4, $5, $6, $7)"
	allAudits    query = "SELECT " + auditColumns + " FROM audit_entries WHERE (at, id) > ($1, $2) ORDER BY at, id LIMIT $3"
	auditsOf     query = "SELECT " + auditColumns + ` FROM audit_entries WHERE user_id = $1 AND (at, id) > ($2, $3)
		ORDER BY at, id LIMIT $4`
)

// auditFields returns where auditColumns go.
func auditFields(a *domain.AuditEntry) []any {
	return []any{
		(*string)(&a.Subject), (*string)(&a.ID), instant{&a.At}, &a.Actor, (*string)(&a.Action), &a.Object, &a.Address,
	}
}

// auditValues returns the auditColumns of an entry about the subject.
func auditValues(subject domain.UserID, a *domain.AuditEntry) []any {
	return []any{string(subject), string(a.ID), stored(a.At), a.Actor, string(a.Action), a.Object, a.Address}
}

// InsertAudit adds an entry.
func (a *Audits) InsertAudit(ctx context.Context, entry domain.AuditEntry) error {
	_, err := a.store.exec(ctx, "insert an audit entry", insertAudit, auditValues(entry.Subject, &entry)...)
	return err
}

// Audits returns a page of all entries, in order of time, then id.
func (a *Audits) Audits(ctx context.Context, page ports.Page) ([]domain.AuditEntry, error) {
	return list(ctx, a.store, "list audit entries", auditFields, allAudits, stored(page.After.At), page.After.ID, page.Limit)
}

// AuditsOf returns a page of the entries about a person, or with "" about the installation, in order of time, then id.
func (a *Audits) AuditsOf(ctx context.Context, subject domain.UserID, page ports.Page) ([]domain.AuditEntry, error) {
	return list(ctx, a.store, "list the audit entries about a person", auditFields, auditsOf,
		string(subject), stored(page.After.At), page.After.ID, page.Limit)
}
