package generationapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/generation"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (a *api) noteRoutes() []rest.Endpoint {
	create := spec(http.MethodPost, "/notes", "Make cards from a text")
	create.Deadline, create.PassesIdentity = slow, true
	create.Description = "The note takes the place of the one that the deck had. Each card says which part of the text it comes from. What " +
		"was left out, and why, is counted; `remarks` are sentences for the person, for example that the language model is away."
	create.Fails = append(create.Fails, domain.CodeNotFound, domain.CodeUnavailable)
	one := spec(http.MethodPost, "/notes/{id}/card", "Make one card from a part of a text")
	one.Deadline = slow
	one.Fails = append(one.Fails, domain.CodeConflict)
	change := spec(http.MethodPut, "/notes/{id}", "Change the cards of a note")
	change.Fails = append(change.Fails, domain.CodeConflict)
	add := spec(http.MethodPost, "/notes/{id}/cards", "Add the cards of a note to a deck")
	add.PassesIdentity = true
	add.Fails = append(add.Fails, domain.CodeConflict, domain.CodeInProgress, domain.CodeUnavailable)
	return []rest.Endpoint{
		rest.Route(create, a.create),
		rest.Route(spec(http.MethodGet, "/notes", "List the notes whose cards were not added yet"), a.open),
		rest.Route(change, a.change),
		rest.Route(add, a.addCards),
		rest.Route(one, a.createCard),
	}
}

type generatedCard struct {
	Question string `json:"question" required:"true" minLength:"1" maxLength:"65536"`
	Answer   string `json:"answer" required:"true" minLength:"1" maxLength:"65536"`
	// The source is a range of the note's text, counted in UTF-16 code units.
	SourceStart int  `json:"source_start_index" description:"Offset into the text in UTF-16 code units."`
	SourceEnd   int  `json:"source_end_index" description:"Offset into the text in UTF-16 code units."`
	Unfounded   bool `json:"unfounded,omitempty" description:"The card quotes something that is not in the text: look at it twice."`
	Long        bool `json:"long,omitempty" description:"The answer is hard to remember as one."`
}

func newGeneratedCard(c domain.NoteCard) generatedCard {
	return generatedCard{c.Question, c.Answer, c.Source.Start, c.Source.End, c.Unfounded, c.Long}
}

func newGeneratedCards(cards []domain.NoteCard) []generatedCard {
	generated := make([]generatedCard, len(cards))
	for i, card := range cards {
		generated[i] = newGeneratedCard(card)
	}
	return generated
}

func (c generatedCard) card() domain.NoteCard {
	return domain.NoteCard{
		Question: c.Question, Answer: c.Answer, Source: domain.Span{Start: c.SourceStart, End: c.SourceEnd}, Unfounded: c.Unfounded,
	}
}

type createNoteRequest struct {
	Body struct {
		Text   string        `json:"text" validate:"required"`
		DeckID domain.DeckID `json:"deck_id" validate:"required,uuid"`
	}
}

type noteResponse struct {
	ID    domain.NoteID   `json:"id"`
	Text  string          `json:"text"`
	Cards []generatedCard `json:"cards"`
}

func newNoteResponse(n domain.Note) noteResponse {
	return noteResponse{n.ID, n.Text, newGeneratedCards(n.Cards)}
}

type createdNoteResponse struct {
	noteResponse
	Generator string          `json:"generator" description:"What made the cards: extractive, or the name of a model."`
	LeftOut   leftOutResponse `json:"left_out" description:"How many proposals did not become cards."`
	Remarks   []string        `json:"remarks" description:"What could not be done as asked."`
}

type leftOutResponse struct {
	InText int `json:"in_text" description:"They ask what another card of the note asks."`
	InDeck int `json:"in_deck" description:"They ask what a card of the deck asks."`
	Empty  int `json:"empty" description:"They have no question or no answer."`
}

// personOf returns the caller with the token by which other services are asked for them.
func personOf(ctx context.Context, caller domain.Identity) generation.Caller {
	return generation.Caller{Identity: caller, Token: rest.IdentityToken(ctx)}
}

func (a *api) create(ctx context.Context, caller domain.Identity, r createNoteRequest) (createdNoteResponse, error) {
	made, err := a.generation.Create(ctx, personOf(ctx, caller), rest.Canonical(r.Body.DeckID), r.Body.Text)
	if err != nil {
		return createdNoteResponse{}, err
	}
	out := made.LeftOut
	return createdNoteResponse{
		newNoteResponse(made.Note), made.Generator, leftOutResponse{out.InText, out.InDeck, out.Empty}, made.Remarks,
	}, nil
}

func (a *api) open(ctx context.Context, caller domain.Identity, _ rest.Empty) (map[domain.DeckID]noteResponse, error) {
	notes, err := a.generation.Open(ctx, caller)
	response := make(map[domain.DeckID]noteResponse, len(notes))
	for _, note := range notes {
		response[note.Deck] = newNoteResponse(note)
	}
	return response, err
}

type changeNoteRequest struct {
	ID   domain.NoteID `path:"id"`
	Body noteCards
}

type noteCards struct {
	Cards []generatedCard `json:"cards"`
}

func (a *api) change(ctx context.Context, caller domain.Identity, r changeNoteRequest) (noteCards, error) {
	cards := make([]domain.NoteCard, len(r.Body.Cards))
	for i, card := range r.Body.Cards {
		cards[i] = card.card()
	}
	stored, err := a.generation.Change(ctx, caller, r.ID, cards)
	return noteCards{newGeneratedCards(stored)}, err
}

type addNoteCardsRequest struct {
	ID     domain.NoteID `path:"id"`
	DeckID domain.DeckID `query:"deck_id" format:"uuid" required:"true"`
	Body   rest.Empty
}

type addedCards struct {
	Cards []addedCard `json:"cards"`
}

type addedCard struct {
	ID       domain.CardID `json:"id"`
	Question string        `json:"question"`
	Answer   string        `json:"answer"`
	DeckID   domain.DeckID `json:"deckID"`
}

func (a *api) addCards(ctx context.Context, caller domain.Identity, r addNoteCardsRequest) (addedCards, error) {
	cards, err := a.generation.AddCards(ctx, personOf(ctx, caller), r.ID, rest.Canonical(r.DeckID))
	response := addedCards{make([]addedCard, len(cards))}
	for i, card := range cards {
		response.Cards[i] = addedCard{card.ID, card.Question, card.Answer, card.Deck}
	}
	return response, err
}

type createNoteCardRequest struct {
	ID   domain.NoteID `path:"id"`
	Body struct {
		Text        string        `json:"text" validate:"required"`
		DeckID      domain.DeckID `json:"deck_id"`
		SourceStart int           `json:"source_start_index"`
		SourceEnd   int           `json:"source_end_index"`
	}
}

type noteCardResponse struct {
	ID      domain.NoteID `json:"id"`
	Text    string        `json:"text"`
	Card    generatedCard `json:"card"`
	Remarks []string      `json:"remarks" description:"What could not be done as asked."`
}

func (a *api) createCard(ctx context.Context, caller domain.Identity, r createNoteCardRequest) (noteCardResponse, error) {
	made, err := a.generation.CreateCard(ctx, caller, r.ID, generation.Part{
		Text: r.Body.Text, Source: domain.Span{Start: r.Body.SourceStart, End: r.Body.SourceEnd},
	})
	return noteCardResponse{r.ID, r.Body.Text, newGeneratedCard(made.NoteCard), made.Remarks}, err
}
