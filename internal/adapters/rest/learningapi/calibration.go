package learningapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func calibrationSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/calibration", "Compare predicted with actual recall")
	s.Description = "Answers to cards in review, in bins by the probability of recall that was predicted just before. Where predictions are " +
		"right, `recalled` is near `predicted` in each bin with many answers. Bins without answers are left out."
	s.Deadline = longDeadline
	s.Fails = []domain.Code{domain.CodeNotFound, domain.CodeBusy}
	return s
}

type calibrationResponse struct {
	Reviews int           `json:"reviews" description:"How many answers there are in all bins."`
	Bins    []binResponse `json:"bins" description:"The bins with answers, in order."`
}

type binResponse struct {
	From      float64 `json:"from" description:"Where the bin begins; it is 0.05 wide."`
	To        float64 `json:"to" description:"Where it ends."`
	Reviews   int     `json:"reviews"`
	Predicted float64 `json:"predicted" minimum:"0" maximum:"1" description:"The mean of the predictions."`
	Recalled  float64 `json:"recalled" minimum:"0" maximum:"1" description:"The share of answers that is correct."`
}

func (a *api) calibration(ctx context.Context, caller domain.Identity, r rangeRequest) (calibrationResponse, error) {
	found, err := a.countDays(ctx, caller, r)
	if err != nil {
		return calibrationResponse{}, err
	}
	var response calibrationResponse
	for i := range domain.CalibrationBins {
		bin, ok := found.Total.Bins[i]
		if !ok {
			continue
		}
		response.Reviews += bin.Reviews
		response.Bins = append(response.Bins, binResponse{
			From: float64(i) / domain.CalibrationBins, To: float64(i+1) / domain.CalibrationBins, Reviews: bin.Reviews,
			Predicted: bin.MeanPredicted(), Recalled: bin.Share(),
		})
	}
	return response, nil
}
