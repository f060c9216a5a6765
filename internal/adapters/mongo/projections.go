package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Projections = (*Store)(nil)

// Learners returns the people who have cards or events. It jumps from one person to the next, so that it costs as much as
// there are people, however many cards and events they have. The cards of a deck that was deleted count until they are
// deleted too.
func (s *Store) Learners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	learners := []domain.UserID{}
	sources := []*learnerSource{{in: s.cards, at: after}, {in: s.events, at: after}}
	for len(learners) < limit {
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
		learners = append(learners, next)
		after = next
	}
	return learners, nil
}

// learnerSource is a collection of what people own, and how far its owners have been read.
type learnerSource struct {
	in    *driver.Collection
	at    domain.UserID
	ended bool
}

// pass goes to the first owner behind one, when it is not there yet.
func (l *learnerSource) pass(ctx context.Context, after domain.UserID) error {
	if l.ended || l.at > after {
		return nil
	}
	type record struct {
		Owner domain.UserID `bson:"user_id"`
	}
	found, err := findOne[record](ctx, l.in, "learner", bson.D{{Key: "user_id", Value: bson.D{{Key: "$gt", Value: after}}}},
		options.FindOne().SetSort(bson.D{{Key: "user_id", Value: 1}}).SetProjection(fields("user_id")))
	if domain.CodeOf(err) == domain.CodeNotFound {
		l.ended = true
		return nil
	}
	l.at = found.Owner
	return err
}

// CountEvents counts the events of a person.
func (s *Store) CountEvents(ctx context.Context, owner domain.UserID) (int64, error) {
	count, err := s.events.CountDocuments(ctx, bson.D{{Key: "user_id", Value: owner}})
	return count, failure(ctx, "counting events", err)
}

// MemoriesByCard returns a part of the memories of a person's cards. It reads on behind cards of decks that are not there
// until the part is full.
func (s *Store) MemoriesByCard(
	ctx context.Context, owner domain.UserID, after domain.CardID, limit int,
) ([]domain.CardMemory, error) {
	memories := []domain.CardMemory{}
	for {
		missing := limit - len(memories)
		records, err := findList[cardRecord](ctx, s.cards, "memories", ownKeysBehind(owner, after),
			options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(missing)).SetProjection(memoryProjection))
		if err != nil {
			return nil, err
		}
		part, err := s.visibleMemories(ctx, owner, records)
		if err != nil {
			return nil, err
		}
		memories = append(memories, part...)
		if len(records) < missing || len(memories) == limit {
			return memories, nil
		}
		after = records[len(records)-1].ID
	}
}

// Restore gives a card a memory where the stored one is of a given number.
func (s *Store) Restore(
	ctx context.Context, owner domain.UserID, card domain.CardID, was int64, memory domain.Memory,
) (bool, error) {
	filter := append(ownKey(owner, card), bson.E{Key: "seq", Value: was})
	restored, err := setWhere(ctx, s.cards, filter, newMemoryRecord(memory))
	return restored, failure(ctx, "restoring a memory", err)
}
