package rest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/swaggest/openapi-go/openapi31"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// failuresOf returns the codes with which a route may fail: those that follow from its declaration, and those it names.
func failuresOf(e Endpoint) []domain.Code {
	found := []domain.Code{domain.CodeInternal}
	add := func(when bool, codes ...domain.Code) {
		if when {
			found = append(found, codes...)
		}
	}
	access := e.Spec.Access
	add(e.Spec.Service != Gateway, domain.CodeUnavailable, CodeTimeout)
	add(access >= SignedIn, domain.CodeUnauthenticated)
	add(access >= SignedIn && e.Spec.Method != http.MethodGet, CodeForbiddenOrigin)
	add(access >= Verified, domain.CodeEmailNotVerified)
	add(access == Beta, domain.CodeBetaRequired)
	for _, p := range e.request.parameters {
		add(p.inPath, domain.CodeNotFound)
		add(!p.inPath, domain.CodeInvalid)
		add(p.list, CodeHeaderTooLarge)
	}
	add(e.request.body != nil, domain.CodeInvalid, CodeMalformed, domain.CodeTooLarge, CodeUnsupportedMedia)
	add(e.Spec.Service != Gateway, CodeRateLimited)
	add(true, e.Spec.Fails...)
	slices.Sort(found)
	return slices.Compact(found)
}

// addFailures adds a response for each status of a failure, which explains its codes.
func addFailures(op *openapi31.Operation, e Endpoint) {
	texts := map[int][]string{}
	for _, code := range failuresOf(e) {
		f := codes[code]
		texts[f.status] = append(texts[f.status], fmt.Sprintf("`%s`: %s", code, f.sentence))
	}
	for status, lines := range texts {
		response := openapi31.Response{Description: strings.Join(lines, "\n\n")}
		response.WithContentItem(jsonMedia, openapi31.MediaType{Schema: reference(failureSchema)})
		if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
			header := openapi31.Header{Schema: map[string]any{"type": "integer"}}
			header.WithDescription("Seconds to wait.")
			response.WithHeadersItem("Retry-After", openapi31.HeaderOrReference{Header: &header})
		}
		op.ResponsesEns().WithMapOfResponseOrReferenceValuesItem(
			strconv.Itoa(status), openapi31.ResponseOrReference{Response: &response})
	}
}
