package ports

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// CardGenerator makes cards from a text.
type CardGenerator interface {
	// Generate returns cards in the order of the text. None is no error: a text may hold nothing to ask. CodeUnavailable when
	// it cannot be done now, CodeTooLarge when the text is too long for it.
	Generate(ctx context.Context, request domain.GenerationRequest) (domain.Generated, error)
}

// Notes stores notes. A person has one for each deck at most.
type Notes interface {
	// PutNote adds a note, in place of the one of the same owner and deck when there is one. CodeConflict when the owner has a
	// note of this id for another deck.
	PutNote(ctx context.Context, note domain.Note) error
	// Note returns a note, or CodeNotFound.
	Note(ctx context.Context, owner domain.UserID, id domain.NoteID) (domain.Note, error)
	// NotesOf returns notes of a person in order of the bytes of their decks' ids, behind after, at most limit.
	NotesOf(ctx context.Context, owner domain.UserID, after domain.DeckID, limit int) ([]domain.Note, error)
	// UpdateNote changes a note and returns it as stored; Deck cannot be changed. CodeNotFound when there is none.
	UpdateNote(ctx context.Context, owner domain.UserID, id domain.NoteID, edit func(*domain.Note) error) (domain.Note, error)
}

// GenerationUsage counts what people have language models do.
type GenerationUsage interface {
	// CountUsage adds an amount, at least 1, to what a person has used on a day, unless the sum would be above limit: then
	// nothing is added and granted is false. Many at once never get beyond the limit together. What was counted is kept for
	// two days.
	CountUsage(ctx context.Context, owner domain.UserID, day domain.Day, amount, limit int) (granted bool, err error)
}
