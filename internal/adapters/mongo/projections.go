package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Projections = (*Store)(nil)

// Learners returns the people who have cards or events. The cards of a deck that was deleted count until they are deleted
// too.
func (s *Store) Learners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	return nextOwners(ctx, after, limit, []*ownerSource{{in: s.cards, field: "user_id"}, {in: s.events, field: "user_id"}})
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
