package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Cards stores the content of cards. The memory lies in the same rows and is written by the ports of learning; here it
// is only begun, as that of a card never answered.
type Cards struct{ store *Store }

var _ ports.Cards = (*Cards)(nil)

const (
	insertCard query = `INSERT INTO cards (user_id, deck_id, id, question, answer, created_at, updated_at, rev, phase,
		suspended, step, stability, difficulty, last_day, reps, lapses, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0)`
	cardColumns       = "user_id, deck_id, id, question, answer, created_at, updated_at, rev"
	cardByID    query = "SELECT " + cardColumns + " FROM cards WHERE user_id = ? AND id = ?"
	cardsOfDeck query = "SELECT " + cardColumns + ` FROM cards WHERE user_id = ? AND deck_id = ? AND (created_at, id) > (?, ?)
		ORDER BY created_at, id LIMIT ?`
	cardsOf query = "SELECT " + cardColumns + ` FROM cards WHERE user_id = ? AND (created_at, id) > (?, ?)
		ORDER BY created_at, id LIMIT ?`
	updateCard query = `UPDATE cards SET deck_id = ?, question = ?, answer = ?, updated_at = ?, rev = ?
		WHERE user_id = ? AND id = ? AND rev = ?`
	deleteCard query = "DELETE FROM cards WHERE user_id = ? AND id = ?"
)

// cardFields returns where cardColumns go.
func cardFields(c *domain.Card) []any {
	return []any{
		(*string)(&c.Owner), (*string)(&c.Deck), (*string)(&c.ID), &c.Question, &c.Answer,
		instant{&c.CreatedAt}, instant{&c.UpdatedAt}, &c.Rev,
	}
}

// requireDeck returns CodeNotFound when the owner has no such deck. It holds until the transaction ends.
func requireDeck(t *transaction, owner domain.UserID, deck domain.DeckID) error {
	var found int
	err := t.row(hasDeck, []any{owner, deck}, &found)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.NotFound("deck")
	}
	return err
}

// InsertCards adds cards to a deck of the owner: all of them, or none.
func (c *Cards) InsertCards(ctx context.Context, owner domain.UserID, deck domain.DeckID, cards []domain.Card) error {
	// Nobody else writes while a transaction lasts, so the terms are made before.
	things := make([]findable, len(cards))
	for i := range cards {
		things[i] = findableCard(&cards[i])
	}
	return c.store.transact(ctx, "insert cards", func(t *transaction) error {
		if err := requireDeck(t, owner, deck); err != nil {
			return err
		}
		for i := range cards {
			card := &cards[i]
			_, err := t.exec(insertCard, owner, deck, card.ID, card.Question, card.Answer,
				millis(card.CreatedAt), millis(card.UpdatedAt), card.Rev, domain.PhaseNew)
			if err != nil {
				return err
			}
		}
		return t.find(owner, domain.SearchCards, things...)
	})
}

// Card returns a card of the owner.
func (c *Cards) Card(ctx context.Context, owner domain.UserID, id domain.CardID) (domain.Card, error) {
	var card domain.Card
	found, err := c.store.row(ctx, "read a card", cardByID, []any{string(owner), string(id)}, cardFields(&card)...)
	if err == nil && !found {
		err = domain.NotFound("card")
	}
	if err != nil {
		return domain.Card{}, err
	}
	return card, nil
}

// Cards returns a part of the owner's cards.
func (c *Cards) Cards(ctx context.Context, owner domain.UserID, deck domain.DeckID, page ports.Page) ([]domain.Card, error) {
	at, id := page.After.At.UnixMilli(), page.After.ID
	if deck == "" {
		return list(ctx, c.store, "list cards", cardFields, cardsOf, owner, at, id, page.Limit)
	}
	return list(ctx, c.store, "list the cards of a deck", cardFields, cardsOfDeck, owner, deck, at, id, page.Limit)
}

// UpdateCard changes a card and returns it as stored.
func (c *Cards) UpdateCard(
	ctx context.Context, owner domain.UserID, id domain.CardID, edit func(*domain.Card) error,
) (domain.Card, error) {
	read := func() (domain.Card, error) { return c.Card(ctx, owner, id) }
	return ports.Update(ctx, "card", read, edit, func(before, card *domain.Card) (done bool, err error) {
		card.ID, card.Owner, card.CreatedAt, card.Rev = before.ID, before.Owner, before.CreatedAt, before.Rev+1
		card.UpdatedAt = stored(card.UpdatedAt)
		var things []findable
		if card.Text() != before.Text() {
			things = append(things, findableCard(card))
		}
		err = c.store.transact(ctx, "update a card", func(t *transaction) error {
			if card.Deck != before.Deck {
				if err := requireDeck(t, owner, card.Deck); err != nil {
					return err
				}
			}
			rows, err := t.exec(updateCard, card.Deck, card.Question, card.Answer, millis(card.UpdatedAt), card.Rev, owner, id, before.Rev)
			if done = rows == 1; err != nil || !done {
				return err
			}
			return t.find(owner, domain.SearchCards, things...)
		})
		return done && err == nil, err
	})
}

// DeleteCard removes a card with its memory.
func (c *Cards) DeleteCard(ctx context.Context, owner domain.UserID, id domain.CardID) error {
	rows, err := c.store.exec(ctx, "delete a card", deleteCard, owner, id)
	if err == nil && rows == 0 {
		return domain.NotFound("card")
	}
	return err
}
