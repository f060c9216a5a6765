package learningapi

import (
	"context"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// statisticsDays is how many days statistics cover when nobody says which.
const statisticsDays = 365

func statisticsSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/stats", "Show what was studied, and what is to come")
	s.Description = "Days are the person's own, by time zone and rollover hour as they were when the answer arrived. A day without " +
		"answers is not listed, so `days` is what a heatmap is drawn from. An answer counts for the deck that its card was in then, and " +
		"stays when the card or the deck is deleted; one that was undone does not count. An answer is correct unless it is `again`, " +
		"and its time counts for a minute at most. `young` and `mature` are answers to cards in review, by interval: below 21 days, and " +
		"from there on; the share that is correct is true retention."
	s.Deadline = longDeadline
	s.Fails = []domain.Code{domain.CodeNotFound, domain.CodeBusy}
	return s
}

// rangeRequest asks for days.
type rangeRequest struct {
	From   time.Time     `query:"from" format:"date" description:"The first of the person's days; left out, 364 days before the last one."`
	To     time.Time     `query:"to" format:"date" description:"The last day; left out, today. Ten years are the most."`
	DeckID domain.DeckID `query:"deckID" description:"Only answers to the cards of this deck."`
}

type statisticsResponse struct {
	From     string         `json:"from" format:"date"`
	To       string         `json:"to" format:"date"`
	Days     []dayResponse  `json:"days" description:"The days with answers, in order."`
	Total    totalResponse  `json:"total"`
	Streak   int            `json:"streak" description:"How many days in a row there were answers, in any deck, up to today, or yesterday if none came today."`
	Hours    []hourResponse `json:"hours" description:"All 24 hours of the person's clock."`
	Forecast []dueResponse  `json:"forecast" description:"The next 30 days. What is overdue counts for today; learning steps and new cards are left out."`
}

// countResponse is a number of answers.
type countResponse struct {
	Reviews int `json:"reviews"`
	Correct int `json:"correct"`
}

type tallyResponse struct {
	countResponse
	Seconds float64       `json:"seconds" description:"How long the answers took together."`
	New     int           `json:"new" description:"How many answers were the first of a card."`
	Young   countResponse `json:"young"`
	Mature  countResponse `json:"mature"`
}

func newTallyResponse(t domain.Tally) tallyResponse {
	return tallyResponse{
		countResponse: countResponse(t.Count), Seconds: (time.Duration(t.Millis) * time.Millisecond).Seconds(), New: t.New,
		Young: countResponse(t.Young), Mature: countResponse(t.Mature),
	}
}

type dayResponse struct {
	Day string `json:"day" format:"date"`
	tallyResponse
}

type totalResponse struct {
	tallyResponse
	Retention retentionResponse `json:"retention" description:"The share of answers to cards in review that is correct."`
}

type retentionResponse struct {
	Young  *float64 `json:"young" minimum:"0" maximum:"1" description:"null without such answers."`
	Mature *float64 `json:"mature" minimum:"0" maximum:"1" description:"null without such answers."`
	All    *float64 `json:"all" minimum:"0" maximum:"1" description:"null without such answers."`
}

type hourResponse struct {
	Hour int `json:"hour" minimum:"0" maximum:"23"`
	countResponse
}

type dueResponse struct {
	Day string `json:"day" format:"date"`
	Due int    `json:"due" description:"Cards in review that fall due."`
}

func (a *api) statistics(ctx context.Context, caller domain.Identity, r rangeRequest) (statisticsResponse, error) {
	found, err := a.countDays(ctx, caller, r)
	if err != nil {
		return statisticsResponse{}, err
	}
	response := statisticsResponse{
		From: date(found.From), To: date(found.To), Streak: found.Streak,
		Total: totalResponse{newTallyResponse(found.Total), retentionResponse{
			shareCorrect(found.Total.Young), shareCorrect(found.Total.Mature), shareCorrect(found.Total.Young.Plus(found.Total.Mature)),
		}},
	}
	for _, day := range found.Days {
		response.Days = append(response.Days, dayResponse{date(day.Day), newTallyResponse(day.Tally)})
	}
	for hour := range 24 {
		response.Hours = append(response.Hours, hourResponse{hour, countResponse(found.Total.Hours[hour])})
	}
	for i, due := range found.Forecast {
		response.Forecast = append(response.Forecast, dueResponse{date(found.Today + domain.Day(i)), due})
	}
	return response, nil
}

// countDays returns the statistics that were asked for.
func (a *api) countDays(ctx context.Context, caller domain.Identity, r rangeRequest) (learning.Statistics, error) {
	from, to, err := a.days(ctx, caller, r, statisticsDays)
	if err != nil {
		return learning.Statistics{}, err
	}
	return a.learning.Statistics(ctx, caller, from, to, r.DeckID)
}

// days returns the first and the last day of a range; where they are left out, so many days up to today.
func (a *api) days(ctx context.Context, caller domain.Identity, r rangeRequest, length domain.Day) (from, to domain.Day, err error) {
	if r.To.IsZero() {
		to, err = a.learning.Today(ctx, caller)
	} else {
		to = dayOf(r.To)
	}
	if r.From.IsZero() {
		return to - length + 1, to, err
	}
	return dayOf(r.From), to, err
}

// dayOf returns the day that begins at a midnight of UTC.
func dayOf(midnight time.Time) domain.Day { return domain.Day(midnight.Unix() / (24 * 60 * 60)) }

// shareCorrect returns the share of answers that is correct, nil without any.
func shareCorrect(c domain.Count) *float64 {
	return measured(float64(c.Correct)/float64(c.Reviews), c.Reviews > 0)
}
