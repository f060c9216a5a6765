package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	api "github.com/openai/openai-go/v3"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// failure is why a call gave no cards. Its text is made here, so it holds neither the key nor words of the text: what a client
// library or a server says may.
type failure struct {
	// reason completes a sentence for a person.
	reason string
	// detail is for the log.
	detail string
	// hopeless says that no other call would fare better.
	hopeless bool
	// answered says that there was an answer, but not the one that was asked for.
	answered bool
}

// Error says the reason and the detail.
func (f *failure) Error() string {
	if f.detail == "" {
		return f.reason
	}
	return f.reason + " (" + f.detail + ")"
}

// The reasons that do not come from a status.
var (
	errTooSlow  = &failure{reason: "the language model took too long"}
	errDeclined = &failure{reason: "the language model declined to answer", answered: true}
	errNoAnswer = &failure{reason: "the language model gave no answer", answered: true}
)

// plainCode is what an error's code may look like to be logged.
var plainCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// failed returns the failure that an error of the client library is. response is what came back, nil when nothing did.
func failed(ctx context.Context, err error, response *http.Response) *failure {
	switch {
	case ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return errTooSlow
	case errors.Is(err, errAnswerTooLong):
		return &failure{reason: "the answer of the language model was too long", detail: "over 2 MiB", answered: true}
	case errors.Is(err, errRedirect):
		return &failure{reason: "the service of the language model sends elsewhere", detail: "redirects are not followed", hopeless: true}
	case response == nil || response.StatusCode < http.StatusBadRequest:
		return &failure{reason: "the service of the language model could not be reached", detail: kindOf(err)}
	}
	f := &failure{detail: "status " + strconv.Itoa(response.StatusCode)}
	var refusal *api.Error
	if errors.As(err, &refusal) && plainCode.MatchString(refusal.Code) {
		f.detail += " " + refusal.Code
	}
	switch status := response.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		f.reason, f.hopeless = "the service of the language model did not accept the key", true
	case status == http.StatusNotFound:
		f.reason, f.hopeless = "the service does not know the language model", true
	case status == http.StatusTooManyRequests:
		f.reason = "the language model is busy"
	case status >= http.StatusInternalServerError:
		f.reason = "the service of the language model failed"
	default:
		f.reason, f.answered = "the service of the language model refused the request", true
	}
	return f
}

// kindOf names an error by its type: its text may hold what a server said.
func kindOf(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return fmt.Sprintf("%T", err)
}

// remark returns a sentence for a person about the parts of a text that gave no cards, "" when there are none. failures has one
// entry for each part, nil for a good one.
func remark(failures []*failure) string {
	var order []string
	parts := map[string][]string{}
	bad := 0
	for i, f := range failures {
		if f == nil {
			continue
		}
		bad++
		if parts[f.reason] == nil {
			order = append(order, f.reason)
		}
		parts[f.reason] = append(parts[f.reason], strconv.Itoa(i+1))
	}
	switch {
	case bad == 0:
		return ""
	case len(failures) == 1:
		return "No cards could be made: " + order[0] + "."
	}
	for i, reason := range order {
		label := "part "
		if len(parts[reason]) > 1 {
			label = "parts "
		}
		order[i] = reason + " (" + label + strings.Join(parts[reason], ", ") + ")"
	}
	return fmt.Sprintf("No cards could be made from %d of the %d parts of the text: %s.", bad, len(failures), strings.Join(order, "; "))
}

// unavailable returns the error for a text of which no part gave cards.
func unavailable(failures []*failure) error {
	causes := make([]error, 0, 1)
	seen := map[string]bool{}
	for _, f := range failures {
		if f != nil && !seen[f.Error()] {
			seen[f.Error()] = true
			causes = append(causes, f)
		}
	}
	return domain.WrapError(domain.CodeUnavailable, remark(failures), fmt.Errorf("asking a language model: %w", errors.Join(causes...)))
}
