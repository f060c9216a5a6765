package learningapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxDifferences is how many differences an answer lists.
const maxDifferences = 1000

func verifySpec() rest.Spec {
	s := auditSpec("/learning/verify", "Hold the memories of all cards against the review log")
	s.Scope = domain.ScopeLearningRead
	s.Description = "Replays the log and lists each difference from what is stored: numbers, times and counts exactly, stability and " +
		"difficulty to 1e-9. It changes nothing."
	return s
}

func rebuildSpec() rest.Spec {
	s := auditSpec("/learning/rebuild", "Give all cards the memory that follows from the review log")
	s.Description = "Does what `/learning/verify` does, and mends the cards that differ."
	return s
}

func auditSpec(path, summary string) rest.Spec {
	s := spec(http.MethodPost, path, summary)
	s.Deadline, s.Repeatable, s.Idempotent = longDeadline, true, true
	return s
}

type auditResponse struct {
	Cards       int                  `json:"cards" description:"How many cards were looked at."`
	Events      int                  `json:"events" description:"How many events they have."`
	Differing   int                  `json:"differing" description:"How many cards differ from the log."`
	Mended      int                  `json:"mended" description:"How many of them were given the memory of the log."`
	LogFault    string               `json:"logFault" description:"What is wrong with the log itself, empty for nothing. Nothing mends that."`
	Clean       bool                 `json:"clean" description:"Nothing is wrong, or nothing any more."`
	Differences []differenceResponse `json:"differences" description:"The first 1,000 differences."`
}

type differenceResponse struct {
	CardID   domain.CardID `json:"cardID" format:"uuid"`
	Field    string        `json:"field"`
	Stored   string        `json:"stored"`
	Replayed string        `json:"replayed"`
}

func (a *api) verify(ctx context.Context, caller domain.Identity, _ rest.Empty) (auditResponse, error) {
	return audit(ctx, caller, a.learning.Verify)
}

func (a *api) rebuild(ctx context.Context, caller domain.Identity, _ rest.Empty) (auditResponse, error) {
	return audit(ctx, caller, a.learning.Rebuild)
}

func audit(
	ctx context.Context, caller domain.Identity,
	run func(context.Context, domain.Identity, func(domain.Difference)) (learning.Report, error),
) (auditResponse, error) {
	var response auditResponse
	report, err := run(ctx, caller, func(d domain.Difference) {
		if len(response.Differences) < maxDifferences {
			response.Differences = append(response.Differences, differenceResponse{d.Card, d.Field, d.Stored, d.Replayed})
		}
	})
	response.Cards, response.Events, response.Differing, response.Mended = report.Cards, report.Events, report.Differing, report.Mended
	response.LogFault, response.Clean = report.LogFault, report.Clean()
	return response, err
}
