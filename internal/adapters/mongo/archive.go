package mongo

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// replacedAtOnce is how many documents one call replaces: a server may take its time for each.
const replacedAtOnce = 50

// shelf is one kind of what is stored, in its collection as records.
type shelf[T, R any] struct {
	in *driver.Collection
	// items names what is on the shelf, for errors.
	items string
	keys  keying
	// record returns an item as it is stored, item the other way round. key returns an item's key.
	record func(T) R
	item   func(R) T
	key    func(T) string
	// shown, if it is set, returns those records of an owner that people know of.
	shown func(context.Context, domain.UserID, []R) ([]R, error)
}

var (
	_ ports.Shelf[domain.User] = (*shelf[domain.User, userRecord])(nil)
	_ ports.Owners             = (*Store)(nil)
	_ ports.EventShelf         = (*Store)(nil)
)

// keying says how the _id of a kind follows from owner and key. Its filters are nil when they would find nothing.
type keying struct {
	one    func(owner domain.UserID, key string) bson.D
	named  func(owner domain.UserID, keys []string) bson.D
	behind func(owner domain.UserID, after string) bson.D
}

var (
	// keyed is what people own: the _id is made of owner and key.
	keyed = keying{ownKey[string], ownKeys[string], ownKeysBehind[string]}
	// unowned is what nobody owns: the _id is the key, and the owner is empty.
	unowned = keying{
		one: func(_ domain.UserID, key string) bson.D { return bson.D{{Key: "_id", Value: key}} },
		named: func(owner domain.UserID, keys []string) bson.D {
			if owner != "" {
				return nil
			}
			return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}
		},
		behind: func(owner domain.UserID, after string) bson.D {
			if owner != "" {
				return nil
			}
			return bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}}
		},
	}
)

// single is what everybody has one of: key and _id are the owner.
func single(filter func(domain.UserID) bson.D) keying {
	return keying{
		one: func(owner domain.UserID, _ string) bson.D { return filter(owner) },
		named: func(owner domain.UserID, keys []string) bson.D {
			if !slices.Contains(keys, string(owner)) {
				return nil
			}
			return filter(owner)
		},
		behind: func(owner domain.UserID, after string) bson.D {
			if string(owner) <= after {
				return nil
			}
			return filter(owner)
		},
	}
}

// Page returns items of the owner in order of the bytes of their keys. It reads on behind what is not shown until the page
// is full.
func (s *shelf[T, R]) Page(ctx context.Context, owner domain.UserID, after string, limit int) ([]T, error) {
	page := []T{}
	for {
		filter, missing := s.keys.behind(owner, after), limit-len(page)
		if filter == nil {
			return page, nil
		}
		records, err := findList[R](ctx, s.in, s.items, filter,
			options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(missing)))
		if err != nil {
			return nil, err
		}
		last := len(records) < missing
		if !last {
			after = s.key(s.item(records[missing-1]))
		}
		if s.shown != nil {
			if records, err = s.shown(ctx, owner, records); err != nil {
				return nil, err
			}
		}
		for _, record := range records {
			page = append(page, s.item(record))
		}
		if last || len(page) == limit {
			return page, nil
		}
	}
}

// Put stores items as they are. Most are new when data are moved, so all are inserted first, in one call, and those that
// are refused replace what is there, in some calls more.
func (s *shelf[T, R]) Put(ctx context.Context, owner domain.UserID, items []T) error {
	if len(items) == 0 {
		return nil
	}
	records := make([]R, len(items))
	for i, item := range items {
		records[i] = s.record(item)
	}
	_, err := s.in.InsertMany(ctx, records, options.InsertMany().SetOrdered(false))
	refused, ok := duplicates(err)
	if !ok {
		return failure(ctx, "inserting "+s.items, err)
	}
	for part := range slices.Chunk(refused, replacedAtOnce) {
		replacements := make([]driver.WriteModel, len(part))
		for i, at := range part {
			replacements[i] = driver.NewReplaceOneModel().SetFilter(s.keys.one(owner, s.key(items[at]))).
				SetReplacement(records[at]).SetUpsert(true)
		}
		_, err := s.in.BulkWrite(ctx, replacements) // in order, so that of two items of one key the last stays
		// A document of the same _id would have been replaced, and only accounts and notes have another unique key.
		if driver.IsDuplicateKeyError(err) {
			return s.taken(err)
		}
		if err != nil {
			return failure(ctx, "replacing "+s.items, err)
		}
	}
	return nil
}

// taken returns the error for an item of which another one has a unique key that is not its own.
func (s *shelf[T, R]) taken(cause error) error {
	if s.in.Name() == usersName {
		return emailTaken(cause)
	}
	return domain.WrapError(domain.CodeConflict, "Another one of the "+s.items+" has the same id.", cause)
}

// duplicates returns which documents of an insert were refused because one of their keys is taken. It is not ok when
// anything else went wrong.
func duplicates(err error) (refused []int, ok bool) {
	if err == nil {
		return nil, true
	}
	var failed driver.BulkWriteException
	if !errors.As(err, &failed) || failed.WriteConcernError != nil {
		return nil, false
	}
	for _, write := range failed.WriteErrors {
		if !driver.IsDuplicateKeyError(write.WriteError) {
			return nil, false
		}
		refused = append(refused, write.Index)
	}
	slices.Sort(refused)
	return refused, len(refused) > 0
}

// Remove removes items of the owner by their keys.
func (s *shelf[T, R]) Remove(ctx context.Context, owner domain.UserID, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	filter := s.keys.named(owner, keys)
	if filter == nil {
		return nil
	}
	_, err := s.in.DeleteMany(ctx, filter)
	return failure(ctx, "removing "+s.items, err)
}

// PutEvents adds events to a person's log, and leaves the memories. They are written in order, as those of Append are.
func (s *Store) PutEvents(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	if len(events) == 0 {
		return nil
	}
	if err := s.checkAppend(ctx, owner, events); err != nil {
		return err
	}
	_, err := s.insertEvents(ctx, owner, events)
	return err
}
