package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Deletions = (*Store)(nil)

type deletionRecord struct {
	Key         domain.UserID  `bson:"_id"`
	Owner       domain.UserID  `bson:"user_id"`
	RequestedAt *bson.DateTime `bson:"requested_at"`
	Cleared     []domain.Part  `bson:"cleared"`
	Finished    []domain.Part  `bson:"finished"`
	Rev         int64          `bson:"rev"`
}

func newDeletionRecord(d domain.Deletion) deletionRecord {
	return deletionRecord{
		Key: d.Owner, Owner: d.Owner, RequestedAt: date(d.RequestedAt), Cleared: append([]domain.Part{}, d.Cleared...),
		Finished: append([]domain.Part{}, d.Finished...), Rev: d.Rev,
	}
}

func (r deletionRecord) deletion() domain.Deletion {
	return domain.Deletion{
		Owner: r.Owner, RequestedAt: instant(r.RequestedAt), Cleared: append([]domain.Part{}, r.Cleared...),
		Finished: append([]domain.Part{}, r.Finished...), Rev: r.Rev,
	}
}

// InsertDeletion adds a deletion, unless there is one of this person.
func (s *Store) InsertDeletion(ctx context.Context, deletion domain.Deletion) error {
	_, err := s.deletions.InsertOne(ctx, newDeletionRecord(deletion))
	if driver.IsDuplicateKeyError(err) {
		return nil
	}
	return failure(ctx, "inserting a deletion", err)
}

// Deletions returns a part of all deletions.
func (s *Store) Deletions(ctx context.Context, page ports.Page) ([]domain.Deletion, error) {
	filter := behind(bson.D{}, "requested_at", "user_id", page.After)
	records, err := findList[deletionRecord](ctx, s.deletions, "deletions", filter, inOrder("requested_at", "user_id", page.Limit))
	deletions := make([]domain.Deletion, len(records))
	for i, r := range records {
		deletions[i] = r.deletion()
	}
	return deletions, err
}

// UpdateDeletion changes a deletion.
func (s *Store) UpdateDeletion(ctx context.Context, owner domain.UserID, edit func(*domain.Deletion) error) (domain.Deletion, error) {
	read := func() (domain.Deletion, error) {
		r, err := findOne[deletionRecord](ctx, s.deletions, "deletion", userKey(owner))
		if err != nil {
			return domain.Deletion{}, err
		}
		return r.deletion(), nil
	}
	return ports.Update(ctx, "deletion", read, edit, func(before, after *domain.Deletion) (bool, error) {
		after.Owner, after.RequestedAt, after.Rev = before.Owner, before.RequestedAt, before.Rev+1
		record := newDeletionRecord(*after)
		*after = record.deletion()
		done, err := setWhere(ctx, s.deletions, append(userKey(owner), bson.E{Key: "rev", Value: before.Rev}), bson.D{
			{Key: "cleared", Value: record.Cleared}, {Key: "finished", Value: record.Finished}, {Key: "rev", Value: record.Rev},
		})
		return done, failure(ctx, "updating a deletion", err)
	})
}

// RemoveDeletion removes a deletion.
func (s *Store) RemoveDeletion(ctx context.Context, owner domain.UserID) error {
	_, err := s.deletions.DeleteOne(ctx, userKey(owner))
	return failure(ctx, "removing a deletion", err)
}
