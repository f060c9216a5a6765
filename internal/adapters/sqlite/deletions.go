package sqlite

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
	insertDeletion  query = "INSERT INTO deletions (" + deletionColumns + ") VALUES (?, ?, ?, ?, ?)"
	requestDeletion query = insertDeletion + " ON CONFLICT (user_id) DO NOTHING"
	deletionOf      query = "SELECT " + deletionColumns + " FROM deletions WHERE user_id = ?"
	allDeletions    query = "SELECT " + deletionColumns + ` FROM deletions WHERE (requested_at, user_id) > (?, ?)
		ORDER BY requested_at, user_id LIMIT ?`
	updateDeletion query = "UPDATE deletions SET cleared = ?, finished = ?, rev = ? WHERE user_id = ? AND rev = ?"
	removeDeletion query = "DELETE FROM deletions WHERE user_id = ?"
)

// deletionFields returns where deletionColumns go.
func deletionFields(d *domain.Deletion) []any {
	return []any{
		(*string)(&d.Owner), instant{&d.RequestedAt}, textsColumn[domain.Part]{&d.Cleared}, textsColumn[domain.Part]{&d.Finished}, &d.Rev,
	}
}

// deletionValues returns the deletionColumns of the deletion of the owner.
func deletionValues(owner domain.UserID, d *domain.Deletion) []any {
	return []any{
		owner, millis(d.RequestedAt), textsColumn[domain.Part]{&d.Cleared}, textsColumn[domain.Part]{&d.Finished}, d.Rev,
	}
}

// InsertDeletion adds a deletion, if there is none of this person.
func (d *Deletions) InsertDeletion(ctx context.Context, deletion domain.Deletion) error {
	_, err := d.store.exec(ctx, "insert a deletion", requestDeletion, deletionValues(deletion.Owner, &deletion)...)
	return err
}

// Deletions returns a page of all deletions.
func (d *Deletions) Deletions(ctx context.Context, page ports.Page) ([]domain.Deletion, error) {
	return list(ctx, d.store, "list deletions", deletionFields, allDeletions, page.After.At.UnixMilli(), page.After.ID, page.Limit)
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

// UpdateDeletion changes a deletion and returns it as stored.
func (d *Deletions) UpdateDeletion(
	ctx context.Context, owner domain.UserID, edit func(*domain.Deletion) error,
) (domain.Deletion, error) {
	read := func() (domain.Deletion, error) { return d.one(ctx, owner) }
	return ports.Update(ctx, "deletion", read, edit, func(before, deletion *domain.Deletion) (bool, error) {
		deletion.Owner, deletion.RequestedAt, deletion.Rev = before.Owner, before.RequestedAt, before.Rev+1
		deletion.Cleared, deletion.Finished = storedTexts(deletion.Cleared), storedTexts(deletion.Finished)
		rows, err := d.store.exec(ctx, "update a deletion", updateDeletion, textsColumn[domain.Part]{&deletion.Cleared},
			textsColumn[domain.Part]{&deletion.Finished}, deletion.Rev, owner, before.Rev)
		return rows == 1, err
	})
}

// RemoveDeletion removes a deletion.
func (d *Deletions) RemoveDeletion(ctx context.Context, owner domain.UserID) error {
	_, err := d.store.exec(ctx, "remove a deletion", removeDeletion, owner)
	return err
}
