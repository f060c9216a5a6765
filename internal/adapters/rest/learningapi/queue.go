package learningapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func queueSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/queue", "List what is to be studied now, with its content")
	s.Description = "First cards in learning steps, then reviews, each by due time, then new cards, as far as the limits of the " +
		"day let them in. Suspended cards are left out."
	s.Fails = []domain.Code{domain.CodeNotFound}
	return s
}

type queueRequest struct {
	DeckID domain.DeckID `query:"deckID" description:"Only the cards of this deck."`
	Limit  int           `query:"limit" default:"20" validate:"min=1,max=200" description:"How many cards there are at most."`
}

type queueResponse struct {
	Day      string       `json:"day" format:"date" description:"The person's day."`
	Counts   queueCounts  `json:"counts" description:"How many cards may be studied now, those that are not listed included."`
	NextStep *rest.Time   `json:"nextStep,omitempty" description:"When the next learning step falls due; left out when one is due now, or none is."`
	Cards    []queuedCard `json:"cards"`
}

type queueCounts struct {
	Learning int `json:"learning" description:"Those in learning steps that are due; at most 1,000 are counted."`
	Review   int `json:"review" description:"Reviews that are due, within the limit of the day."`
	New      int `json:"new" description:"New cards, within the limit of the day."`
}

type queuedCard struct {
	ID             domain.CardID `json:"id" format:"uuid"`
	DeckID         domain.DeckID `json:"deckID" format:"uuid"`
	Question       string        `json:"question"`
	Answer         string        `json:"answer"`
	Phase          domain.Phase  `json:"phase" enum:"new,learning,review,relearning"`
	Due            *rest.Time    `json:"due,omitempty" description:"Left out for a new card."`
	Retrievability float64       `json:"retrievability" minimum:"0" maximum:"1" description:"The probability of recall now; 0 for a new card."`
	Reps           int           `json:"reps"`
	Lapses         int           `json:"lapses"`
	Leech          bool          `json:"leech" description:"The card is forgotten again and again, and had better be rewritten."`
}

func (a *api) queue(ctx context.Context, caller domain.Identity, r queueRequest) (queueResponse, error) {
	queue, err := a.learning.Queue(ctx, caller, r.DeckID, r.Limit)
	if err != nil {
		return queueResponse{}, err
	}
	response := queueResponse{Day: date(queue.Day), Counts: queueCounts(queue.Counts), NextStep: given(queue.NextStep)}
	for _, queued := range queue.Cards {
		card, memory := queued.Card, newMemoryResponse(queued.Memory)
		response.Cards = append(response.Cards, queuedCard{
			ID: card.ID, DeckID: card.Deck, Question: card.Question, Answer: card.Answer, Phase: memory.Phase, Due: memory.Due,
			Retrievability: queued.Retrievability, Reps: memory.Reps, Lapses: memory.Lapses, Leech: queued.Leech,
		})
	}
	return response, nil
}
