package mongo

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var (
	_ ports.Decks          = (*Store)(nil)
	_ ports.PublishedDecks = (*Store)(nil)
)

type deckRecord struct {
	Key         string         `bson:"_id"`
	Owner       domain.UserID  `bson:"user_id"`
	ID          domain.DeckID  `bson:"id"`
	Name        string         `bson:"name"`
	Description string         `bson:"description"`
	Color       string         `bson:"color"`
	PublishedAt *bson.DateTime `bson:"published_at"`
	CreatedAt   *bson.DateTime `bson:"created_at"`
	UpdatedAt   *bson.DateTime `bson:"updated_at"`
	Rev         int64          `bson:"rev"`
	// DeletedAt makes the document a tombstone: the deck and its cards are gone for everybody, though they may be there.
	DeletedAt *bson.DateTime `bson:"deleted_at"`
}

func newDeckRecord(d domain.Deck) deckRecord {
	return deckRecord{
		Key: key(d.Owner, d.ID), Owner: d.Owner, ID: d.ID, Name: d.Name, Description: d.Description, Color: d.Color,
		PublishedAt: date(d.PublishedAt), CreatedAt: date(d.CreatedAt), UpdatedAt: date(d.UpdatedAt), Rev: d.Rev,
	}
}

func (r deckRecord) deck() domain.Deck {
	return domain.Deck{
		ID: r.ID, Owner: r.Owner, Name: r.Name, Description: r.Description, Color: r.Color,
		PublishedAt: instant(r.PublishedAt), CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(r.UpdatedAt), Rev: r.Rev,
	}
}

// live is the condition that a deck is no tombstone.
var live = bson.E{Key: "deleted_at", Value: nil}

// InsertDeck adds a deck.
func (s *Store) InsertDeck(ctx context.Context, deck domain.Deck) error {
	_, err := s.decks.InsertOne(ctx, newDeckRecord(deck))
	return inserted(ctx, "deck", err)
}

// Deck returns a deck.
func (s *Store) Deck(ctx context.Context, owner domain.UserID, id domain.DeckID) (domain.Deck, error) {
	record, err := findOne[deckRecord](ctx, s.decks, "deck", append(ownKey(owner, id), live))
	if err != nil {
		return domain.Deck{}, err
	}
	return record.deck(), nil
}

// Decks returns a part of a person's decks.
func (s *Store) Decks(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Deck, error) {
	return s.deckList(ctx, bson.D{{Key: "user_id", Value: owner}, live}, "created_at", page)
}

// PublishedDecks returns a part of all published decks.
func (s *Store) PublishedDecks(ctx context.Context, page ports.Page) ([]domain.Deck, error) {
	filter := bson.D{live}
	if page.After.IsZero() {
		// A private deck has null there, which is before every date and not of its kind.
		filter = append(filter, bson.E{Key: "published_at", Value: bson.D{{Key: "$gte", Value: bson.DateTime(0)}}})
	}
	return s.deckList(ctx, filter, "published_at", page)
}

func (s *Store) deckList(ctx context.Context, filter bson.D, order string, page ports.Page) ([]domain.Deck, error) {
	records, err := findList[deckRecord](ctx, s.decks, "decks", behind(filter, order, "id", page.After), inOrder(order, "id", page.Limit))
	decks := make([]domain.Deck, len(records))
	for i, record := range records {
		decks[i] = record.deck()
	}
	return decks, err
}

// UpdateDeck changes a deck.
func (s *Store) UpdateDeck(
	ctx context.Context, owner domain.UserID, id domain.DeckID, edit func(*domain.Deck) error,
) (domain.Deck, error) {
	read := func() (domain.Deck, error) { return s.Deck(ctx, owner, id) }
	return ports.Update(ctx, "deck", read, edit, func(before, after *domain.Deck) (bool, error) {
		after.ID, after.Owner, after.CreatedAt, after.Rev = before.ID, before.Owner, before.CreatedAt, before.Rev+1
		*after = newDeckRecord(*after).deck()
		unchanged := append(ownKey(owner, id), live, bson.E{Key: "rev", Value: before.Rev})
		done, err := setWhere(ctx, s.decks, unchanged, bson.D{
			{Key: "name", Value: after.Name}, {Key: "description", Value: after.Description}, {Key: "color", Value: after.Color},
			{Key: "published_at", Value: date(after.PublishedAt)}, {Key: "updated_at", Value: date(after.UpdatedAt)},
			{Key: "rev", Value: after.Rev},
		})
		return done, failure(ctx, "updating a deck", err)
	})
}

// DeleteDeck removes a deck and its cards. The tombstone, which is written first, hides both; Sweep removes it when no
// insert can be under way any more that saw the deck.
func (s *Store) DeleteDeck(ctx context.Context, owner domain.UserID, id domain.DeckID) error {
	found, err := setWhere(ctx, s.decks, append(ownKey(owner, id), live), bson.D{
		{Key: "deleted_at", Value: date(s.now())}, {Key: "published_at", Value: nil},
		{Key: "name", Value: ""}, {Key: "description", Value: ""},
	})
	if err != nil {
		return failure(ctx, "deleting a deck", err)
	}
	if !found {
		return domain.NotFound("deck")
	}
	if err = s.interrupt(deckTombstoned); err != nil {
		return err
	}
	return s.deleteCardsOf(ctx, owner, id)
}

// deleteCardsOf deletes the cards of a deck.
func (s *Store) deleteCardsOf(ctx context.Context, owner domain.UserID, deck domain.DeckID) error {
	_, err := s.cards.DeleteMany(ctx, inDeck(owner, deck))
	return failure(ctx, "deleting the cards of a deck", err)
}

// requireDeck fails with CodeNotFound when a person has no such deck.
func (s *Store) requireDeck(ctx context.Context, owner domain.UserID, id domain.DeckID) error {
	found, err := exists(ctx, s.decks, "deck", append(ownKey(owner, id), live))
	if err == nil && !found {
		return domain.NotFound("deck")
	}
	return err
}

// liveDecks returns those of some decks that a person has.
func (s *Store) liveDecks(ctx context.Context, owner domain.UserID, ids []domain.DeckID) ([]domain.DeckID, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found, err := findList[deckRecord](ctx, s.decks, "decks", append(ownKeys(owner, ids), live), options.Find().SetProjection(fields("id")))
	decks := make([]domain.DeckID, len(found))
	for i, record := range found {
		decks[i] = record.ID
	}
	return decks, err
}
