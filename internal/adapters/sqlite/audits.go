package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Audits stores the audit log.
type Audits struct{ store *Store }

var _ ports.Audits = (*Audits)(nil)

const (
	auditColumns       = "user_id, id, at, actor, action, object, address"
	insertAudit  query = "INSERT INTO audit_entries (" + auditColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?)"
	allAudits    query = "SELECT " + auditColumns + " FROM audit_entries WHERE (at, id) > (?, ?) ORDER BY at, id LIMIT ?"
	auditsOf     query = "SELECT " + auditColumns + ` FROM audit_entries WHERE user_id = ? AND (at, id) > (?, ?)
		ORDER BY at, id LIMIT ?`
)

// auditFields returns where auditColumns go.
func auditFields(e *domain.AuditEntry) []any {
	return []any{
		(*string)(&e.Subject), (*string)(&e.ID), instant{&e.At}, &e.Actor, (*string)(&e.Action), &e.Object, &e.Address,
	}
}

// auditValues returns the auditColumns of an entry about the subject.
func auditValues(subject domain.UserID, e *domain.AuditEntry) []any {
	return []any{subject, e.ID, millis(e.At), e.Actor, e.Action, e.Object, e.Address}
}

// InsertAudit adds an entry.
func (a *Audits) InsertAudit(ctx context.Context, entry domain.AuditEntry) error {
	_, err := a.store.exec(ctx, "insert an audit entry", insertAudit, auditValues(entry.Subject, &entry)...)
	return err
}

// Audits returns a page of all entries.
func (a *Audits) Audits(ctx context.Context, page ports.Page) ([]domain.AuditEntry, error) {
	return list(ctx, a.store, "list audit entries", auditFields, allAudits, page.After.At.UnixMilli(), page.After.ID, page.Limit)
}

// AuditsOf returns a page of the entries about a person, or with "" about the installation.
func (a *Audits) AuditsOf(ctx context.Context, subject domain.UserID, page ports.Page) ([]domain.AuditEntry, error) {
	return list(ctx, a.store, "list the audit entries about a person", auditFields, auditsOf, subject,
		page.After.At.UnixMilli(), page.After.ID, page.Limit)
}
