package mongo

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Cards = (*Store)(nil)

// cardRecord is a card with its memory. Content and memory are written by different methods, each sets its fields only.
// A card is there for everybody when its deck is; so a tombstone hides all cards of a deck at once, and a card that is
// being added is in no deck yet.
type cardRecord struct {
	Key       string         `bson:"_id"`
	Owner     domain.UserID  `bson:"user_id"`
	ID        domain.CardID  `bson:"id"`
	Deck      domain.DeckID  `bson:"deck_id"`
	Question  string         `bson:"question"`
	Answer    string         `bson:"answer"`
	CreatedAt *bson.DateTime `bson:"created_at"`
	UpdatedAt *bson.DateTime `bson:"updated_at"`
	Rev       int64          `bson:"rev"`

	// Suspended is in every document: the study queue filters by it.
	Suspended bool         `bson:"suspended"`
	Memory    memoryRecord `bson:",inline"`

	Terms searchTerms `bson:"terms"`
}

func newCardRecord(c domain.Card) cardRecord {
	return cardRecord{
		Key: key(c.Owner, c.ID), Owner: c.Owner, ID: c.ID, Deck: c.Deck, Question: c.Question, Answer: c.Answer,
		CreatedAt: date(c.CreatedAt), UpdatedAt: date(c.UpdatedAt), Rev: c.Rev, Memory: newMemoryRecord(domain.NewMemory()),
		Terms: domain.SearchTerms(c.Question, c.Answer),
	}
}

func (r cardRecord) card() domain.Card {
	return domain.Card{
		ID: r.ID, Owner: r.Owner, Deck: r.Deck, Question: r.Question, Answer: r.Answer,
		CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(r.UpdatedAt), Rev: r.Rev,
	}
}

// inDeck returns the filter for the cards of a deck.
func inDeck(owner domain.UserID, deck domain.DeckID) bson.D {
	return bson.D{{Key: "user_id", Value: owner}, {Key: "deck_id", Value: deck}}
}

// liveCard returns a card whose deck is there.
func (s *Store) liveCard(
	ctx context.Context, owner domain.UserID, id domain.CardID, how ...options.Lister[options.FindOneOptions],
) (cardRecord, error) {
	record, err := findOne[cardRecord](ctx, s.cards, "card", ownKey(owner, id), how...)
	if err != nil {
		return record, err
	}
	err = s.requireDeck(ctx, owner, record.Deck)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return record, domain.NotFound("card")
	}
	return record, err
}

// Card returns a card.
func (s *Store) Card(ctx context.Context, owner domain.UserID, id domain.CardID) (domain.Card, error) {
	record, err := s.liveCard(ctx, owner, id)
	if err != nil {
		return domain.Card{}, err
	}
	return record.card(), nil
}

// Cards returns a part of a person's cards.
func (s *Store) Cards(ctx context.Context, owner domain.UserID, deck domain.DeckID, page ports.Page) ([]domain.Card, error) {
	if deck == "" {
		return s.cardsOfAllDecks(ctx, owner, page)
	}
	err := s.requireDeck(ctx, owner, deck)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return []domain.Card{}, nil
	}
	if err != nil {
		return nil, err
	}
	return s.cardList(ctx, inDeck(owner, deck), page)
}

func (s *Store) cardList(ctx context.Context, filter bson.D, page ports.Page) ([]domain.Card, error) {
	filter = behind(filter, "created_at", "id", page.After)
	records, err := findList[cardRecord](ctx, s.cards, "cards", filter,
		inOrder("created_at", "id", page.Limit).SetProjection(withoutTerms))
	cards := make([]domain.Card, len(records))
	for i, record := range records {
		cards[i] = record.card()
	}
	return cards, err
}

// cardsOfAllDecks reads on behind cards of decks that are not there until the page is full.
func (s *Store) cardsOfAllDecks(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Card, error) {
	all := []domain.Card{}
	for {
		missing := page.Limit - len(all)
		part, err := s.cardList(ctx, bson.D{{Key: "user_id", Value: owner}}, ports.Page{After: page.After, Limit: missing})
		if err != nil {
			return nil, err
		}
		if len(part) == 0 {
			return all, nil
		}
		read, last := len(part), part[len(part)-1]
		if part, err = s.withLiveDecks(ctx, owner, part); err != nil {
			return nil, err
		}
		all = append(all, part...)
		if read < missing || len(all) == page.Limit {
			return all, nil
		}
		page.After = ports.Cursor{At: last.CreatedAt, ID: string(last.ID)}
	}
}

// withLiveDecks returns those of some cards whose decks are there.
func (s *Store) withLiveDecks(ctx context.Context, owner domain.UserID, cards []domain.Card) ([]domain.Card, error) {
	decks := make([]domain.DeckID, len(cards))
	for i, card := range cards {
		decks[i] = card.Deck
	}
	there, err := s.liveDecks(ctx, owner, decks)
	return slices.DeleteFunc(cards, func(c domain.Card) bool { return !slices.Contains(there, c.Deck) }), err
}

// UpdateCard changes a card.
func (s *Store) UpdateCard(
	ctx context.Context, owner domain.UserID, id domain.CardID, edit func(*domain.Card) error,
) (domain.Card, error) {
	read := func() (domain.Card, error) { return s.Card(ctx, owner, id) }
	return ports.Update(ctx, "card", read, edit, func(before, after *domain.Card) (bool, error) {
		after.ID, after.Owner, after.CreatedAt, after.Rev = before.ID, before.Owner, before.CreatedAt, before.Rev+1
		if after.Deck != before.Deck {
			if err := s.requireDeck(ctx, owner, after.Deck); err != nil {
				return false, err
			}
		}
		record := newCardRecord(*after)
		*after = record.card()
		set := bson.D{
			{Key: "deck_id", Value: after.Deck}, {Key: "question", Value: after.Question}, {Key: "answer", Value: after.Answer},
			{Key: "updated_at", Value: date(after.UpdatedAt)}, {Key: "rev", Value: after.Rev},
		}
		if after.Text() != before.Text() {
			set = append(set, bson.E{Key: "terms", Value: record.Terms})
		}
		done, err := setWhere(ctx, s.cards, append(ownKey(owner, id), bson.E{Key: "rev", Value: before.Rev}), set)
		return done, failure(ctx, "updating a card", err)
	})
}

// DeleteCard removes a card with its memory.
func (s *Store) DeleteCard(ctx context.Context, owner domain.UserID, id domain.CardID) error {
	if _, err := s.liveCard(ctx, owner, id, options.FindOne().SetProjection(fields("deck_id"))); err != nil {
		return err
	}
	result, err := s.cards.DeleteOne(ctx, ownKey(owner, id))
	if err == nil && result.DeletedCount == 0 {
		return domain.NotFound("card")
	}
	return failure(ctx, "deleting a card", err)
}
