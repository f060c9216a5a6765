package mongo

import (
	"context"
	"iter"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var (
	_ ports.Memories    = (*Store)(nil)
	_ ports.Suspensions = (*Store)(nil)
)

// decksAtOnce is how many decks one query of DeckMemories names.
const decksAtOnce = 100

// memoryRecord is a memory, among the fields of a card and as a document of an event. memoryFields lists its fields.
type memoryRecord struct {
	Phase      domain.Phase   `bson:"phase"`
	Step       int            `bson:"step"`
	Stability  float64        `bson:"stability"`
	Difficulty float64        `bson:"difficulty"`
	Due        *bson.DateTime `bson:"due"`
	LastReview *bson.DateTime `bson:"last_review"`
	LastDay    domain.Day     `bson:"last_day"`
	Reps       int            `bson:"reps"`
	Lapses     int            `bson:"lapses"`
	Seq        int64          `bson:"seq"`
}

func newMemoryRecord(m domain.Memory) memoryRecord {
	return memoryRecord{
		Phase: m.Phase, Step: m.Step, Stability: m.Stability, Difficulty: m.Difficulty, Due: date(m.Due),
		LastReview: date(m.LastReview), LastDay: m.LastDay, Reps: m.Reps, Lapses: m.Lapses, Seq: m.Seq,
	}
}

func (r memoryRecord) memory() domain.Memory {
	return domain.Memory{
		Phase: r.Phase, Step: r.Step, Stability: r.Stability, Difficulty: r.Difficulty, Due: instant(r.Due),
		LastReview: instant(r.LastReview), LastDay: r.LastDay, Reps: r.Reps, Lapses: r.Lapses, Seq: r.Seq,
	}
}

// memoryProjection leaves out the _id and the texts, so that an index alone answers.
var memoryProjection = fields(append([]string{"user_id", "deck_id", "id", "suspended"}, memoryFields...)...)

func (r cardRecord) cardMemory() domain.CardMemory {
	return domain.CardMemory{Card: r.ID, Deck: r.Deck, Memory: r.Memory.memory(), Suspended: r.Suspended}
}

// Memory returns the memory of a card.
func (s *Store) Memory(ctx context.Context, owner domain.UserID, card domain.CardID) (domain.CardMemory, error) {
	r, err := s.liveCard(ctx, owner, card, options.FindOne().SetProjection(memoryProjection))
	if err != nil {
		return domain.CardMemory{}, err
	}
	return r.cardMemory(), nil
}

// MemoriesOf returns the memories of some cards.
func (s *Store) MemoriesOf(ctx context.Context, owner domain.UserID, cards ...domain.CardID) ([]domain.CardMemory, error) {
	records, err := findList[cardRecord](ctx, s.cards, "memories", ownKeys(owner, cards),
		options.Find().SetProjection(memoryProjection))
	if err != nil {
		return nil, err
	}
	return s.visibleMemories(ctx, owner, records)
}

// visibleMemories returns the memories of those of some cards whose decks are there.
func (s *Store) visibleMemories(ctx context.Context, owner domain.UserID, records []cardRecord) ([]domain.CardMemory, error) {
	hidden, err := s.hiddenDecks(ctx, owner, records)
	if err != nil {
		return nil, err
	}
	memories := make([]domain.CardMemory, 0, len(records))
	for _, r := range records {
		if !slices.Contains(hidden, r.Deck) {
			memories = append(memories, r.cardMemory())
		}
	}
	return memories, nil
}

// hiddenDecks returns those of the decks of some cards that are not there.
func (s *Store) hiddenDecks(ctx context.Context, owner domain.UserID, records []cardRecord) ([]domain.DeckID, error) {
	named := map[domain.DeckID]bool{}
	for _, r := range records {
		named[r.Deck] = true
	}
	if len(named) == 0 {
		return nil, nil
	}
	decks := slices.Collect(maps.Keys(named))
	there, err := s.liveDecks(ctx, owner, decks)
	return slices.DeleteFunc(decks, func(deck domain.DeckID) bool { return slices.Contains(there, deck) }), err
}

// DeckMemories yields the memories of all cards of some decks.
func (s *Store) DeckMemories(
	ctx context.Context, owner domain.UserID, decks []domain.DeckID,
) iter.Seq2[domain.CardMemory, error] {
	return func(yield func(domain.CardMemory, error) bool) {
		// A deck that is named twice is read once, even when it would fall into two queries.
		decks := slices.Compact(slices.Sorted(slices.Values(decks)))
		for part := range slices.Chunk(decks, decksAtOnce) {
			there, err := s.liveDecks(ctx, owner, part)
			if err != nil {
				yield(domain.CardMemory{}, err)
				return
			}
			if len(there) > 0 && !s.yieldMemories(ctx, owner, there, yield) {
				return
			}
		}
	}
}

// yieldMemories yields the memories of decks that are there. It reports whether the loop goes on.
func (s *Store) yieldMemories(
	ctx context.Context, owner domain.UserID, decks []domain.DeckID, yield func(domain.CardMemory, error) bool,
) bool {
	more, err := forEach(ctx, s.cards, bson.D{
		{Key: "user_id", Value: owner}, {Key: "deck_id", Value: bson.D{{Key: "$in", Value: decks}}},
	}, options.Find().SetProjection(memoryProjection), func(r cardRecord) bool { return yield(r.cardMemory(), nil) })
	if err != nil {
		yield(domain.CardMemory{}, failure(ctx, "reading the memories of decks", err))
		return false
	}
	return more
}

// Settle gives a card a memory where the stored one is of a lower number.
func (s *Store) Settle(ctx context.Context, owner domain.UserID, card domain.CardID, memory domain.Memory) (bool, error) {
	settled, err := setWhere(ctx, s.cards, olderMemory(owner, card, memory.Seq), newMemoryRecord(memory))
	return settled, failure(ctx, "settling a memory", err)
}

// Suspend suspends a card, or lets it be asked again.
func (s *Store) Suspend(ctx context.Context, owner domain.UserID, card domain.CardID, suspended bool) error {
	if _, err := s.liveCard(ctx, owner, card, options.FindOne().SetProjection(fields("deck_id"))); err != nil {
		return err
	}
	found, err := setWhere(ctx, s.cards, ownKey(owner, card), bson.D{{Key: "suspended", Value: suspended}})
	if err == nil && !found {
		return domain.NotFound("card")
	}
	return failure(ctx, "suspending a card", err)
}

// olderMemory returns the filter for a card whose memory is of a lower number.
func olderMemory(owner domain.UserID, card domain.CardID, seq int64) bson.D {
	return append(ownKey(owner, card), bson.E{Key: "seq", Value: bson.D{{Key: "$lt", Value: seq}}})
}

// settleLast gives each card of some events the memory of its last one.
func (s *Store) settleLast(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	seen := map[domain.CardID]bool{}
	updates := []driver.WriteModel{}
	for _, event := range slices.Backward(events) {
		if !seen[event.Card] {
			seen[event.Card] = true
			updates = append(updates, driver.NewUpdateOneModel().SetFilter(olderMemory(owner, event.Card, event.After.Seq)).
				SetUpdate(bson.D{{Key: "$set", Value: newMemoryRecord(event.After)}}))
		}
	}
	_, err := s.cards.BulkWrite(ctx, updates, options.BulkWrite().SetOrdered(false))
	return failure(ctx, "settling memories", err)
}
