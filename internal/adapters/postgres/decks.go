package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Decks stores decks without their cards.
type Decks struct{ store *Store }

var _ ports.Decks = (*Decks)(nil)

const (
	insertDeck query = `INSERT INTO decks (user_id, id, name, description, color, published_at, created_at, updated_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	deckColumns       = "user_id, id, name, description, color, published_at, created_at, updated_at, rev"
	deckByID    query = "SELECT " + deckColumns + " FROM decks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL"
	decksOf     query = "SELECT " + deckColumns + ` FROM decks WHERE user_id = $1 AND deleted_at IS NULL AND (created_at, id) > ($2, $3)
		ORDER BY created_at, id LIMIT $4`
	updateDeck query = `UPDATE decks SET name = $4, description = $5, color = $6, published_at = $7, updated_at = $8, rev = $3 + 1
		WHERE user_id = $1 AND id = $2 AND rev = $3 AND deleted_at IS NULL`
	buryDeck query = `UPDATE decks SET name = '', description = '', color = '', published_at = NULL, deleted_at = $3
		WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`
	// A deck that was made between the two statements keeps its cards.
	deleteCardsOfDeck query = `DELETE FROM cards WHERE user_id = $1 AND deck_id = $2
		AND (SELECT deleted_at FROM decks WHERE user_id = $1 AND id = $2) IS NOT NULL`
	// keptDeck is a part of statements that put cards into a deck. The lock keeps the deck from being deleted until their
	// transaction ends; whoever waited for one that deleted it finds no deck.
	keptDeck = "WITH deck AS (SELECT 1 FROM decks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL FOR SHARE)"
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
	_, err := d.store.exec(ctx, "insert a deck", insertDeck, string(deck.Owner), string(deck.ID), deck.Name, deck.Description, deck.Color,
		moment(deck.PublishedAt), moment(deck.CreatedAt), moment(deck.UpdatedAt), deck.Rev)
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
	return list(ctx, d.store, "list decks", deckFields, decksOf, string(owner), stored(page.After.At), page.After.ID, page.Limit)
}

// UpdateDeck changes a deck and returns it as stored.
func (d *Decks) UpdateDeck(
	ctx context.Context, owner domain.UserID, id domain.DeckID, edit func(*domain.Deck) error,
) (domain.Deck, error) {
	read := func() (domain.Deck, error) { return d.Deck(ctx, owner, id) }
	return ports.Update(ctx, "deck", read, edit, func(before, deck *domain.Deck) (bool, error) {
		deck.ID, deck.Owner, deck.CreatedAt, deck.Rev = before.ID, before.Owner, before.CreatedAt, before.Rev+1
		deck.PublishedAt, deck.UpdatedAt = stored(deck.PublishedAt), stored(deck.UpdatedAt)
		rows, err := d.store.exec(ctx, "update a deck", updateDeck, string(owner), string(id), before.Rev,
			deck.Name, deck.Description, deck.Color, moment(deck.PublishedAt), moment(deck.UpdatedAt))
		return rows == 1, err
	})
}

// DeleteDeck removes a deck and its cards.
func (d *Decks) DeleteDeck(ctx context.Context, owner domain.UserID, id domain.DeckID) error {
	found := false
	err := d.store.atOnce(ctx, func(batch *pgx.Batch) {
		batch.Queue(string(buryDeck), string(owner), string(id), stored(d.store.now())).Exec(func(tag pgconn.CommandTag) error {
			found = tag.RowsAffected() == 1
			return nil
		})
		// It sees the cards of those for whom the first statement waited.
		batch.Queue(string(deleteCardsOfDeck), string(owner), string(id))
	})
	if err == nil && !found {
		return domain.NotFound("deck")
	}
	return d.store.failure(ctx, "delete a deck", err)
}
