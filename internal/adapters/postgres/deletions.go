package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Deletions stores which people are to be removed.
type Deletions struct{ store *Store }

var _ ports.Deletions = (*Deletions)(nil)

const (
	deletionColumns       = "user_id, requested_at, cleared, finished, rev"
	insertDeletion  query = "INSERT INTO deletions (" + deletionColumns + ") VALUES ($1, $2, $3, $4, $5)"
	// insertFirstDeletion writes nothing when there is one.
	insertFirstDeletion query = insertDeletion + " ON CONFLICT (user_id) DO NOTHING"
	deletionOf          query = "SELECT " + deletionColumns + " FROM deletions WHERE user_id = $1"
	allDeletions        query = "SELECT " + deletionColumns + ` FROM deletions WHERE (requested_at, user_id) > ($1, $2)
		ORDER BY requested_at, user_id LIMIT $3`
	updateDeletion query = "UPDATE deletions SET cleared = $3, finished = $4, rev = $2 + 1 WHERE user_id = $1 AND rev = $2"
	removeDeletion query = "DELETE FROM deletions WHERE user_id = $1"
)

// deletionFields returns where deletionColumns go.
func deletionFields(d *domain.Deletion) []any {
	return []any{(*string)(&d.Owner), instant{&d.RequestedAt}, &d.Cleared, &d.Finished, &d.Rev}
}

// deletionValues returns the deletionColumns of the deletion of the owner.
func deletionValues(owner domain.UserID, d *domain.Deletion) []any {
	return []any{string(owner), stored(d.RequestedAt), array(d.Cleared), array(d.Finished), d.Rev}
}

// InsertDeletion adds a deletion, unless there is one of this person.
func (d *Deletions) InsertDeletion(ctx context.Context, deletion domain.Deletion) error {
	_, err := d.store.exec(ctx, "insert a deletion", insertFirstDeletion, deletionValues(deletion.Owner, &deletion)...)
	return err
}

// Deletions returns a page of all deletions, in order of RequestedAt, then owner.
func (d *Deletions) Deletions(ctx context.Context, page ports.Page) ([]domain.Deletion, error) {
	return list(ctx, d.store, "list deletions", deletionFields, allDeletions, stored(page.After.At), page.After.ID, page.Limit)
}

// UpdateDeletion changes a deletion and returns it as stored.
func (d *Deletions) UpdateDeletion(
	ctx context.Context, owner domain.UserID, edit func(*domain.Deletion) error,
) (domain.Deletion, error) {
	read := func() (domain.Deletion, error) { return d.one(ctx, owner) }
	return ports.Update(ctx, "deletion", read, edit, func(before, deletion *domain.Deletion) (bool, error) {
		deletion.Owner, deletion.RequestedAt, deletion.Rev = before.Owner, before.RequestedAt, before.Rev+1
		deletion.Cleared, deletion.Finished = append([]domain.Part{}, deletion.Cleared...), append([]domain.Part{}, deletion.Finished...)
		rows, err := d.store.exec(ctx, "update a deletion", updateDeletion, string(owner), before.Rev,
			array(deletion.Cleared), array(deletion.Finished))
		return rows == 1, err
	})
}

func (d *Deletions) one(ctx context.Context, owner domain.UserID) (domain.Deletion, error) {
	var deletion domain.Deletion
	found, err := d.store.row(ctx, "read a deletion", deletionOf, []any{string(owner)}, deletionFields(&deletion)...)
	if err == nil && !found {
		err = domain.NotFound("deletion")
	}
	if err != nil {
		return domain.Deletion{}, err
	}
	return deletion, nil
}

// RemoveDeletion removes a deletion.
func (d *Deletions) RemoveDeletion(ctx context.Context, owner domain.UserID) error {
	_, err := d.store.exec(ctx, "remove a deletion", removeDeletion, string(owner))
	return err
}
