package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
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
	// apiTokenLinger is how long a token that has expired stays, so that its owner sees why a program has stopped.
	apiTokenLinger = 30 * 24 * time.Hour
	// usageLinger is how long it is kept what people have used on a day.
	usageLinger = 2 * 24 * time.Hour

	sweepExpired    = 500
	sweepIntents    = 20
	sweepTombstones = 20
)

// Sweep removes what has expired, completes or undoes intents to add cards, and removes old tombstones with the cards
// that came into their decks after these were deleted, and texts that no content names.
func (s *Store) Sweep(ctx context.Context, now time.Time) (bool, error) {
	done := true
	for _, sweep := range []func(context.Context, time.Time) (bool, error){
		s.sweepExpired, s.sweepUsage, s.sweepIntents, s.sweepTombstones, s.sweepTexts,
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

// sweepExpired removes what has expired. It may be renewed in between, since some keys are used again; then it stays.
func (s *Store) sweepExpired(ctx context.Context, now time.Time) (bool, error) {
	done := true
	for _, c := range []struct {
		belongings
		field string
		// kept is how long it stays after the time of the field.
		kept time.Duration
	}{
		{belongings{s.sessions, "expired sign-ins"}, "expires_at", 0},
		{belongings{s.tokens, "expired tokens"}, "expires_at", 0},
		{belongings{s.apiTokens, "expired API tokens"}, "expires_at", apiTokenLinger},
		{belongings{s.places, "forgotten places"}, "last_seen", domain.SignInPlaceLifetime},
		{belongings{s.attempts, "expired counts of failed sign-ins"}, "expires_at", 0},
		{belongings{s.requests, "expired requests"}, "expires_at", 0},
		{belongings{s.audits, "old audit entries"}, "at", domain.AuditLifetime},
	} {
		expired := earlier(c.field, now.Add(-c.kept))
		gone, err := removeSome(ctx, c.in, c.what, expired, expired, sweepExpired)
		if err != nil {
			return false, err
		}
		done = done && gone
	}
	return done, nil
}

// sweepUsage removes what was used on days that are long over, whatever calendar they are of.
func (s *Store) sweepUsage(ctx context.Context, now time.Time) (bool, error) {
	first := now.Add(-usageLinger).Unix() / int64((24 * time.Hour).Seconds())
	old := bson.D{{Key: "day", Value: bson.D{{Key: "$lt", Value: first}}}}
	return removeSome(ctx, s.usage, "old counts of the use of language models", old, old, sweepExpired)
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
