package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Erasure = (*Store)(nil)

// eraseAtOnce is how many documents of a collection one call removes.
const eraseAtOnce = 500

// eraseLargeAtOnce is how many one call removes where a document has up to some megabytes: texts of contents, and parts of files.
const eraseLargeAtOnce = 25

// belongings is a collection of what people own, for errors with the name of what is in it.
type belongings struct {
	in   *driver.Collection
	what string
}

// EraseAccount removes the account first: nobody signs in without it.
func (s *Store) EraseAccount(ctx context.Context, owner domain.UserID) (bool, error) {
	if owner == "" {
		return true, nil // what is about nobody stays
	}
	if _, err := s.users.DeleteOne(ctx, userKey(owner)); err != nil {
		return false, failure(ctx, "erasing an account", err)
	}
	// The keys of one-time tokens do not begin with their owner.
	tokens, err := removeSome(ctx, s.tokens, "tokens", ofOwner(owner), ofOwner(owner), eraseAtOnce)
	if err != nil {
		return false, err
	}
	others, err := eraseAll(ctx, owner, []belongings{
		{s.sessions, "sign-ins"}, {s.apiTokens, "API tokens"}, {s.places, "places"}, {s.audits, "audit entries"},
		{s.requests, "requests"},
	})
	return tokens && others, err
}

// EraseDecks removes intents, decks, then cards.
//
// An intent that is gone cannot be decided, so cards that are being added stay out of sight; a sweep that is showing them
// changes only cards that are there. Decks go before cards, since nothing is added to a deck that is not there. A call that
// saw the deck may add a card all the same, and a maker whose intent is gone may leave hidden ones when it crashes: cards
// are found by their owner, not by deck or intent, so the next erasure removes these too, and there is one when no such
// call can be under way any more.
func (s *Store) EraseDecks(ctx context.Context, owner domain.UserID) (bool, error) {
	return eraseAll(ctx, owner, []belongings{{s.intents, "intents"}, {s.decks, "decks"}, {s.cards, "cards"}})
}

// EraseLearning removes what was learned, then makes the cards that are there new: a memory that is settled by then
// follows from an event that is gone.
func (s *Store) EraseLearning(ctx context.Context, owner domain.UserID) (bool, error) {
	if _, err := s.learningSettings.DeleteOne(ctx, settingsKey(owner)); err != nil {
		return false, failure(ctx, "erasing learning settings", err)
	}
	// The newest events go first: what is left of the log has no gaps.
	unlogged, err := removeSome(ctx, s.events, "events", ofOwner(owner), ofOwner(owner), eraseAtOnce, newestFirst...)
	if err != nil {
		return false, err
	}
	removed, err := eraseAll(ctx, owner, []belongings{
		{s.learningSessions, "learning sessions"}, {s.cachedMonths, "cached months"},
	})
	if err != nil {
		return false, err
	}
	forgotten, err := s.forgetMemories(ctx, owner)
	return unlogged && removed && forgotten, err
}

// EraseGeneration removes jobs, and when none is left contents, texts, files, notes and what was counted. Texts that a call stores which is
// under way yet are seen by nobody, and go with a sweep.
func (s *Store) EraseGeneration(ctx context.Context, owner domain.UserID) (bool, error) {
	done, err := eraseAll(ctx, owner, []belongings{{s.jobs, "jobs"}})
	if err != nil || !done {
		return false, err
	}
	small, err := eraseAll(ctx, owner, []belongings{
		{s.contents, "contents"}, {s.notes, "notes"}, {s.usage, "counts of the use of language models"},
	})
	if err != nil {
		return false, err
	}
	large, err := eraseSome(ctx, owner, []belongings{{s.contentTexts, "texts of contents"}, {s.blobs, "parts of files"}}, eraseLargeAtOnce)
	return small && large, err
}

// eraseAll removes a part of what a person owns in collections whose keys begin with the owner. It is done when nothing
// is left.
func eraseAll(ctx context.Context, owner domain.UserID, collections []belongings) (bool, error) {
	return eraseSome(ctx, owner, collections, eraseAtOnce)
}

// eraseSome is eraseAll with a limit of its own.
func eraseSome(ctx context.Context, owner domain.UserID, collections []belongings, limit int) (bool, error) {
	done := true
	for _, c := range collections {
		gone, err := removeSome(ctx, c.in, c.what, ownKeysBehind(owner, ""), ofOwner(owner), limit)
		if err != nil {
			return false, err
		}
		done = done && gone
	}
	return done, nil
}

// keyRecord is the _id of a document.
type keyRecord struct {
	Key string `bson:"_id"`
}

// someKeys returns the _ids of documents of a filter, at most limit, the first ones of an order if there is one.
func someKeys(ctx context.Context, from *driver.Collection, what string, filter bson.D, limit int, order ...bson.E) ([]string, error) {
	how := options.Find().SetProjection(fields("_id")).SetLimit(int64(limit))
	if len(order) > 0 {
		how.SetSort(bson.D(order))
	}
	records, err := findList[keyRecord](ctx, from, what, filter, how)
	keys := make([]string, len(records))
	for i, r := range records {
		keys[i] = r.Key
	}
	return keys, err
}

// removeSome removes documents of a filter, at most limit, the first ones of an order if there is one, where a condition on
// other fields than the _id still holds. It is done when nothing is left.
func removeSome(
	ctx context.Context, from *driver.Collection, what string, filter, still bson.D, limit int, order ...bson.E,
) (done bool, err error) {
	keys, err := someKeys(ctx, from, what, filter, limit, order...)
	if err != nil || len(keys) == 0 {
		return err == nil, err
	}
	_, err = from.DeleteMany(ctx, append(bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}, still...))
	return err == nil && len(keys) < limit, failure(ctx, "removing "+what, err)
}

// forgetMemories makes cards new, and lets them be asked.
func (s *Store) forgetMemories(ctx context.Context, owner domain.UserID) (bool, error) {
	filter := append(ownKeysBehind(owner, domain.CardID("")), bson.E{Key: "$or", Value: bson.A{
		bson.D{{Key: "seq", Value: bson.D{{Key: "$gt", Value: 0}}}}, bson.D{{Key: "suspended", Value: true}},
	}})
	keys, err := someKeys(ctx, s.cards, "cards", filter, eraseAtOnce)
	if err != nil || len(keys) == 0 {
		return err == nil, err
	}
	_, err = s.cards.UpdateMany(ctx, append(bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}, ofOwner(owner)...),
		bson.D{{Key: "$set", Value: struct {
			Suspended bool         `bson:"suspended"`
			Memory    memoryRecord `bson:",inline"`
		}{false, newMemoryRecord(domain.NewMemory())}}})
	return err == nil && len(keys) < eraseAtOnce, failure(ctx, "forgetting memories", err)
}
