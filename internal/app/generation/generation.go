// Package generation is what people do with texts: they have cards made of them, look at those, and add them to a deck. Each card
// says which part of the text it comes from.
package generation

import (
	"context"
	"log/slog"
	"time"

	"github.com/moshrank/spacey-backend/internal/app/modeluse"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// modelTimeout is how long a language model may take: clients give up after a minute, and without the model there is still
// something to be done.
const modelTimeout = 45 * time.Second

// Needs is what the use cases need of the outside.
type Needs struct {
	Storage ports.Storage
	// Configs is where the limits are looked up.
	Configs ports.Configs
	// Extractive is the generator that is always there. Model is the one that is asked first, nil when there is none.
	Extractive, Model ports.CardGenerator
	Decks             ports.RemoteDecks
	Clock             ports.Clock
	IDs               ports.IDs
	// Logger is told why a model could not be used.
	Logger *slog.Logger
	// MaxText is the length of the longest text, in characters.
	MaxText int
}

// Service is the use cases of card generation. Make one with New.
type Service struct {
	Needs
	notes  ports.Notes
	budget *modeluse.Budget
}

// New returns the use cases of card generation.
func New(needs Needs) *Service {
	if needs.Logger == nil {
		needs.Logger = slog.New(slog.DiscardHandler)
	}
	budget := &modeluse.Budget{Configs: needs.Configs, Usage: needs.Storage.GenerationUsage, Clock: needs.Clock, Logger: needs.Logger}
	return &Service{Needs: needs, notes: needs.Storage.Notes, budget: budget}
}

// Caller is a person with their identity token, by which other services are asked for them.
type Caller struct {
	domain.Identity
	Token string
}

// Made is a note with what there is to say about how its cards were made.
type Made struct {
	domain.Note
	LeftOut domain.LeftOut
	// Remarks are sentences for the person about what could not be done as asked.
	Remarks []string
}

// Create makes cards of a text for a deck. The note takes the place of the one that the deck had. CodeInvalid when the text is empty
// or too long, CodeNotFound when the caller has no such deck.
func (s *Service) Create(ctx context.Context, caller Caller, deck domain.DeckID, text string) (Made, error) {
	if err := domain.CheckNoteText(text, s.MaxText); err != nil {
		return Made{}, err
	}
	inDeck, err := s.Decks.DeckTexts(ctx, caller.Token, deck)
	if err != nil {
		return Made{}, err
	}
	generated, err := s.generate(ctx, caller.User, domain.GenerationRequest{Text: text, Max: maxGenerated})
	if err != nil {
		return Made{}, err
	}
	cards, out := domain.Sift(text, generated.Proposals, inDeck)
	now := s.Clock.Now()
	note := domain.Note{
		ID: domain.NoteID(s.IDs.NewID()), Owner: caller.User, Deck: deck, Text: text, Cards: cards, Generator: generated.By,
		CreatedAt: now, UpdatedAt: now, Rev: 1,
	}
	return Made{note, out, generated.Remarks}, s.notes.PutNote(ctx, note)
}

// maxGenerated is how many cards are made of a text at most: more are not looked at.
const maxGenerated = 200

// notesPage is how many notes are read at a time, and maxOpen how many are listed at most.
const (
	notesPage = 50
	maxOpen   = 1000
)

// Open returns the notes of the caller whose cards were not added yet.
func (s *Service) Open(ctx context.Context, caller domain.Identity) ([]domain.Note, error) {
	open := []domain.Note{}
	err := s.each(ctx, caller.User, func(note *domain.Note) error {
		if note.Open() && len(open) < maxOpen {
			open = append(open, *note)
		}
		return nil
	})
	return open, err
}

// Export tells all notes of the caller, until give fails.
func (s *Service) Export(ctx context.Context, caller domain.Identity, give func(*domain.Note) error) error {
	return s.each(ctx, caller.User, give)
}

func (s *Service) each(ctx context.Context, owner domain.UserID, give func(*domain.Note) error) error {
	var after domain.DeckID
	for {
		notes, err := s.notes.NotesOf(ctx, owner, after, notesPage)
		if err != nil {
			return err
		}
		for i := range notes {
			if err := give(&notes[i]); err != nil {
				return err
			}
			after = notes[i].Deck
		}
		if len(notes) < notesPage {
			return nil
		}
	}
}

// Change replaces the cards of a note, and returns them as stored. CodeNotFound, CodeInvalid; CodeConflict when they are being added
// or were.
func (s *Service) Change(ctx context.Context, caller domain.Identity, id domain.NoteID, cards []domain.NoteCard) ([]domain.NoteCard, error) {
	if err := domain.CheckNoteCards(cards); err != nil {
		return nil, err
	}
	note, err := s.notes.UpdateNote(ctx, caller.User, id, func(n *domain.Note) error {
		if err := changeable(n); err != nil {
			return err
		}
		n.SetCards(cards, s.Clock.Now())
		return nil
	})
	return note.Cards, err
}

// changeable says why the cards of a note cannot be changed.
func changeable(n *domain.Note) error {
	switch {
	case !n.Open():
		return errAdded
	case !n.AddingAt.IsZero():
		return domain.NewError(domain.CodeConflict, "The cards of this note are being added to their deck.")
	default:
		return nil
	}
}

var errAdded = domain.NewError(domain.CodeConflict, "The cards of this note were added to their deck already.")

// Part is a part of a text of which one card is to be made.
type Part struct {
	Text string
	// Source is the part of the text that counts; all of it when it is no part of it.
	Source domain.Span
}

// MadeCard is a card that was made of a part of a text.
type MadeCard struct {
	domain.NoteCard
	Note    domain.Note
	Remarks []string
}

// CreateCard makes one card of a part of a text, and puts it before the others of the note. CodeNotFound; CodeInvalid when the text
// is empty or too long, or nothing in it can be asked; CodeConflict when the cards of the note are being added or were.
func (s *Service) CreateCard(ctx context.Context, caller domain.Identity, id domain.NoteID, part Part) (MadeCard, error) {
	if err := domain.CheckNoteText(part.Text, s.MaxText); err != nil {
		return MadeCard{}, err
	}
	note, err := s.notes.Note(ctx, caller.User, id)
	if err != nil {
		return MadeCard{}, err
	}
	if err := changeable(&note); err != nil {
		return MadeCard{}, err
	}
	text := part.Text
	if !part.Source.Within(domain.UTF16Len(part.Text)).IsZero() {
		text = part.Source.Slice(part.Text)
	}
	generated, err := s.generate(ctx, caller.User, domain.GenerationRequest{Text: text, Single: true, Max: 1})
	if err != nil {
		return MadeCard{}, err
	}
	cards, _ := domain.Sift(note.Text, generated.Proposals, nil)
	if len(cards) == 0 {
		return MadeCard{}, domain.Invalid("text", "There is nothing in this part of the text to make a card of.")
	}
	note, err = s.notes.UpdateNote(ctx, caller.User, id, func(n *domain.Note) error {
		if err := changeable(n); err != nil {
			return err
		}
		if len(n.Cards) >= domain.MaxNoteCards {
			return domain.NewError(domain.CodeConflict, "The note has 1,000 cards, and no more can be added to it.")
		}
		n.SetCards(append([]domain.NoteCard{cards[0]}, n.Cards...), s.Clock.Now())
		return nil
	})
	return MadeCard{cards[0], note, generated.Remarks}, err
}
