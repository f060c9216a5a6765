package mongo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// schemaVersion counts the changes of collections, fields and indexes that stored data must follow.
//
//	1: the first one.
//	2: cards say whether they are suspended, events tell of undos, resets and imports, there are learning settings
//	and cached months.
//	3: API tokens, places and failures of signing in, the audit log, deletions and idempotent requests; sign-ins say
//	where they were opened, and accounts whether they are disabled.
//	4: notes, and what was counted of the use of language models.
//	5: contents, their texts and files, jobs, and the words by which cards, notes and contents are found.
const schemaVersion = 5

const (
	versionID = "version"
	leaseID   = "lease"
	// leaseTime is how long a migration keeps others away. What it does may be done twice, so one that takes longer does
	// no harm, and one that crashed holds nobody up for long.
	leaseTime = time.Minute
	// leasePause is how long one waits before asking again whether another migration has ended.
	leasePause = 200 * time.Millisecond
	// cardsAtATime is how many cards one write of a migration changes.
	cardsAtATime = 1000
	// migrationTime is how long building the indexes may take; the short limit of other calls does not hold for it.
	migrationTime = 6 * time.Hour
)

type versionRecord struct {
	Version int `bson:"version"`
}

// Migrate brings collections, documents and indexes up to date, or does nothing when they are. Several processes may call
// it at once; programs that need an earlier schema must have stopped. It fails when the schema is newer than this program.
func (s *Store) Migrate(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, migrationTime)
	defer cancel()
	holder := bson.NewObjectID()
	var version int
	for {
		var err error
		if version, err = s.schema(ctx); err != nil {
			return err
		}
		if version > schemaVersion {
			return newerSchema(version)
		}
		if version == schemaVersion {
			return nil
		}
		leased, err := s.lease(ctx, holder)
		if err != nil {
			return failure(ctx, "taking the lease for a migration", err)
		}
		if leased {
			break
		}
		select {
		case <-ctx.Done():
			return failure(ctx, "waiting for another migration to end", ctx.Err())
		case <-time.After(leasePause):
		}
	}
	if err := s.bringFrom(ctx, version); err != nil {
		return err
	}
	_, err := s.schemas.UpdateOne(ctx, bson.D{{Key: "_id", Value: versionID}},
		bson.D{{Key: "$set", Value: versionRecord{schemaVersion}}}, options.UpdateOne().SetUpsert(true))
	if err != nil {
		return failure(ctx, "noting the version of the schema", err)
	}
	_, err = s.schemas.DeleteOne(ctx, bson.D{{Key: "_id", Value: leaseID}, {Key: "holder", Value: holder}})
	return failure(ctx, "giving back the lease for a migration", err)
}

// CheckSchema fails with CodeSchema when the schema is older than this program, or newer. CodeUnavailable when the server does not answer.
func (s *Store) CheckSchema(ctx context.Context) error {
	version, err := s.schema(ctx)
	switch {
	case err != nil:
		return err
	case version < schemaVersion:
		return domain.NewError(domain.CodeSchema, fmt.Sprintf(
			"The schema of the MongoDB database %q has version %d and this program needs %d: run `spacey migrate`.",
			s.database.Name(), version, schemaVersion))
	case version > schemaVersion:
		return newerSchema(version)
	}
	return nil
}

// Schema returns the version of the stored schema, 0 when there is none, and that of this program. It changes nothing.
// CodeUnavailable when the server does not answer.
func (s *Store) Schema(ctx context.Context) (current, newest int64, err error) {
	version, err := s.schema(ctx)
	return int64(version), schemaVersion, err
}

func newerSchema(version int) error {
	return domain.NewError(domain.CodeSchema, fmt.Sprintf(
		"The schema of the MongoDB database has version %d, which is newer than the %d of this program: use a newer program.",
		version, schemaVersion))
}

// schema returns the version of the stored schema, 0 when there is none.
func (s *Store) schema(ctx context.Context) (int, error) {
	record, err := findOne[versionRecord](ctx, s.schemas, "version of the schema", bson.D{{Key: "_id", Value: versionID}})
	if domain.CodeOf(err) == domain.CodeNotFound {
		return 0, nil
	}
	return record.Version, err
}

// lease takes the right to migrate, unless somebody else has it.
func (s *Store) lease(ctx context.Context, holder bson.ObjectID) (bool, error) {
	now := s.now()
	until := date(now.Add(leaseTime))
	_, err := s.schemas.InsertOne(ctx, bson.D{
		{Key: "_id", Value: leaseID}, {Key: "holder", Value: holder}, {Key: "until", Value: until},
	})
	if !driver.IsDuplicateKeyError(err) {
		return err == nil, err
	}
	return setWhere(ctx, s.schemas,
		bson.D{{Key: "_id", Value: leaseID}, {Key: "until", Value: bson.D{{Key: "$lt", Value: date(now)}}}},
		bson.D{{Key: "holder", Value: holder}, {Key: "until", Value: until}})
}

// bringFrom brings collections, documents and indexes up to date from a version of the schema.
func (s *Store) bringFrom(ctx context.Context, version int) error {
	if err := s.createCollections(ctx); err != nil {
		return err
	}
	if version < 2 {
		if err := s.unsuspendCards(ctx); err != nil {
			return err
		}
	}
	if version < 5 {
		if err := s.addTerms(ctx); err != nil {
			return err
		}
	}
	if err := s.createIndexes(ctx); err != nil {
		return err
	}
	return s.dropIndexes(ctx)
}

// createCollections creates the collections that are missing.
func (s *Store) createCollections(ctx context.Context) error {
	for _, collection := range collections {
		err := s.database.CreateCollection(ctx, collection)
		var answer driver.ServerError
		if errors.As(err, &answer) && answer.HasErrorCode(namespaceExists) {
			continue
		}
		if err != nil {
			return failure(ctx, "creating the collection "+collection, err)
		}
	}
	return nil
}

// unsuspendCards gives the cards of schema version 1 the field that says whether they are suspended.
func (s *Store) unsuspendCards(ctx context.Context) error {
	after := ""
	for {
		// The _id is the only order in which a server finds all cards and needs no more than an index.
		part, err := findList[keyRecord](ctx, s.cards, "cards", bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}},
			options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(cardsAtATime).SetProjection(fields("_id")))
		if err != nil || len(part) == 0 {
			return err
		}
		last := part[len(part)-1].Key
		_, err = s.cards.UpdateMany(ctx, bson.D{
			{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}, {Key: "$lte", Value: last}}},
			{Key: "suspended", Value: bson.D{{Key: "$exists", Value: false}}},
		}, bson.D{{Key: "$set", Value: bson.D{{Key: "suspended", Value: false}}}})
		if err != nil {
			return failure(ctx, "noting that cards are not suspended", err)
		}
		after = last
	}
}

// createIndexes creates the indexes that are missing. One index a call: some servers that speak MongoDB's protocol fail
// when several of one call are there.
func (s *Store) createIndexes(ctx context.Context) error {
	for _, i := range indexes {
		_, err := s.database.Collection(i.collection).Indexes().CreateOne(ctx, driver.IndexModel{
			Keys: i.document(), Options: options.Index().SetName(i.name).SetUnique(i.unique),
		})
		if err != nil {
			return failure(ctx, "creating the index "+i.name+" of "+i.collection, err)
		}
	}
	return nil
}

// dropIndexes drops the indexes that nothing needs any more, when those that replace them are there.
func (s *Store) dropIndexes(ctx context.Context) error {
	for _, i := range droppedIndexes {
		err := s.database.Collection(i.collection).Indexes().DropOne(ctx, i.name)
		var answer driver.ServerError
		if errors.As(err, &answer) && answer.HasErrorCode(indexNotFound) {
			continue
		}
		if err != nil {
			return failure(ctx, "dropping the index "+i.name+" of "+i.collection, err)
		}
	}
	return nil
}

// The server's codes for a collection that is there, and for an index that is not.
const (
	namespaceExists = 48
	indexNotFound   = 27
)
