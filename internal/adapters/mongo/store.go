// Package mongo stores everything in MongoDB, or in what speaks its protocol. It needs only what such servers have in
// common: writes of one document, unique indexes, filters and sorts. What spans documents is ordered so that a crash in
// between cannot be seen, and is completed or undone by Sweep.
package mongo

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// How long calls may take whose context says nothing, and how long they wait for a server that is away. The connection
// string may say otherwise.
const (
	callTime      = 15 * time.Second
	selectionTime = 5 * time.Second
	connectTime   = 5 * time.Second
)

// Store is a database on a MongoDB server. All methods may be called at the same time.
type Store struct {
	client   *driver.Client
	database *driver.Database

	users, sessions, tokens, configs *driver.Collection
	apiTokens, places, attempts      *driver.Collection
	audits, deletions, requests      *driver.Collection
	decks, cards, intents            *driver.Collection
	events, learningSessions         *driver.Collection
	learningSettings, cachedMonths   *driver.Collection
	notes, usage                     *driver.Collection
	contents, contentTexts           *driver.Collection
	blobs, jobs                      *driver.Collection
	schemas                          *driver.Collection

	// now dates what no caller dates: tombstones, intents and the lease of a migration.
	now func() time.Time
	// interrupt stops a method between two of its writes when it returns an error. Tests set it to see what a crash leaves.
	interrupt func(step) error
}

// step names a place between two writes of one method.
type step string

const (
	eventsStored     step = "events are stored, memories are not"
	intentStored     step = "an intent is stored, its cards are not"
	cardsStored      step = "cards are stored, their intent is open"
	intentDecided    step = "an intent is decided, its cards are hidden"
	deckTombstoned   step = "a deck is a tombstone, its cards are there"
	tombstoneEmptied step = "the cards of a tombstone are deleted, it is there"
	textsStored      step = "texts are stored, their content does not name them"
	textsNamed       step = "a content names new texts, its old ones are there"
	contentDeleted   step = "a content is deleted, its texts are there"
)

// Open returns the store in a database of the server of a connection string. It does not wait for the server: Ping
// tells whether it answers. An error means that the connection string is wrong.
func Open(_ context.Context, uri, database string) (*Store, error) {
	return open(options.Client().ApplyURI(uri), database)
}

// open connects with options that came from a connection string, and may hold what tests want beside it.
func open(given *options.ClientOptions, database string) (*Store, error) {
	defaults := options.Client().SetAppName("spacey").
		SetTimeout(callTime).SetServerSelectionTimeout(selectionTime).SetConnectTimeout(connectTime)
	journal := true
	promised := options.Client().SetReadPreference(readpref.Primary()).SetReadConcern(readconcern.Majority()).
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal})
	client, err := driver.Connect(defaults, given, promised)
	if err != nil {
		return nil, domain.WrapError(domain.CodeInternal, "The connection string of MongoDB must look like mongodb://host:27017/.", err)
	}
	db := client.Database(database)
	return &Store{
		client: client, database: db,
		users: db.Collection(usersName), sessions: db.Collection(sessionsName), tokens: db.Collection(tokensName),
		apiTokens: db.Collection(apiTokensName), places: db.Collection(placesName), attempts: db.Collection(attemptsName),
		audits: db.Collection(auditsName), deletions: db.Collection(deletionsName), requests: db.Collection(requestsName),
		configs: db.Collection(configsName), decks: db.Collection(decksName), cards: db.Collection(cardsName),
		intents: db.Collection(intentsName), events: db.Collection(eventsName),
		learningSessions: db.Collection(learningSessionsName), learningSettings: db.Collection(learningSettingsName),
		cachedMonths: db.Collection(cachedMonthsName), notes: db.Collection(notesName), usage: db.Collection(usageName),
		contents: db.Collection(contentsName), contentTexts: db.Collection(contentTextsName),
		blobs: db.Collection(blobsName), jobs: db.Collection(jobsName),
		schemas:   db.Collection(schemasName),
		now:       func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) },
		interrupt: func(step) error { return nil },
	}, nil
}

// Ports returns the storage ports.
func (s *Store) Ports() ports.Storage {
	return ports.Storage{
		Users: s, Sessions: s, OneTimeTokens: s, APITokens: s, SignInPlaces: s, SignInAttempts: s, Audits: s, Deletions: s,
		Erasure: s, Idempotency: s, Configs: s, Decks: s, PublishedDecks: s, Cards: s, ReviewLog: s,
		DayEvents: s, RecentEvents: s, Memories: s, Suspensions: s, StudyQueue: s, LearningSettings: s, Projections: s,
		EventFacts: s, Statistics: s, LearningSessions: s, Notes: s, GenerationUsage: s,
		Contents: s, ContentLists: s, Blobs: s, Jobs: s, CardSearch: s, Search: s,
		Sweeper: s, Archive: s.archive(),
	}
}

// Ping asks whether the server answers. CodeUnavailable when it does not.
func (s *Store) Ping(ctx context.Context) error {
	return failure(ctx, "asking MongoDB whether it answers", s.client.Ping(ctx, readpref.Primary()))
}

// Close closes the connections when no call uses them any more, at the latest when ctx ends.
func (s *Store) Close(ctx context.Context) error {
	if err := s.client.Disconnect(ctx); err != nil {
		return fmt.Errorf("closing the connections to MongoDB: %w", err)
	}
	return nil
}

// A person's keys lie between the owner with keySeparator and the owner with keysEnd, the character after it.
const (
	keySeparator = ":"
	keysEnd      = ";"
)

// key returns the _id of an object of a person.
func key[ID ~string](owner domain.UserID, id ID) string {
	return string(owner) + keySeparator + string(id)
}

// ofOwner returns the filter for all objects of a person.
func ofOwner(owner domain.UserID) bson.D { return bson.D{{Key: "user_id", Value: owner}} }

// ownKey returns the filter for one object of a person. The owner is named beside the key so that a server that spreads
// people over shards knows where to look.
func ownKey[ID ~string](owner domain.UserID, id ID) bson.D {
	return bson.D{{Key: "_id", Value: key(owner, id)}, {Key: "user_id", Value: owner}}
}

// keys returns the _ids of objects of a person.
func keys[ID ~string](owner domain.UserID, ids []ID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = key(owner, id)
	}
	return list
}

// ownKeys returns the filter for several objects of a person.
func ownKeys[ID ~string](owner domain.UserID, ids []ID) bson.D {
	return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys(owner, ids)}}}, {Key: "user_id", Value: owner}}
}

// ownKeysBehind returns the filter for all objects of a person whose ids are behind one.
func ownKeysBehind[ID ~string](owner domain.UserID, after ID) bson.D {
	return bson.D{
		{Key: "_id", Value: bson.D{{Key: "$gt", Value: key(owner, after)}, {Key: "$lt", Value: string(owner) + keysEnd}}},
		{Key: "user_id", Value: owner},
	}
}
