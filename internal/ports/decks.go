package ports

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// DeckReader finds a deck.
type DeckReader interface {
	// Deck returns a deck of the owner, or CodeNotFound.
	Deck(ctx context.Context, owner domain.UserID, id domain.DeckID) (domain.Deck, error)
}

// Decks stores decks without their cards.
type Decks interface {
	DeckReader
	// InsertDeck adds a deck. CodeConflict when the owner has one of this id, or had one that was deleted within the day.
	InsertDeck(ctx context.Context, deck domain.Deck) error
	// Decks returns a part of the owner's decks.
	Decks(ctx context.Context, owner domain.UserID, page Page) ([]domain.Deck, error)
	// UpdateDeck changes a deck and returns it as stored, or CodeNotFound.
	UpdateDeck(ctx context.Context, owner domain.UserID, id domain.DeckID, edit func(*domain.Deck) error) (domain.Deck, error)
	// DeleteDeck removes a deck and its cards, or CodeNotFound. From then on neither can be seen; the events of the cards stay.
	DeleteDeck(ctx context.Context, owner domain.UserID, id domain.DeckID) error
}

// PublishedDecks finds the decks that anybody may see.
type PublishedDecks interface {
	// PublishedDecks returns a part of all published decks, in order of publication, then id; Cursor.At is PublishedAt.
	PublishedDecks(ctx context.Context, page Page) ([]domain.Deck, error)
}

// Cards stores the content of cards. It never touches their memory, except that deleting a card deletes both.
type Cards interface {
	// InsertCards adds cards to a deck of the owner: all of them, or none. CodeNotFound when there is no such deck,
	// CodeConflict when the owner has a card of one of the ids. All cards name the owner and the deck. A new card has
	// the memory domain.NewMemory.
	InsertCards(ctx context.Context, owner domain.UserID, deck domain.DeckID, cards []domain.Card) error
	// Card returns a card of the owner, or CodeNotFound.
	Card(ctx context.Context, owner domain.UserID, id domain.CardID) (domain.Card, error)
	// Cards returns a part of the owner's cards: those of one deck, or with an empty deck those of all decks.
	Cards(ctx context.Context, owner domain.UserID, deck domain.DeckID, page Page) ([]domain.Card, error)
	// UpdateCard changes a card and returns it as stored, or CodeNotFound. When the function changes Deck the card moves,
	// with its memory; CodeNotFound when the owner has no such deck.
	UpdateCard(ctx context.Context, owner domain.UserID, id domain.CardID, edit func(*domain.Card) error) (domain.Card, error)
	// DeleteCard removes a card with its memory, or CodeNotFound. Its events stay.
	DeleteCard(ctx context.Context, owner domain.UserID, id domain.CardID) error
}
