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
	add(access >= SignedIn, domain.CodeMissingScope)
	add(e.Spec.Idempotent, domain.CodeKeyReused, domain.CodeInProgress, domain.CodeInvalid)
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

const examplePrefix = "#/components/examples/"

// addFailureSchemas adds the shape of failures.
func (d *document) addFailureSchemas() {
	components := d.spec.ComponentsEns()
	components.WithSchemasItem(failureSchema, map[string]any{
		"type": "object", "required": []string{"error", "code", "message", "requestID"},
		"properties": map[string]any{
			"error": map[string]any{"type": "string", "description": "The text of the status."},
			"code":  map[string]any{"type": "string", "description": "Names the kind of failure; it is stable."},
			"message": map[string]any{
				"description": "A sentence, or for invalid input a list of what is wrong with each field.",
				"oneOf": []any{
					map[string]any{"type": "string"},
					map[string]any{"type": "array", "items": reference(fieldFailureSchema)},
				},
			},
			"requestID": map[string]any{"type": "string"},
		},
	})
	components.WithSchemasItem(fieldFailureSchema, map[string]any{
		"type": "object", "required": []string{"field", "message"},
		"properties": map[string]any{
			"field":   map[string]any{"type": "string", "description": "The JSON path of the field."},
			"message": map[string]any{"type": "string"},
		},
	})
}

// example adds an example of a failure, and returns a reference to it.
func (d *document) example(code domain.Code) openapi31.ExampleOrReference {
	f := codes[code]
	failure := Failure{Error: http.StatusText(f.status), Code: code, Message: f.sentence, RequestID: "K7Q2M4XW6B1N8R5T3V9C"}
	if code == domain.CodeInvalid {
		failure.Message = []FieldFailure{{Field: "name", Message: wantValue}}
	}
	d.spec.ComponentsEns().WithExamplesItem(string(code), openapi31.ExampleOrReference{Example: (&openapi31.Example{}).WithValue(failure)})
	return openapi31.ExampleOrReference{Reference: &openapi31.Reference{Ref: examplePrefix + string(code)}}
}

// addFailures adds a response for each status of a failure, which explains its codes.
func (d *document) addFailures(op *openapi31.Operation, e Endpoint) {
	byStatus := map[int][]domain.Code{}
	for _, code := range failuresOf(e) {
		byStatus[codes[code].status] = append(byStatus[codes[code].status], code)
	}
	for status, found := range byStatus {
		var lines []string
		media := openapi31.MediaType{Schema: reference(failureSchema)}
		for _, code := range found {
			lines = append(lines, fmt.Sprintf("`%s`: %s", code, codes[code].sentence))
			media.WithExamplesItem(string(code), d.example(code))
		}
		response := openapi31.Response{Description: strings.Join(lines, "\n\n")}
		response.WithContentItem(jsonMedia, media)
		waits := status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable || slices.Contains(found, domain.CodeInProgress)
		if waits {
			header := openapi31.Header{Schema: map[string]any{"type": "integer"}}
			header.WithDescription("Seconds to wait.")
			response.WithHeadersItem("Retry-After", openapi31.HeaderOrReference{Header: &header})
		}
		op.ResponsesEns().WithMapOfResponseOrReferenceValuesItem(
			strconv.Itoa(status), openapi31.ResponseOrReference{Response: &response})
	}
}
