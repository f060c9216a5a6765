package learningapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func compareSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/compare", "Compare the algorithms on the person's own reviews")
	s.Description = "Every algorithm, with its default parameters, goes through the person's review log and predicts for each review how " +
		"likely the card is recalled, before it is told the answer. Again counts as forgotten, the other ratings as recalled. " +
		"The first answer to a card and answers on the same day as the one before are not predicted, but the algorithms learn from them. " +
		"Left out are reviews that were undone, cards with an imported memory, and cards that were deleted. " +
		"With few reviews the numbers are mostly chance.\n\n" +
		"- `logLoss` says how surprising the answers were to the algorithm: the mean of -ln of the probability that it gave to what " +
		"happened. Lower is better; 0 is perfect, and always saying 50 percent gives 0.69.\n" +
		"- `rmseBins` says how far its probabilities are from the share of cards recalled, among reviews that are alike in the days " +
		"waited, the reviews and the lapses before (the bins of the public srs-benchmark). Lower is better; 0.05 is 5 percentage " +
		"points off.\n" +
		"- `auc` says how well it tells the cards that will be recalled from the others: the chance that, of one of each, it gives the " +
		"recalled one the higher probability. Higher is better; 1 is perfect, 0.5 is guessing."
	s.Deadline = longDeadline
	return s
}

type compareResponse struct {
	Reviews    int                `json:"reviews" description:"How many reviews were predicted, the same for every algorithm."`
	Cards      int                `json:"cards" description:"How many cards they belong to."`
	Algorithms []comparedResponse `json:"algorithms" description:"All algorithms, FSRS-6 first."`
	Best       string             `json:"best" description:"The algorithm with the lowest log loss; empty when no review could be predicted."`
}

type comparedResponse struct {
	Algorithm string   `json:"algorithm" enum:"FSRS-6,half-life,SM-2"`
	LogLoss   *float64 `json:"logLoss" description:"Lower is better, 0 is perfect; null without reviews."`
	RMSEBins  *float64 `json:"rmseBins" description:"0 to 1: lower is better, 0 is perfect; null without reviews."`
	AUC       *float64 `json:"auc" description:"0 to 1: higher is better, 0.5 is guessing; null unless some cards were recalled and some forgotten."`
}

func (a *api) compare(ctx context.Context, caller domain.Identity, _ rest.Empty) (compareResponse, error) {
	comparison, err := a.learning.Compare(ctx, caller)
	if err != nil {
		return compareResponse{}, err
	}
	response := compareResponse{Reviews: comparison.Reviews, Cards: comparison.Cards, Best: comparison.Best()}
	for _, algorithm := range comparison.Accuracies() {
		response.Algorithms = append(response.Algorithms, comparedResponse{
			algorithm.Algorithm, measured(algorithm.LogLoss()), measured(algorithm.RMSEBins()), measured(algorithm.AUC()),
		})
	}
	return response, nil
}

// measured returns a number for an answer, nil where it is not known.
func measured(value float64, known bool) *float64 {
	if !known {
		return nil
	}
	return &value
}
