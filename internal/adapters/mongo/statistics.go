package mongo

import (
	"context"
	"fmt"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var (
	_ ports.EventFacts = (*Store)(nil)
	_ ports.Statistics = (*Store)(nil)
)

// factProjection is what statistics count of an event.
var factProjection = fields(
	"user_id", "seq", "kind", "deck_id", "rating", "started_at", "finished_at", "answered_at", "day", "zone", "undoes",
	"asked",
)

// EventFacts yields what is counted of a part of a person's log.
func (s *Store) EventFacts(ctx context.Context, owner domain.UserID, after int64) iter.Seq2[domain.Event, error] {
	return func(yield func(domain.Event, error) bool) {
		_, err := forEach(ctx, s.events, bson.D{
			{Key: "user_id", Value: owner}, {Key: "seq", Value: bson.D{{Key: "$gt", Value: after}}},
		}, options.Find().SetSort(byNumber).SetProjection(factProjection), func(r eventRecord) bool {
			return yield(r.event(), nil)
		})
		if err != nil {
			yield(domain.Event{}, failure(ctx, "reading what is counted of events", err))
		}
	}
}

// cachedMonthRecord is what was counted of a month. Its _id holds the month as text, so that a person's months are in order.
type cachedMonthRecord struct {
	Key   string        `bson:"_id"`
	Owner domain.UserID `bson:"user_id"`
	Month int           `bson:"month"`
	Count countRecord   `bson:",inline"`
}

// countRecord is what changes when a month is counted again.
type countRecord struct {
	Seq  int64  `bson:"seq"`
	Data []byte `bson:"data"`
}

// monthID returns a month as text that sorts by number.
func monthID(month int) string { return fmt.Sprintf("%010d", month) }

// CachedMonths returns a person's months from one to another.
func (s *Store) CachedMonths(ctx context.Context, owner domain.UserID, from, to int) ([]ports.CachedMonth, error) {
	records, err := findList[cachedMonthRecord](ctx, s.cachedMonths, "cached months", bson.D{
		{Key: "_id", Value: bson.D{{Key: "$gte", Value: key(owner, monthID(from))}, {Key: "$lte", Value: key(owner, monthID(to))}}},
		{Key: "user_id", Value: owner},
	}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	months := make([]ports.CachedMonth, len(records))
	for i, r := range records {
		months[i] = ports.CachedMonth{Month: r.Month, Seq: r.Count.Seq, Data: r.Count.Data}
	}
	return months, err
}

// PutCachedMonth stores a month in place of the one with a number, 0 for none. It reports whether nobody was faster.
func (s *Store) PutCachedMonth(ctx context.Context, owner domain.UserID, was int64, month ports.CachedMonth) (bool, error) {
	id, count := monthID(month.Month), countRecord{month.Seq, append([]byte{}, month.Data...)}
	if was != 0 {
		put, err := setWhere(ctx, s.cachedMonths, append(ownKey(owner, id), bson.E{Key: "seq", Value: was}), count)
		return put, failure(ctx, "updating a cached month", err)
	}
	_, err := s.cachedMonths.InsertOne(ctx, cachedMonthRecord{key(owner, id), owner, month.Month, count})
	if driver.IsDuplicateKeyError(err) {
		return false, nil
	}
	return err == nil, failure(ctx, "inserting a cached month", err)
}

// ForgetCachedMonths removes a person's months.
func (s *Store) ForgetCachedMonths(ctx context.Context, owner domain.UserID) error {
	_, err := s.cachedMonths.DeleteMany(ctx, ownKeysBehind(owner, ""))
	return failure(ctx, "removing cached months", err)
}
