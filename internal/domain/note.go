package domain

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// NoteID names a note.
type NoteID string

// Note is a text of a person and the cards that were made of it, which wait to be looked at and added to a deck. A person has
// one note for each deck at most.
type Note struct {
	ID    NoteID
	Owner UserID
	Deck  DeckID
	Text  string
	Cards []NoteCard
	// Generator says what made the cards: "extractive", or the name of a model.
	Generator string
	// AddingAt is when somebody began to add the cards to the deck: from then on they stay as they are. AddedAt is when that
	// was done.
	AddingAt, AddedAt    time.Time
	CreatedAt, UpdatedAt time.Time
	Rev                  int64
}

// Open reports whether the cards of the note still wait.
func (n Note) Open() bool { return n.AddedAt.IsZero() }

// NoteCard is a card that was made from a text.
type NoteCard struct {
	Question, Answer string
	// Source is the part of the note's text that it comes from, zero when there is none.
	Source Span
	// Unfounded cards quote something that is not in the text.
	Unfounded bool
	// Long cards have an answer that is hard to remember as one.
	Long bool
}

// Limits of notes.
const (
	// MaxNoteText is the length of the longest text, in characters.
	MaxNoteText = 100_000
	// MaxNoteCards is how many cards a note has at most: as many as can be added to a deck at once.
	MaxNoteCards = 1000
	// LongAnswer is the number of characters above which an answer is hard to remember as one: about two lines.
	LongAnswer = 160
)

// CheckNoteText says what is wrong with a text, which may have maxLength characters.
func CheckNoteText(text string, maxLength int) error {
	var p problems
	p.add(len(wordsOf(text)) == 0, "text", "A text is required.")
	p.add(utf8.RuneCountInString(text) > maxLength, "text", "The text is too long: "+plural(maxLength, "character")+" at most.")
	p.storable("text", text)
	return p.err()
}

// CheckNoteCards says everything that is wrong with cards that somebody gives a note.
func CheckNoteCards(cards []NoteCard) error {
	var p problems
	p.add(len(cards) > MaxNoteCards, "cards", "There are too many cards: 1,000 at most.")
	for i, card := range cards[:min(len(cards), MaxNoteCards)] {
		CardText{card.Question, card.Answer}.check(fmt.Sprintf("cards[%d].", i), &p)
	}
	return p.err()
}

// SetCards gives the note other cards. Of each the source must be within the text; else it has none.
func (n *Note) SetCards(cards []NoteCard, now time.Time) {
	length := UTF16Len(n.Text)
	n.Cards = make([]NoteCard, len(cards))
	for i, card := range cards {
		card.Source = card.Source.Within(length)
		card.Long = utf8.RuneCountInString(PlainText(card.Answer)) > LongAnswer
		n.Cards[i] = card
	}
	n.UpdatedAt = now
}

// Close notes that the cards were added. What the note was for is done, so it keeps neither text nor cards.
func (n *Note) Close(now time.Time) {
	n.AddedAt, n.UpdatedAt = now, now
	n.Text, n.Cards = "", []NoteCard{}
}
