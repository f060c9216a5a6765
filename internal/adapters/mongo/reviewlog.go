package mongo

import (
	"context"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var (
	_ ports.ReviewLog    = (*Store)(nil)
	_ ports.DayEvents    = (*Store)(nil)
	_ ports.RecentEvents = (*Store)(nil)
)

// cardsAtOnce is how many cards Head asks for at the same time.
const cardsAtOnce = 8

var (
	byNumber    = bson.D{{Key: "seq", Value: 1}}
	newestFirst = bson.D{{Key: "seq", Value: -1}}
)

// Head returns the newest of a person's log, and of some cards.
func (s *Store) Head(ctx context.Context, owner domain.UserID, cards ...domain.CardID) (ports.Head, error) {
	head := ports.Head{Newest: map[domain.CardID]domain.Event{}}
	newest, err := findOne[eventRecord](ctx, s.events, "event", bson.D{{Key: "user_id", Value: owner}},
		options.FindOne().SetSort(newestFirst).SetProjection(fields("seq", "user_id")))
	if domain.CodeOf(err) == domain.CodeNotFound {
		return head, nil
	}
	if err != nil {
		return ports.Head{}, err
	}
	head.Seq = newest.Seq

	// A query a card reads one entry of an index; a query for all cards would read all their events.
	var mutex sync.Mutex
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(cardsAtOnce)
	for _, card := range cards {
		group.Go(func() error {
			record, err := findOne[eventRecord](groupCtx, s.events, "event",
				bson.D{{Key: "user_id", Value: owner}, {Key: "card_id", Value: card}}, options.FindOne().SetSort(newestFirst))
			if domain.CodeOf(err) == domain.CodeNotFound {
				return nil
			}
			mutex.Lock()
			defer mutex.Unlock()
			head.Newest[card] = record.event()
			return err
		})
	}
	if err = group.Wait(); err != nil {
		return ports.Head{}, err
	}
	return head, nil
}

// EventsByID returns some events.
func (s *Store) EventsByID(ctx context.Context, owner domain.UserID, ids ...domain.EventID) ([]domain.Event, error) {
	records, err := findList[eventRecord](ctx, s.events, "events", ownKeys(owner, ids))
	return eventsOf(records), err
}

// CardEvents returns all events of some cards, card after card.
func (s *Store) CardEvents(ctx context.Context, owner domain.UserID, cards ...domain.CardID) ([]domain.Event, error) {
	if len(cards) == 0 {
		return []domain.Event{}, nil
	}
	records, err := findList[eventRecord](ctx, s.events, "events",
		bson.D{{Key: "user_id", Value: owner}, {Key: "card_id", Value: bson.D{{Key: "$in", Value: cards}}}},
		options.Find().SetSort(bson.D{{Key: "card_id", Value: 1}, {Key: "seq", Value: 1}}))
	return eventsOf(records), err
}

// DayEvents returns the events of a day.
func (s *Store) DayEvents(ctx context.Context, owner domain.UserID, day domain.Day) ([]domain.Event, error) {
	records, err := findList[eventRecord](ctx, s.events, "events",
		bson.D{{Key: "user_id", Value: owner}, {Key: "day", Value: day}}, options.Find().SetSort(byNumber))
	return eventsOf(records), err
}

// Events returns a part of a person's log.
func (s *Store) Events(ctx context.Context, owner domain.UserID, after int64, limit int) ([]domain.Event, error) {
	records, err := findList[eventRecord](ctx, s.events, "events",
		bson.D{{Key: "user_id", Value: owner}, {Key: "seq", Value: bson.D{{Key: "$gt", Value: after}}}},
		options.Find().SetSort(byNumber).SetLimit(int64(limit)))
	return eventsOf(records), err
}

// LastRecorded returns when the newest event of all was recorded.
func (s *Store) LastRecorded(ctx context.Context) (time.Time, error) {
	newest, err := findOne[eventRecord](ctx, s.events, "event", bson.D{}, options.FindOne().
		SetSort(bson.D{{Key: "recorded_at", Value: -1}}).SetProjection(fields("recorded_at")))
	if domain.CodeOf(err) == domain.CodeNotFound {
		return time.Time{}, nil
	}
	return instant(newest.RecordedAt), err
}

// RecordedSince returns a part of the events of all people that were recorded at or after a time.
func (s *Store) RecordedSince(ctx context.Context, since time.Time, page ports.Page) ([]domain.Event, error) {
	filter := bson.D{}
	if page.After.IsZero() || page.After.At.Before(since) {
		filter = bson.D{{Key: "recorded_at", Value: bson.D{{Key: "$gte", Value: bson.NewDateTimeFromTime(since)}}}}
	} else {
		filter = behind(filter, "recorded_at", "id", page.After)
	}
	records, err := findList[eventRecord](ctx, s.events, "events", filter, inOrder("recorded_at", "id", page.Limit))
	return eventsOf(records), err
}
