package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Audits = (*Store)(nil)

// auditRecord is an entry of the audit log. Its owner is the subject, empty for the installation.
type auditRecord struct {
	Key     string              `bson:"_id"`
	Subject domain.UserID       `bson:"user_id"`
	ID      domain.AuditEntryID `bson:"id"`
	At      *bson.DateTime      `bson:"at"`
	Actor   string              `bson:"actor"`
	Action  domain.Action       `bson:"action"`
	Object  string              `bson:"object"`
	Address string              `bson:"address"`
}

func newAuditRecord(e domain.AuditEntry) auditRecord {
	return auditRecord{
		Key: key(e.Subject, e.ID), Subject: e.Subject, ID: e.ID, At: date(e.At), Actor: e.Actor, Action: e.Action,
		Object: e.Object, Address: e.Address,
	}
}

func (r auditRecord) entry() domain.AuditEntry {
	return domain.AuditEntry{
		ID: r.ID, At: instant(r.At), Subject: r.Subject, Actor: r.Actor, Action: r.Action, Object: r.Object, Address: r.Address,
	}
}

// InsertAudit adds an entry.
func (s *Store) InsertAudit(ctx context.Context, entry domain.AuditEntry) error {
	_, err := s.audits.InsertOne(ctx, newAuditRecord(entry))
	return inserted(ctx, "audit entry", err)
}

// Audits returns a part of all entries.
func (s *Store) Audits(ctx context.Context, page ports.Page) ([]domain.AuditEntry, error) {
	return s.auditList(ctx, bson.D{}, page)
}

// AuditsOf returns a part of the entries about a person, or about the installation.
func (s *Store) AuditsOf(ctx context.Context, subject domain.UserID, page ports.Page) ([]domain.AuditEntry, error) {
	return s.auditList(ctx, ofOwner(subject), page)
}

func (s *Store) auditList(ctx context.Context, filter bson.D, page ports.Page) ([]domain.AuditEntry, error) {
	filter = behind(filter, "at", "id", page.After)
	records, err := findList[auditRecord](ctx, s.audits, "audit entries", filter, inOrder("at", "id", page.Limit))
	entries := make([]domain.AuditEntry, len(records))
	for i, r := range records {
		entries[i] = r.entry()
	}
	return entries, err
}
