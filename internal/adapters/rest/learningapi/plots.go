package learningapi

import (
	"context"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func plotSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/plots/{name}", "Draw statistics as SVG")
	s.Description = "The name is one of these with `.svg` behind it; others are not found.\n\n" +
		"- `heatmap`: how many answers there were on each day, as a calendar.\n" +
		"- `forecast`: how many cards fall due on each of the next 30 days; of the parameters only `deckID` counts.\n" +
		"- `retention`: the share of answers to young and to mature cards that is correct, by week or by month.\n" +
		"- `progress`: how well a deck was remembered, day by day; `deckID` is required.\n" +
		"- `calibration`: predicted and actual recall.\n\n" +
		"Days and numbers are those of the routes that answer them as JSON. The ground is transparent, and colors follow the reader's " +
		"preference for light or dark."
	s.Produces = "image/svg+xml"
	s.Deadline = longDeadline
	s.Fails = []domain.Code{domain.CodeBusy}
	return s
}

type plotRequest struct {
	Name   string        `path:"name" enum:"heatmap.svg,forecast.svg,retention.svg,progress.svg,calibration.svg"`
	From   time.Time     `query:"from" format:"date" description:"The first of the person's days; left out, 364 days before the last one, of progress 89."`
	To     time.Time     `query:"to" format:"date" description:"The last day; left out, today. Ten years are the most."`
	DeckID domain.DeckID `query:"deckID" description:"Only this deck; required of progress."`
}

func (a *api) plot(ctx context.Context, caller domain.Identity, r plotRequest) (rest.Content, error) {
	days := rangeRequest{r.From, r.To, r.DeckID}
	switch r.Name {
	case "heatmap.svg", "forecast.svg", "retention.svg", "calibration.svg":
		return a.plotAnswers(ctx, caller, r.Name, days)
	case "progress.svg":
		return a.plotProgress(ctx, caller, days)
	default:
		return nil, domain.NotFound("plot")
	}
}

// plotAnswers draws what was counted of answers.
func (a *api) plotAnswers(ctx context.Context, caller domain.Identity, name string, r rangeRequest) (rest.Content, error) {
	found, err := a.countDays(ctx, caller, r)
	if err != nil {
		return nil, err
	}
	days := make(map[domain.Day]domain.Tally, len(found.Days))
	for _, day := range found.Days {
		days[day.Day] = day.Tally
	}
	switch name {
	case "heatmap.svg":
		return a.plots.Heatmap(found.From, found.To, days)
	case "forecast.svg":
		return a.plots.Forecast(found.Today, found.Forecast)
	case "retention.svg":
		return a.plots.Retention(found.From, found.To, days)
	default:
		return a.plots.Calibration(found.Total.Bins)
	}
}

func (a *api) plotProgress(ctx context.Context, caller domain.Identity, r rangeRequest) (rest.Content, error) {
	if r.DeckID == "" {
		return nil, domain.Invalid("deckID", "This is required.")
	}
	found, err := a.scoreDays(ctx, caller, r)
	if err != nil {
		return nil, err
	}
	return a.plots.Progress(found.From, found.Scores)
}
