package generation_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/generation"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

const (
	text = "The Rhine rises in the Alps. 🚢 It ends in the North Sea."
	deck = domain.DeckID("0190a000-0000-7000-8000-0000000000d1")
)

var (
	noon   = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	lost   = domain.NewError(domain.CodeUnavailable, "no answer")
	ada    = domain.Identity{User: "0190a000-0000-7000-8000-000000000001", EmailVerified: true, Beta: true}
	caller = generation.Caller{Identity: ada, Token: "identity of Ada"}
	rises  = domain.Proposal{Question: "Where does the Rhine rise?", Answer: "In the Alps", Quote: "The Rhine rises in the Alps."}
	ends   = domain.Proposal{Question: "Where does the Rhine end?", Answer: "In the North Sea", Quote: "It ends in the North Sea."}
)

// world is card generation over a real engine, with generators and decks that do as they are told.
type world struct {
	*generation.Service
	storage           ports.Storage
	extractive, model *mocks.CardGenerator
	decks             *mocks.RemoteDecks
	clock             *mocks.Clock
}

func newWorld(t *testing.T, withModel bool) *world {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Migrate(t.Context()))
	w := &world{
		storage: store.Ports(), extractive: mocks.NewCardGenerator(t), model: mocks.NewCardGenerator(t), decks: mocks.NewRemoteDecks(t),
		clock: mocks.NewClock(t),
	}
	w.clock.EXPECT().Now().Return(noon).Maybe()
	needs := generation.Needs{
		Storage: w.storage, Configs: w.storage.Configs, Extractive: w.extractive, Decks: w.decks, Clock: w.clock, IDs: system.IDs{}, MaxText: 1000,
	}
	if withModel {
		needs.Model = w.model
	}
	w.Service = generation.New(needs)
	return w
}

// proposes lets a generator answer.
func proposes(g *mocks.CardGenerator, by string, proposals ...domain.Proposal) {
	g.EXPECT().Generate(mock.Anything, mock.Anything).Return(domain.Generated{Proposals: proposals, By: by}, nil).Once()
}

// note makes a note of two cards.
func (w *world) note(t *testing.T) generation.Made {
	t.Helper()
	w.decks.EXPECT().DeckTexts(mock.Anything, "identity of Ada", deck).Return([]domain.CardText{}, nil).Once()
	proposes(w.extractive, "extractive", rises, ends)
	made, err := w.Create(t.Context(), caller, deck, text)
	require.NoError(t, err)
	return made
}

func TestCardsOfAText(t *testing.T) {
	t.Run("say where they come from, and wait as a note", func(t *testing.T) {
		w := newWorld(t, false)
		made := w.note(t)
		assert.Equal(t, "extractive", made.Generator)
		require.Len(t, made.Cards, 2)
		assert.Equal(t, domain.Span{Start: 32, End: 57}, made.Cards[1].Source)
		open, err := w.Open(t.Context(), ada)
		require.NoError(t, err)
		assert.Equal(t, []domain.Note{made.Note}, open)
	})
	t.Run("that the deck asks already are left out", func(t *testing.T) {
		w := newWorld(t, false)
		w.decks.EXPECT().DeckTexts(mock.Anything, "identity of Ada", deck).Return([]domain.CardText{{Question: "where does the rhine rise"}}, nil)
		proposes(w.extractive, "extractive", rises, ends)
		made, err := w.Create(t.Context(), caller, deck, text)
		require.NoError(t, err)
		assert.Len(t, made.Cards, 1)
		assert.Equal(t, domain.LeftOut{InDeck: 1}, made.LeftOut)
	})
	t.Run("take the place of those that the deck had", func(t *testing.T) {
		w := newWorld(t, false)
		first, second := w.note(t), w.note(t)
		open, err := w.Open(t.Context(), ada)
		require.NoError(t, err)
		assert.Equal(t, []domain.Note{second.Note}, open)
		_, err = w.Change(t.Context(), ada, first.ID, nil)
		assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	})
	t.Run("are not made for the deck of somebody else, nor of nothing", func(t *testing.T) {
		w := newWorld(t, false)
		w.decks.EXPECT().DeckTexts(mock.Anything, mock.Anything, deck).Return(nil, domain.NotFound("deck"))
		_, err := w.Create(t.Context(), caller, deck, text)
		assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
		_, err = w.Create(t.Context(), caller, deck, " \n\t")
		assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	})
}

func TestALanguageModel(t *testing.T) {
	t.Run("is asked first", func(t *testing.T) {
		w := newWorld(t, true)
		w.decks.EXPECT().DeckTexts(mock.Anything, mock.Anything, deck).Return(nil, nil)
		proposes(w.model, "a model", rises)
		made, err := w.Create(t.Context(), caller, deck, text)
		require.NoError(t, err)
		assert.Equal(t, "a model", made.Generator)
		assert.Empty(t, made.Remarks)
	})
	t.Run("that is away is done without, and that is told", func(t *testing.T) {
		w := newWorld(t, true)
		w.decks.EXPECT().DeckTexts(mock.Anything, mock.Anything, deck).Return(nil, nil)
		w.model.EXPECT().Generate(mock.Anything, mock.Anything).Return(domain.Generated{}, lost)
		proposes(w.extractive, "extractive", rises)
		made, err := w.Create(t.Context(), caller, deck, text)
		require.NoError(t, err)
		assert.Equal(t, "extractive", made.Generator)
		assert.Len(t, made.Remarks, 1)
	})
	t.Run("reads no more in a day than the document allows", func(t *testing.T) {
		w := newWorld(t, true)
		require.NoError(t, w.storage.Configs.InsertConfig(t.Context(), domain.ConfigDocument{
			Name: generation.LimitsConfig, Value: []byte(`{"charactersPerDay":100}`), Rev: 1,
		}))
		w.decks.EXPECT().DeckTexts(mock.Anything, mock.Anything, deck).Return(nil, nil)
		proposes(w.model, "a model", rises)
		proposes(w.extractive, "extractive", rises)
		first, err := w.Create(t.Context(), caller, deck, text)
		require.NoError(t, err)
		second, err := w.Create(t.Context(), caller, deck, text)
		require.NoError(t, err)
		assert.Equal(t, []string{"a model", "extractive"}, []string{first.Generator, second.Generator})
		assert.Contains(t, second.Remarks[0], "100 characters")
	})
}

func TestChangingTheCardsOfANote(t *testing.T) {
	w := newWorld(t, false)
	note := w.note(t)
	cards := []domain.NoteCard{{Question: "Q", Answer: "A", Source: domain.Span{Start: 0, End: 5}}, {Question: "R", Answer: "B", Source: domain.Span{Start: 5, End: 5000}}}
	stored, err := w.Change(t.Context(), ada, note.ID, cards)
	require.NoError(t, err)
	assert.Equal(t, domain.Span{Start: 0, End: 5}, stored[0].Source)
	assert.True(t, stored[1].Source.IsZero(), "a source beyond the text is none")
	stranger := domain.Identity{User: "0190a000-0000-7000-8000-000000000002"}
	_, err = w.Change(t.Context(), stranger, note.ID, cards)
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	_, err = w.Change(t.Context(), ada, note.ID, []domain.NoteCard{{Question: "Q"}})
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
}

func TestOneCardOfAPart(t *testing.T) {
	w := newWorld(t, false)
	note := w.note(t)
	one := domain.Proposal{Question: "Into what does it flow?", Answer: "The North Sea", Quote: "It ends in the North Sea."}
	w.extractive.EXPECT().Generate(mock.Anything, domain.GenerationRequest{Text: "It ends in the North Sea.", Single: true, Max: 1}).
		Return(domain.Generated{Proposals: []domain.Proposal{one}}, nil).Once()
	made, err := w.CreateCard(t.Context(), ada, note.ID, generation.Part{Text: text, Source: domain.Span{Start: 32, End: 57}})
	require.NoError(t, err)
	assert.Equal(t, domain.Span{Start: 32, End: 57}, made.Source)
	require.Len(t, made.Note.Cards, 3)
	assert.Equal(t, made.NoteCard, made.Note.Cards[0], "it is the note's first")
	w.extractive.EXPECT().Generate(mock.Anything, mock.Anything).Return(domain.Generated{}, nil).Once()
	_, err = w.CreateCard(t.Context(), ada, note.ID, generation.Part{Text: "?"})
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	_, err = w.CreateCard(t.Context(), ada, "0190a000-0000-7000-8000-0000000000ff", generation.Part{Text: text})
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestAddingTheCardsOfANote(t *testing.T) {
	added := []domain.Card{{ID: "0190a000-0000-7000-8000-0000000000c1", Deck: deck}}
	expect := func(w *world, note generation.Made) *mocks.RemoteDecks_AddCards_Call {
		return w.decks.EXPECT().AddCards(mock.Anything, "identity of Ada", deck, "note-"+string(note.ID), []domain.CardText{
			{Question: rises.Question, Answer: rises.Answer}, {Question: ends.Question, Answer: ends.Answer},
		})
	}
	t.Run("is done once, and then the note is gone", func(t *testing.T) {
		w := newWorld(t, false)
		note := w.note(t)
		expect(w, note).Return(added, nil).Once()
		cards, err := w.AddCards(t.Context(), caller, note.ID, deck)
		require.NoError(t, err)
		assert.Equal(t, added, cards)
		open, err := w.Open(t.Context(), ada)
		require.NoError(t, err)
		assert.Empty(t, open)
		_, err = w.AddCards(t.Context(), caller, note.ID, deck)
		assert.Equal(t, domain.CodeConflict, domain.CodeOf(err))
	})
	t.Run("that was cut off is done again with the same key and the same cards", func(t *testing.T) {
		w := newWorld(t, false)
		note := w.note(t)
		expect(w, note).Return(nil, lost).Once()
		_, err := w.AddCards(t.Context(), caller, note.ID, deck)
		require.ErrorIs(t, err, lost)
		_, err = w.Change(t.Context(), ada, note.ID, nil)
		require.Equal(t, domain.CodeConflict, domain.CodeOf(err), "the cards stay as they are")
		expect(w, note).Return(added, nil).Once()
		_, err = w.AddCards(t.Context(), caller, note.ID, deck)
		require.NoError(t, err)
	})
	t.Run("that cannot be done as they are lets them be changed", func(t *testing.T) {
		w := newWorld(t, false)
		note := w.note(t)
		expect(w, note).Return(nil, domain.NotFound("deck")).Once()
		_, err := w.AddCards(t.Context(), caller, note.ID, deck)
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
		_, err = w.Change(t.Context(), ada, note.ID, nil)
		require.NoError(t, err)
	})
	t.Run("of two at once one has added them", func(t *testing.T) {
		w := newWorld(t, false)
		note := w.note(t)
		expect(w, note).RunAndReturn(func(context.Context, string, domain.DeckID, string, []domain.CardText) ([]domain.Card, error) {
			_, err := w.storage.Notes.UpdateNote(t.Context(), ada.User, note.ID, func(n *domain.Note) error {
				n.Close(noon)
				return nil
			})
			return added, err
		}).Once()
		_, err := w.AddCards(t.Context(), caller, note.ID, deck)
		assert.Equal(t, domain.CodeConflict, domain.CodeOf(err))
	})
	t.Run("goes to the note's deck only", func(t *testing.T) {
		w := newWorld(t, false)
		note := w.note(t)
		_, err := w.AddCards(t.Context(), caller, note.ID, "0190a000-0000-7000-8000-0000000000d2")
		assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	})
}
