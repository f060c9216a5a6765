package learningapi

import (
	"context"
	"math"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// The routes of clients with two buttons.

func eventSpec() rest.Spec {
	s := olderSpec(http.MethodPost, "/learning/event", "Record an answer to a card", http.StatusCreated)
	s.Description = "The answer becomes an event of the review log, under the next number. The same answer sent again " +
		"gives the same event. A wrong answer brings the card back after a minute."
	s.Repeatable = true
	s.Fails = []domain.Code{domain.CodeNotFound, domain.CodeBusy}
	return s
}

func dueSpec() rest.Spec {
	s := olderSpec(http.MethodGet, "/learning/events", "List the cards to learn now", http.StatusOK)
	s.Description = "Those of the given cards of the deck that are due, least remembered first. " +
		"An empty list means: finished for today. Suspended cards are left out, and so are cards beyond the limits of the " +
		"day, where the person has set some."
	s.Fails = []domain.Code{domain.CodeNotFound}
	return s
}

func scoresSpec() rest.Spec {
	s := olderSpec(http.MethodPost, "/learning/probabilities", "Show how well decks are remembered", http.StatusOK)
	s.Scope = domain.ScopeLearningRead
	s.Description = "The mean probability of recall over all cards of each deck, 0 to 1, a new card counting 0. " +
		"It is near 1 right after a deck was learned, for cards that were answered wrong just now too: they were just seen. " +
		"The number of cards that the client sends is ignored."
	return s
}

// eventRequest does not read the deck that clients send: the deck of the card's row counts.
type eventRequest struct {
	Body struct {
		CardID            domain.CardID            `json:"cardID" validate:"required,uuid"`
		LearningSessionID domain.LearningSessionID `json:"learningSessionID" validate:"required,uuid"`
		StartedAt         time.Time                `json:"startedAt" required:"true"`
		FinishedAt        time.Time                `json:"finishedAt" required:"true"`
		Correct           *bool                    `json:"correct" validate:"required"`
	}
}

type eventResponse struct {
	ID     domain.EventID `json:"id" format:"uuid"`
	CardID domain.CardID  `json:"cardID" format:"uuid"`
	Due    rest.Time      `json:"due" description:"When the card is to be asked again."`
}

func (a *api) record(ctx context.Context, caller domain.Identity, r eventRequest) (eventResponse, error) {
	event, err := a.learning.Record(ctx, caller, domain.Entry{
		Kind: domain.KindReview, Card: rest.Canonical(r.Body.CardID), Session: rest.Canonical(r.Body.LearningSessionID),
		StartedAt: r.Body.StartedAt, FinishedAt: r.Body.FinishedAt,
		Rating: domain.RatingOf(*r.Body.Correct), Buttons: 2,
	})
	return eventResponse{event.ID, event.Card, rest.Time(event.After.Due)}, err
}

type dueRequest struct {
	DeckID domain.DeckID `query:"deckID" format:"uuid" required:"true"`
	IDs    []string      `query:"ids" description:"Ids of cards, one parameter each."`
}

type recallResponse struct {
	CardID            domain.CardID            `json:"cardID" format:"uuid"`
	LearningSessionID domain.LearningSessionID `json:"learningSessionID"`
	RecallProbability float64                  `json:"recallProbability" minimum:"0" maximum:"1"`
}

func (a *api) due(ctx context.Context, caller domain.Identity, r dueRequest) ([]recallResponse, error) {
	cards := make([]domain.CardID, 0, len(r.IDs))
	for _, text := range r.IDs {
		if id, ok := domain.ParseID(text); ok {
			cards = append(cards, domain.CardID(id))
		}
	}
	due, err := a.learning.Due(ctx, caller, r.DeckID, cards)
	responses := make([]recallResponse, len(due))
	for i, recall := range due {
		responses[i] = recallResponse{CardID: recall.Card, RecallProbability: recall.Retrievability}
	}
	return responses, err
}

type scoresRequest struct {
	Body []struct {
		DeckID domain.DeckID `json:"deckID" validate:"required,uuid"`
	} `validate:"max=1000,dive"`
}

func (a *api) scores(ctx context.Context, caller domain.Identity, r scoresRequest) (map[domain.DeckID]float64, error) {
	asked := make(map[domain.DeckID]domain.DeckID, len(r.Body)) // canonical id to the text that the client sent
	decks := make([]domain.DeckID, 0, len(r.Body))
	for _, item := range r.Body {
		id := rest.Canonical(item.DeckID)
		if _, twice := asked[id]; !twice {
			decks = append(decks, id)
		}
		asked[id] = item.DeckID
	}
	scores, err := a.learning.Scores(ctx, caller, decks)
	response := make(map[domain.DeckID]float64, len(scores))
	for deck, score := range scores {
		response[asked[deck]] = math.Round(score.Value()*100) / 100
	}
	return response, err
}
