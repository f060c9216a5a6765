package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.SignInPlaces = (*Store)(nil)

type placeRecord struct {
	Key       string         `bson:"_id"`
	Owner     domain.UserID  `bson:"user_id"`
	Network   string         `bson:"network"`
	FirstSeen *bson.DateTime `bson:"first_seen"`
	LastSeen  *bson.DateTime `bson:"last_seen"`
}

func newPlaceRecord(p domain.SignInPlace) placeRecord {
	return placeRecord{
		Key: key(p.Owner, p.Network), Owner: p.Owner, Network: p.Network, FirstSeen: date(p.FirstSeen), LastSeen: date(p.LastSeen),
	}
}

func (r placeRecord) place() domain.SignInPlace {
	return domain.SignInPlace{Owner: r.Owner, Network: r.Network, FirstSeen: instant(r.FirstSeen), LastSeen: instant(r.LastSeen)}
}

// KnowsPlace reports whether a person has signed in from a network.
func (s *Store) KnowsPlace(ctx context.Context, owner domain.UserID, network string) (bool, error) {
	return exists(ctx, s.places, "place", ownKey(owner, network))
}

// placeTries is how often a place is looked at that is added or swept by others at the same time.
const placeTries = 5

// SeePlace notes that a person has signed in from a place. Whose insert succeeds is told that it is new.
func (s *Store) SeePlace(ctx context.Context, place domain.SignInPlace) (bool, error) {
	record := newPlaceRecord(place)
	for range placeTries {
		known, err := setWhere(ctx, s.places, ownKey(place.Owner, place.Network), bson.D{{Key: "last_seen", Value: record.LastSeen}})
		if err != nil {
			return false, failure(ctx, "noting a sign-in from a place", err)
		}
		if known {
			return true, nil
		}
		_, err = s.places.InsertOne(ctx, record)
		if !driver.IsDuplicateKeyError(err) {
			return false, failure(ctx, "inserting a place", err)
		}
	}
	return false, domain.NewError(domain.CodeBusy, "Others note this place at the same time. Try again.")
}
