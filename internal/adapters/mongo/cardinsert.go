package mongo

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// intentRecord says that cards are being added. The cards are inserted into a place of the intent's own, where they keep
// their ids from others and nobody sees them. Deciding the intent is the one write that adds them: before it the cards
// are thrown away by whoever finds the intent, after it they are put into the deck.
type intentRecord struct {
	Key       string         `bson:"_id"`
	Owner     domain.UserID  `bson:"user_id"`
	Deck      domain.DeckID  `bson:"deck_id"`
	State     intentState    `bson:"state"`
	CreatedAt *bson.DateTime `bson:"created_at"`
	// SweepAt is when Sweep looks at it: its maker has stopped by then.
	SweepAt *bson.DateTime `bson:"sweep_at"`
}

type intentState string

const (
	intentOpen    intentState = "open"
	intentAdded   intentState = "added"
	intentDropped intentState = "dropped"
)

// placePrefix begins what cards that are being added have in place of a deck. It begins no id of a deck.
const placePrefix = "intent:"

// place returns what the intent's cards have in place of a deck.
func (r intentRecord) place() domain.DeckID { return domain.DeckID(placePrefix + r.Key) }

func (r intentRecord) filter() bson.D {
	return bson.D{{Key: "_id", Value: r.Key}, {Key: "user_id", Value: r.Owner}}
}

// InsertCards adds cards to a deck.
func (s *Store) InsertCards(ctx context.Context, owner domain.UserID, deck domain.DeckID, cards []domain.Card) error {
	if err := s.requireDeck(ctx, owner, deck); err != nil {
		return err
	}
	if len(cards) == 0 {
		return nil
	}
	if err := s.requireFreeIDs(ctx, owner, cards); err != nil {
		return err
	}
	if len(cards) == 1 {
		_, err := s.cards.InsertOne(ctx, newCardRecord(cards[0]))
		return inserted(ctx, "card", err)
	}
	// The first to get the smallest id that several batches want gets on, so not all of them fail.
	cards = slices.SortedFunc(slices.Values(cards), func(a, b domain.Card) int { return cmp.Compare(a.ID, b.ID) })
	now := s.now()
	intent := intentRecord{
		Key: key(owner, bson.NewObjectID().Hex()), Owner: owner, Deck: deck, State: intentOpen,
		CreatedAt: date(now), SweepAt: date(now.Add(intentAge)),
	}
	if _, err := s.intents.InsertOne(ctx, intent); err != nil {
		return failure(ctx, "inserting the intent to add cards", err)
	}
	if err := s.interrupt(intentStored); err != nil {
		return err
	}
	return s.addCards(ctx, intent, cards)
}

// addCards inserts the cards of an intent and decides it. An error other than about a taken id leaves the intent to
// Sweep, since it is not known what the server has done or will do.
func (s *Store) addCards(ctx context.Context, intent intentRecord, cards []domain.Card) error {
	records := make([]cardRecord, len(cards))
	for i, card := range cards {
		records[i] = newCardRecord(card)
		records[i].Deck = intent.place()
	}
	_, err := s.cards.InsertMany(ctx, records)
	if driver.IsDuplicateKeyError(err) {
		return s.giveUp(ctx, intent, cards)
	}
	if err != nil {
		return failure(ctx, "inserting cards", err)
	}
	if err = s.interrupt(cardsStored); err != nil {
		return err
	}
	decided, err := s.decide(ctx, intent, bson.D{{Key: "state", Value: intentAdded}})
	if err != nil {
		return err
	}
	if !decided {
		// A sweep or an erasure was faster. It may have looked for the cards before they were there.
		if err = s.deleteCardsOf(ctx, intent.Owner, intent.place()); err != nil {
			return err
		}
		return domain.NewError(domain.CodeBusy, "Adding the cards took too long; try again.")
	}
	if err = s.interrupt(intentDecided); err != nil {
		return err
	}
	return s.showCards(ctx, intent)
}

// giveUp undoes an intent that met a taken id.
func (s *Store) giveUp(ctx context.Context, intent intentRecord, cards []domain.Card) error {
	if _, err := s.decide(ctx, intent, bson.D{{Key: "state", Value: intentDropped}}); err != nil {
		return err
	}
	if err := s.dropCards(ctx, intent); err != nil {
		return err
	}
	if err := s.requireFreeIDs(ctx, intent.Owner, cards); err != nil {
		return err
	}
	return domain.NewError(domain.CodeBusy, "Cards of the same ids were being added; try again.")
}

// decide sets the state of an open intent. It reports whether the intent was open.
func (s *Store) decide(ctx context.Context, intent intentRecord, set bson.D) (bool, error) {
	decided, err := setWhere(ctx, s.intents, append(intent.filter(), bson.E{Key: "state", Value: intentOpen}), set)
	return decided, failure(ctx, "deciding the intent to add cards", err)
}

// showCards puts the cards of an intent into their deck, and removes the intent.
func (s *Store) showCards(ctx context.Context, intent intentRecord) error {
	_, err := s.cards.UpdateMany(ctx, inDeck(intent.Owner, intent.place()),
		bson.D{{Key: "$set", Value: bson.D{{Key: "deck_id", Value: intent.Deck}}}})
	if err != nil {
		return failure(ctx, "putting added cards into their deck", err)
	}
	return s.removeIntent(ctx, intent)
}

// dropCards deletes the cards of an intent, and removes the intent.
func (s *Store) dropCards(ctx context.Context, intent intentRecord) error {
	if err := s.deleteCardsOf(ctx, intent.Owner, intent.place()); err != nil {
		return err
	}
	return s.removeIntent(ctx, intent)
}

func (s *Store) removeIntent(ctx context.Context, intent intentRecord) error {
	_, err := s.intents.DeleteOne(ctx, intent.filter())
	return failure(ctx, "removing the intent to add cards", err)
}

// requireFreeIDs fails with CodeConflict when a person has a card of one of the ids or one is wanted twice, and with
// CodeBusy when it is being added and may yet vanish.
func (s *Store) requireFreeIDs(ctx context.Context, owner domain.UserID, cards []domain.Card) error {
	conflict := domain.NewError(domain.CodeConflict, "There is a card with one of these ids already.")
	ids := make([]domain.CardID, len(cards))
	seen := make(map[domain.CardID]bool, len(cards))
	for i, card := range cards {
		if seen[card.ID] {
			return conflict
		}
		ids[i], seen[card.ID] = card.ID, true
	}
	taken, err := findList[cardRecord](ctx, s.cards, "cards", ownKeys(owner, ids),
		options.Find().SetProjection(fields("deck_id")).SetLimit(int64(len(ids))))
	if err != nil || len(taken) == 0 {
		return err
	}
	if slices.ContainsFunc(taken, func(r cardRecord) bool { return !isPlace(r.Deck) }) {
		return conflict
	}
	return domain.NewError(domain.CodeBusy, "Cards of the same ids are being added; try again.")
}

// isPlace reports whether a card is being added and is in no deck yet.
func isPlace(deck domain.DeckID) bool { return strings.HasPrefix(string(deck), placePrefix) }

// sweepIntent completes or undoes an intent whose maker has stopped. A dropped one stays for a while: the server may be
// working on an insert that its maker gave up.
func (s *Store) sweepIntent(ctx context.Context, intent intentRecord, now time.Time) error {
	switch intent.State {
	case intentOpen:
		set := bson.D{{Key: "state", Value: intentDropped}, {Key: "sweep_at", Value: date(now.Add(intentLinger))}}
		dropped, err := s.decide(ctx, intent, set)
		if err != nil || !dropped {
			return err
		}
		return s.deleteCardsOf(ctx, intent.Owner, intent.place())
	case intentAdded:
		err := s.requireDeck(ctx, intent.Owner, intent.Deck)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return s.dropCards(ctx, intent)
		}
		if err != nil {
			return err
		}
		return s.showCards(ctx, intent)
	default:
		return s.dropCards(ctx, intent)
	}
}
