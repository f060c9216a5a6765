package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Sweeper = (*Store)(nil)

// How old things must be, and how many of a kind one sweep takes.
const (
	// intentAge is when an intent's maker is taken to have stopped: no call lasts that long.
	intentAge = time.Minute
	// intentLinger is how long a dropped intent stays, since the server may be working on an insert that was given up.
	intentLinger = time.Hour
	// tombstoneAge is when no call can be under way any more that saw the deck.
	tombstoneAge = 24 * time.Hour

	sweepExpired    = 500
	sweepIntents    = 20
	sweepTombstones = 20
)

// Sweep removes what has expired, completes or undoes intents to add cards, and removes old tombstones with the cards
// that came into their decks after these were deleted.
func (s *Store) Sweep(ctx context.Context, now time.Time) (bool, error) {
	done := true
	for _, sweep := range []func(context.Context, time.Time) (bool, error){
		func(ctx context.Context, now time.Time) (bool, error) {
			return sweepExpiry(ctx, s.sessions, "sign-ins", now)
		},
		func(ctx context.Context, now time.Time) (bool, error) {
			return sweepExpiry(ctx, s.tokens, "tokens", now)
		},
		s.sweepIntents, s.sweepTombstones,
	} {
		finished, err := sweep(ctx, now)
		if err != nil {
			return false, err
		}
		done = done && finished
	}
	return done, nil
}

// earlier returns the condition that a date is before a time. Null is no date and not before.
func earlier(field string, than time.Time) bson.D {
	return bson.D{{Key: field, Value: bson.D{{Key: "$lt", Value: bson.NewDateTimeFromTime(than)}}}}
}

func sweepExpiry(ctx context.Context, from *driver.Collection, what string, now time.Time) (bool, error) {
	type record struct {
		Key string `bson:"_id"`
	}
	expired, err := findList[record](ctx, from, what, earlier("expires_at", now),
		options.Find().SetProjection(fields("_id")).SetLimit(sweepExpired))
	if err != nil || len(expired) == 0 {
		return true, err
	}
	keys := make([]string, len(expired))
	for i, r := range expired {
		keys[i] = r.Key
	}
	_, err = from.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}})
	return len(expired) < sweepExpired, failure(ctx, "removing expired "+what, err)
}

// sweepIntents deals with each intent so that it is not due any more.
func (s *Store) sweepIntents(ctx context.Context, now time.Time) (bool, error) {
	filter := earlier("sweep_at", now)
	intents, err := findList[intentRecord](ctx, s.intents, "intents", filter, options.Find().SetLimit(sweepIntents))
	if err != nil {
		return false, err
	}
	for _, intent := range intents {
		if err = s.sweepIntent(ctx, intent, now); err != nil {
			return false, err
		}
	}
	return len(intents) < sweepIntents, nil
}

func (s *Store) sweepTombstones(ctx context.Context, now time.Time) (bool, error) {
	filter := earlier("deleted_at", now.Add(-tombstoneAge))
	tombstones, err := findList[deckRecord](ctx, s.decks, "tombstones", filter, options.Find().SetLimit(sweepTombstones))
	if err != nil {
		return false, err
	}
	for _, deck := range tombstones {
		if err = s.deleteCardsOf(ctx, deck.Owner, deck.ID); err != nil {
			return false, err
		}
		if err = s.interrupt(tombstoneEmptied); err != nil {
			return false, err
		}
		if _, err = s.decks.DeleteOne(ctx, append(ownKey(deck.Owner, deck.ID), bson.E{Key: "deleted_at", Value: deck.DeletedAt})); err != nil {
			return false, failure(ctx, "removing a tombstone", err)
		}
	}
	return len(tombstones) < sweepTombstones, nil
}
