package learningapi

import (
	"context"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// progressDays is how many days progress covers when nobody says which.
const progressDays = 90

func progressSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/progress", "Show how well a deck was remembered, day by day")
	s.Description = "The score of a day is the mean probability of recall at its end, over all cards that are in the deck now, as their " +
		"histories are known now. A card that was not answered yet counts 0."
	s.Deadline = longDeadline
	s.Fails = []domain.Code{domain.CodeNotFound}
	return s
}

func deckScoreSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/decks/{id}/score", "Show how well a deck is remembered now")
	s.Description = "The score is the mean probability of recall over all cards of the deck. A card that was not answered yet counts 0."
	return s
}

type progressRequest struct {
	DeckID domain.DeckID `query:"deckID" required:"true"`
	From   time.Time     `query:"from" format:"date" description:"The first of the person's days; left out, 89 days before the last one."`
	To     time.Time     `query:"to" format:"date" description:"The last day; left out, today. Ten years are the most."`
}

type progressResponse struct {
	DeckID domain.DeckID `json:"deckID" format:"uuid"`
	Cards  int           `json:"cards" description:"How many cards the scores rest on: those in the deck now."`
	Days   []dayScore    `json:"days" description:"Every day of the range, in order."`
}

type dayScore struct {
	Day   string  `json:"day" format:"date"`
	Score float64 `json:"score" minimum:"0" maximum:"1"`
}

func (a *api) progress(ctx context.Context, caller domain.Identity, r progressRequest) (progressResponse, error) {
	found, err := a.scoreDays(ctx, caller, rangeRequest{r.From, r.To, r.DeckID})
	if err != nil {
		return progressResponse{}, err
	}
	response := progressResponse{DeckID: r.DeckID, Cards: found.Cards}
	for i, score := range found.Scores {
		response.Days = append(response.Days, dayScore{date(found.From + domain.Day(i)), score})
	}
	return response, nil
}

// scoreDays returns the progress that was asked for.
func (a *api) scoreDays(ctx context.Context, caller domain.Identity, r rangeRequest) (learning.Progress, error) {
	from, to, err := a.days(ctx, caller, r, progressDays)
	if err != nil {
		return learning.Progress{}, err
	}
	return a.learning.Progress(ctx, caller, r.DeckID, from, to)
}

type deckPath struct {
	ID domain.DeckID `path:"id"`
}

type deckScoreResponse struct {
	DeckID domain.DeckID `json:"deckID" format:"uuid"`
	Score  float64       `json:"score" minimum:"0" maximum:"1"`
	Cards  int           `json:"cards" description:"How many cards the score rests on: all of the deck."`
}

func (a *api) deckScore(ctx context.Context, caller domain.Identity, r deckPath) (deckScoreResponse, error) {
	score, err := a.learning.DeckScore(ctx, caller, r.ID)
	return deckScoreResponse{r.ID, score.Value(), score.Cards}, err
}
