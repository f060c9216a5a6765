package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Cards stores the content of cards. The memory lies in the same rows and is written by the ports of learning; here it
// is only begun, as that of a card never answered.
type Cards struct{ store *Store }

var _ ports.Cards = (*Cards)(nil)

const (
	// It counts the cards that were added, as rows of their terms.
	insertCards query = keptDeck + `, added AS (
		INSERT INTO cards (user_id, deck_id, id, question, answer, created_at, updated_at, rev, phase,
			suspended, step, stability, difficulty, last_day, reps, lapses, seq)
		SELECT $1::text, $2::text, new.id, new.question, new.answer, new.created_at, new.updated_at, new.rev, $3::text,
			false, 0, 0, 0, 0, 0, 0, 0
		FROM deck, unnest($4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::bigint[])
			AS new (id, question, answer, created_at, updated_at, rev)
		) INSERT INTO card_terms (user_id, card_id, terms)
		SELECT $1::text, new.id, array_to_tsvector(string_to_array(new.terms, ' '))
		FROM deck, unnest($4::text[], $10::text[]) AS new (id, terms)`
	cardColumns       = "user_id, deck_id, id, question, answer, created_at, updated_at, rev"
	cardByID    query = "SELECT " + cardColumns + " FROM cards WHERE user_id = $1 AND id = $2"
	cardsOfDeck query = "SELECT " + cardColumns + ` FROM cards WHERE user_id = $1 AND deck_id = $2 AND (created_at, id) > ($3, $4)
		ORDER BY created_at, id LIMIT $5`
	cardsOf query = "SELECT " + cardColumns + ` FROM cards WHERE user_id = $1 AND (created_at, id) > ($2, $3)
		ORDER BY created_at, id LIMIT $4`
	updateCard query = `UPDATE cards SET question = $4, answer = $5, updated_at = $6, rev = $3 + 1
		WHERE user_id = $1 AND id = $2 AND rev = $3`
	rewriteCard query = "WITH card AS (" + updateCard + ` RETURNING id)
		INSERT INTO card_terms (user_id, card_id, terms) SELECT $1, id, array_to_tsvector(string_to_array($7, ' ')) FROM card` + replaceTerms
	putCardTerms query = `INSERT INTO card_terms (user_id, card_id, terms)
		VALUES ($1, $2, array_to_tsvector(string_to_array($3, ' ')))` + replaceTerms
	replaceTerms       = " ON CONFLICT (user_id, card_id) DO UPDATE SET terms = excluded.terms"
	moveCard     query = keptDeck + `, moved AS (
		UPDATE cards SET deck_id = $2, question = $5, answer = $6, updated_at = $7, rev = $4 + 1
		FROM deck WHERE cards.user_id = $1 AND cards.id = $3 AND cards.rev = $4 RETURNING id
		), told AS (
		INSERT INTO card_terms (user_id, card_id, terms) SELECT $1, id, array_to_tsvector(string_to_array($8, ' ')) FROM moved` + replaceTerms + `
		) SELECT EXISTS (SELECT 1 FROM deck), EXISTS (SELECT 1 FROM moved)`
	deleteCard query = "DELETE FROM cards WHERE user_id = $1 AND id = $2"
)

// cardFields returns where cardColumns go.
func cardFields(c *domain.Card) []any {
	return []any{
		(*string)(&c.Owner), (*string)(&c.Deck), (*string)(&c.ID), &c.Question, &c.Answer,
		instant{&c.CreatedAt}, instant{&c.UpdatedAt}, &c.Rev,
	}
}

// cardArrays returns what cards of the owner bring to insertCards, an array a column.
func cardArrays(owner domain.UserID, cards []domain.Card) []any {
	ids, questions, answers := make([]string, len(cards)), make([]string, len(cards)), make([]string, len(cards))
	created, updated, revs := make([]any, len(cards)), make([]any, len(cards)), make([]int64, len(cards))
	terms := make([]string, len(cards))
	for i := range cards {
		card := &cards[i]
		ids[i], questions[i], answers[i] = string(card.ID), card.Question, card.Answer
		created[i], updated[i], revs[i] = moment(card.CreatedAt), moment(card.UpdatedAt), card.Rev
		terms[i] = cardTerms(owner, card.Text())
	}
	return []any{ids, questions, answers, created, updated, revs, terms}
}

// InsertCards adds cards to a deck of the owner: all of them, or none.
func (c *Cards) InsertCards(ctx context.Context, owner domain.UserID, deck domain.DeckID, cards []domain.Card) error {
	if len(cards) == 0 {
		_, err := (&Decks{c.store}).Deck(ctx, owner, deck)
		return err
	}
	args := append([]any{string(owner), string(deck), string(domain.PhaseNew)}, cardArrays(owner, cards)...)
	rows, err := c.store.exec(ctx, "insert cards", insertCards, args...)
	if err == nil && rows == 0 {
		return domain.NotFound("deck")
	}
	return err
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
	at, id := stored(page.After.At), page.After.ID
	if deck == "" {
		return list(ctx, c.store, "list cards", cardFields, cardsOf, string(owner), at, id, page.Limit)
	}
	return list(ctx, c.store, "list the cards of a deck", cardFields, cardsOfDeck, string(owner), string(deck), at, id, page.Limit)
}

// UpdateCard changes a card and returns it as stored.
func (c *Cards) UpdateCard(
	ctx context.Context, owner domain.UserID, id domain.CardID, edit func(*domain.Card) error,
) (domain.Card, error) {
	read := func() (domain.Card, error) { return c.Card(ctx, owner, id) }
	return ports.Update(ctx, "card", read, edit, func(before, card *domain.Card) (bool, error) {
		card.ID, card.Owner, card.CreatedAt, card.Rev = before.ID, before.Owner, before.CreatedAt, before.Rev+1
		card.UpdatedAt = stored(card.UpdatedAt)
		if card.Deck != before.Deck {
			return c.move(ctx, before.Rev, card)
		}
		change, args := updateCard, []any{string(owner), string(id), before.Rev, card.Question, card.Answer, moment(card.UpdatedAt)}
		if card.Text() != before.Text() {
			change, args = rewriteCard, append(args, cardTerms(owner, card.Text()))
		}
		rows, err := c.store.exec(ctx, "update a card", change, args...)
		return rows == 1, err
	})
}

// move writes a card that changes its deck, if it still has the revision.
func (c *Cards) move(ctx context.Context, rev int64, card *domain.Card) (bool, error) {
	var deck, moved bool
	_, err := c.store.write(ctx, "move a card", moveCard, []any{
		string(card.Owner), string(card.Deck), string(card.ID), rev, card.Question, card.Answer, moment(card.UpdatedAt),
		cardTerms(card.Owner, card.Text()),
	}, &deck, &moved)
	if err == nil && !deck {
		return false, domain.NotFound("deck")
	}
	return moved, err
}

// DeleteCard removes a card with its memory.
func (c *Cards) DeleteCard(ctx context.Context, owner domain.UserID, id domain.CardID) error {
	rows, err := c.store.exec(ctx, "delete a card", deleteCard, string(owner), string(id))
	if err == nil && rows == 0 {
		return domain.NotFound("card")
	}
	return err
}
