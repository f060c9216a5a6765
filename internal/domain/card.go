package domain

import (
	"fmt"
	"time"
)

// Limits of cards.
const (
	// MaxCardText is the size of a question or an answer in bytes of UTF-8.
	MaxCardText = 64 << 10
	// MaxCardBatch is how many cards one call may add.
	MaxCardBatch = 1000
	// MaxCardBatchBytes is how much text one call may add: some thousand bytes a card, as an import has.
	MaxCardBatchBytes = 8 << 20
)

// Card is a question and its answer, kept byte for byte. What is known of its memory is a Memory beside it.
type Card struct {
	ID        CardID
	Owner     UserID
	Deck      DeckID
	Question  string
	Answer    string
	CreatedAt time.Time
	UpdatedAt time.Time
	// Rev counts the changes of the content; storage uses it to find out that somebody else was faster.
	Rev int64
}

// CardText is the part of a card that a person writes: plain text, or a rich document in JSON. It is never trimmed.
type CardText struct {
	Question string
	Answer   string
}

// Check says everything that is wrong with the text of a card. prefix is put before the names of the fields.
func (t CardText) Check(prefix string) error {
	var p problems
	t.check(prefix, &p)
	return p.err()
}

func (t CardText) check(prefix string, p *problems) {
	for _, side := range []struct{ name, text string }{{"question", t.Question}, {"answer", t.Answer}} {
		p.add(side.text == "", prefix+side.name, "The "+side.name+" is required.")
		p.add(len(side.text) > MaxCardText, prefix+side.name, "The "+side.name+" is too long: 65,536 bytes at most.")
		p.storable(prefix+side.name, side.text)
	}
}

// CheckCards says everything that is wrong with a batch of cards; fields are named like "[3].question".
func CheckCards(texts []CardText) error {
	if len(texts) > MaxCardBatch {
		return NewError(CodeTooLarge, "Too many cards: 1,000 at most in one request.")
	}
	var p problems
	size := 0
	for i, text := range texts {
		text.check(fmt.Sprintf("[%d].", i), &p)
		size += len(text.Question) + len(text.Answer)
	}
	if size > MaxCardBatchBytes {
		return NewError(CodeTooLarge, "The cards are too large together: 8 MiB of text at most in one request.")
	}
	return p.err()
}

// NewCard returns a card of a deck. The text must have been checked.
func NewCard(id CardID, owner UserID, deck DeckID, text CardText, now time.Time) Card {
	return Card{
		ID: id, Owner: owner, Deck: deck, Question: text.Question, Answer: text.Answer,
		CreatedAt: now, UpdatedAt: now, Rev: 1,
	}
}

// Rewrite replaces the text of the card.
func (c *Card) Rewrite(text CardText, now time.Time) error {
	if err := text.Check(""); err != nil {
		return err
	}
	c.Question, c.Answer, c.UpdatedAt = text.Question, text.Answer, now
	return nil
}

// Text returns what a person wrote on the card.
func (c Card) Text() CardText { return CardText{c.Question, c.Answer} }
