package mongo

import (
	"context"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Owners returns the people of whom anything is stored. What is being added, and the cards of a deck that was deleted,
// count too until a sweep.
func (s *Store) Owners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	return nextOwners(ctx, after, limit, []*ownerSource{
		{in: s.users, field: "_id"}, {in: s.learningSettings, field: "_id"}, {in: s.deletions, field: "_id"},
		{in: s.apiTokens, field: "user_id"}, {in: s.places, field: "_id", end: keysEnd}, {in: s.audits, field: "user_id"},
		{in: s.sessions, field: "_id", end: keysEnd}, {in: s.learningSessions, field: "_id", end: keysEnd},
		{in: s.decks, field: "user_id"}, {in: s.cards, field: "user_id"}, {in: s.events, field: "user_id"},
		{in: s.notes, field: "user_id"}, {in: s.contents, field: "user_id"}, {in: s.blobs, field: "_id", end: keysEnd},
		{in: s.jobs, field: "_id", end: keysEnd},
	})
}

// nextOwners returns the owners of what is in some collections, in order. It jumps from one person to the next, so that it
// costs as much as there are people, however much each of them has.
func nextOwners(ctx context.Context, after domain.UserID, limit int, sources []*ownerSource) ([]domain.UserID, error) {
	owners := []domain.UserID{}
	for _, source := range sources {
		source.behind = string(after)
	}
	for len(owners) < limit {
		var next domain.UserID
		for _, source := range sources {
			if err := source.pass(ctx, after); err != nil {
				return nil, err
			}
			if !source.ended && (next == "" || source.at < next) {
				next = source.at
			}
		}
		if next == "" {
			break
		}
		owners = append(owners, next)
		after = next
	}
	return owners, nil
}

// ownerSource is a collection of what people own, and how far its owners have been read.
type ownerSource struct {
	in *driver.Collection
	// field begins an index, and is or begins with the owner. end is what comes behind all values that begin with an owner;
	// that these are in the order of the owners rests on ids of people being of one length.
	field, end string
	// behind is the value from which the next owner is looked for, at the last owner that was found.
	behind string
	at     domain.UserID
	ended  bool
}

// pass goes to the first owner behind one, when it is not there yet.
func (o *ownerSource) pass(ctx context.Context, after domain.UserID) error {
	for !o.ended && o.at <= after {
		record, err := findOne[bson.M](ctx, o.in, "owner", bson.D{{Key: o.field, Value: bson.D{{Key: "$gt", Value: o.behind}}}},
			options.FindOne().SetSort(bson.D{{Key: o.field, Value: 1}}).SetProjection(fields(o.field)))
		if domain.CodeOf(err) == domain.CodeNotFound {
			o.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		value, _ := record[o.field].(string)
		if o.end != "" {
			value, _, _ = strings.Cut(value, keySeparator)
		}
		o.at, o.behind = domain.UserID(value), value+o.end
	}
	return nil
}
