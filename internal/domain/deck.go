package domain

import (
	"time"
	"unicode/utf8"
)

// Limits of a deck, in characters.
const (
	MaxDeckName        = 30
	MaxDeckDescription = 200
	MaxDeckColor       = 32
)

// Deck is a named set of cards. The cards are rows of their own and name their deck.
type Deck struct {
	ID          DeckID
	Owner       UserID
	Name        string
	Description string
	// Color is what a client paints the deck with, for example "#FFEC87".
	Color string
	// PublishedAt is when the owner made the deck public; zero while it is private.
	PublishedAt time.Time
	CreatedAt   time.Time
	UpdatedAt   time.Time
	// Rev counts the changes; storage uses it to find out that somebody else was faster.
	Rev int64
}

// DeckText is the part of a deck that a person writes.
type DeckText struct {
	Name        string
	Description string
	Color       string
}

// Check says everything that is wrong with the text of a deck.
func (t DeckText) Check() error {
	var p problems
	p.add(t.Name == "", "name", "A name is required.")
	p.add(utf8.RuneCountInString(t.Name) > MaxDeckName, "name", "The name is too long: 30 characters at most.")
	p.add(utf8.RuneCountInString(t.Description) > MaxDeckDescription, "description",
		"The description is too long: 200 characters at most.")
	p.add(utf8.RuneCountInString(t.Color) > MaxDeckColor, "color", "The colour is too long: 32 characters at most.")
	p.storable("name", t.Name)
	p.storable("description", t.Description)
	p.storable("color", t.Color)
	return p.err()
}

// NewDeck returns a deck of the owner.
func NewDeck(id DeckID, owner UserID, text DeckText, now time.Time) (Deck, error) {
	if err := text.Check(); err != nil {
		return Deck{}, err
	}
	return Deck{
		ID: id, Owner: owner, Name: text.Name, Description: text.Description, Color: text.Color,
		CreatedAt: now, UpdatedAt: now, Rev: 1,
	}, nil
}

// Rewrite replaces the text of the deck.
func (d *Deck) Rewrite(text DeckText, now time.Time) error {
	if err := text.Check(); err != nil {
		return err
	}
	d.Name, d.Description, d.Color, d.UpdatedAt = text.Name, text.Description, text.Color, now
	return nil
}

// Publish makes the deck public, or private again. Publishing twice keeps the first date.
func (d *Deck) Publish(public bool, now time.Time) {
	switch {
	case !public:
		d.PublishedAt = time.Time{}
	case d.PublishedAt.IsZero():
		d.PublishedAt = now
	}
	d.UpdatedAt = now
}
