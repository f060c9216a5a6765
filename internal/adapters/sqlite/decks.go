package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Decks stores decks without their cards.
type Decks struct{ store *Store }

var _ ports.Decks = (*Decks)(nil)

const (
	insertDeck query = `INSERT INTO decks (user_id, id, name, description, color, published_at, created_at, updated_at, rev)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	deckColumns       = "user_id, id, name, description, color, published_at, created_at, updated_at, rev"
	deckByID    query = "SELECT " + deckColumns + " FROM decks WHERE user_id = ? AND id = ? AND deleted_at IS NULL"
	decksOf     query = "SELECT " + deckColumns + ` FROM decks WHERE user_id = ? AND deleted_at IS NULL AND (created_at, id) > (?, ?)
		ORDER BY created_at, id LIMIT ?`
	updateDeck query = `UPDATE decks SET name = ?, description = ?, color = ?, published_at = ?, updated_at = ?, rev = ?
		WHERE user_id = ? AND id = ? AND rev = ? AND deleted_at IS NULL`
	buryDeck query = `UPDATE decks SET name = '', description = '', color = '', published_at = NULL, deleted_at = ?
		WHERE user_id = ? AND id = ? AND deleted_at IS NULL`
	deleteCardsOfDeck query = "DELETE FROM cards WHERE user_id = ? AND deck_id = ?"
	hasDeck           query = "SELECT 1 FROM decks WHERE user_id = ? AND id = ? AND deleted_at IS NULL"
)

// deckFields returns where deckColumns go.
func deckFields(d *domain.Deck) []any {
	return []any{
		(*string)(&d.Owner), (*string)(&d.ID), &d.Name, &d.Description, &d.Color,
		instant{&d.PublishedAt}, instant{&d.CreatedAt}, instant{&d.UpdatedAt}, &d.Rev,
	}
}

// InsertDeck adds a deck.
func (d *Decks) InsertDeck(ctx context.Context, deck domain.Deck) error {
	_, err := d.store.exec(ctx, "insert a deck", insertDeck, deck.Owner, deck.ID, deck.Name, deck.Description, deck.Color,
		millis(deck.PublishedAt), millis(deck.CreatedAt), millis(deck.UpdatedAt), deck.Rev)
	return err
}

// Deck returns a deck of the owner.
func (d *Decks) Deck(ctx context.Context, owner domain.UserID, id domain.DeckID) (domain.Deck, error) {
	var deck domain.Deck
	found, err := d.store.row(ctx, "read a deck", deckByID, []any{string(owner), string(id)}, deckFields(&deck)...)
	if err == nil && !found {
		err = domain.NotFound("deck")
	}
	if err != nil {
		return domain.Deck{}, err
	}
	return deck, nil
}

// Decks returns a part of the owner's decks.
func (d *Decks) Decks(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Deck, error) {
	return list(ctx, d.store, "list decks", deckFields, decksOf, owner, page.After.At.UnixMilli(), page.After.ID, page.Limit)
}

// UpdateDeck changes a deck and returns it as stored.
func (d *Decks) UpdateDeck(
	ctx context.Context, owner domain.UserID, id domain.DeckID, edit func(*domain.Deck) error,
) (domain.Deck, error) {
	read := func() (domain.Deck, error) { return d.Deck(ctx, owner, id) }
	return ports.Update(ctx, "deck", read, edit, func(before, deck *domain.Deck) (bool, error) {
		deck.ID, deck.Owner, deck.CreatedAt, deck.Rev = before.ID, before.Owner, before.CreatedAt, before.Rev+1
		deck.PublishedAt, deck.UpdatedAt = stored(deck.PublishedAt), stored(deck.UpdatedAt)
		rows, err := d.store.exec(ctx, "update a deck", updateDeck, deck.Name, deck.Description, deck.Color,
			millis(deck.PublishedAt), millis(deck.UpdatedAt), deck.Rev, owner, id, before.Rev)
		return rows == 1, err
	})
}

// DeleteDeck removes a deck and its cards.
func (d *Decks) DeleteDeck(ctx context.Context, owner domain.UserID, id domain.DeckID) error {
	return d.store.transact(ctx, "delete a deck", func(t *transaction) error {
		rows, err := t.exec(buryDeck, millis(d.store.now()), owner, id)
		if err != nil {
			return err
		}
		if rows == 0 {
			return domain.NotFound("deck")
		}
		_, err = t.exec(deleteCardsOfDeck, owner, id)
		return err
	})
}
